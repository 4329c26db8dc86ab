import YAML

/// Whose network stack each service uses, with `network_mode: service:…` and `container:…` followed to the end.
struct Sandboxes {
    /// Whose network stack it is.
    enum Owner: Hashable {
        case host
        /// The namespace of the container of this name, an instance of the service.
        case container(String, service: String)
    }

    /// Why there is no owner.
    enum Problem: Error, Hashable {
        case unknownService(String)
        case unknownContainer(String)
        case noContainers(service: String)
        /// The services lead to one another; in the order of the way round.
        case cycle([String])
    }

    private let firstContainers: [String: String]
    /// The service of each container.
    private let containers: [String: String]
    private var owners: [String: Result<Owner, Problem>] = [:]

    init(of topology: Topology) {
        var first: [String: String] = [:]
        var all: [String: String] = [:]
        for service in topology.services {
            let names = topology.containerNames(of: service)
            first[service.name] = names.first
            for name in names { all[name] = service.name }
        }
        firstContainers = first
        containers = all
        let services = topology.servicesByName
        for service in topology.services { follow(service, services) }
    }

    var serviceNames: [String] { firstContainers.keys.sorted() }
    var containerNames: [String] { containers.keys.sorted() }

    /// The owner of the stack that the first container of `service` uses.
    func owner(of service: Topology.Service) throws(Problem) -> Owner {
        try (owners[service.name] ?? .failure(.noContainers(service: service.name))).get()
    }

    /// Follows `start` to its owner, which is then that of every service on the way.
    private mutating func follow(_ start: Topology.Service, _ services: [String: Topology.Service]) {
        var way: [String] = []
        var places: [String: Int] = [:]
        var next: Result<Step, Problem> =
            firstContainers[start.name].map { .success(Step(service: start, container: $0)) }
            ?? .failure(.noContainers(service: start.name))
        while true {
            switch next {
            case .failure(let problem):
                return record(.failure(problem), for: way.isEmpty ? [start.name] : way)
            case .success(let step):
                let name = step.service.name
                if let place = places.updateValue(way.count, forKey: name) {
                    return record(.failure(.cycle(Array(way[place...]))), for: way)
                }
                if let owner = step.owner {
                    return record(.success(owner), for: way.isEmpty ? [name] : way)
                }
                if let known = owners[name] { return record(known, for: way) }
                way.append(name)
                next = target(of: step.service, services)
            }
        }
    }

    /// A service on the way, entered by one of its containers.
    private struct Step {
        var service: Topology.Service
        var container: String

        /// The end of the way.
        var owner: Owner? {
            switch service.mode {
            case .attached, .none: .container(container, service: service.name)
            case .host: .host
            case .service, .container: nil
            }
        }
    }

    private func target(of service: Topology.Service, _ services: [String: Topology.Service]) -> Result<Step, Problem> {
        switch service.mode {
        case .service(let name):
            guard let target = services[name] else { return .failure(.unknownService(name)) }
            guard let container = firstContainers[name] else { return .failure(.noContainers(service: name)) }
            return .success(Step(service: target, container: container))
        case .container(let name):
            guard let target = containers[name].flatMap({ services[$0] }) else {
                return .failure(.unknownContainer(name))
            }
            return .success(Step(service: target, container: name))
        case .attached, .none, .host:
            preconditionFailure("the way ends at a service with a stack of its own")
        }
    }

    private mutating func record(_ owner: Result<Owner, Problem>, for way: [String]) {
        for name in way { owners[name] = owner }
    }
}
