import YAML

/// Whose network stack each service uses, with `network_mode: service:…` and `container:…` followed to the end.
struct Sandboxes {
    /// Whose network stack it is.
    enum Owner: Hashable {
        /// The host's, by way of the container of this name, an instance of the service.
        case host(String, service: String)
        /// The namespace of the container of this name, an instance of the service.
        case container(String, service: String)
        /// The namespace of a container that is not in the topology: whether there is one, the machine knows.
        case outside(String)

        /// The service at the end of the way, where it is in the topology.
        var service: String? {
            switch self {
            case .host(_, let service), .container(_, let service): service
            case .outside: nil
            }
        }
    }

    /// Why there is no owner.
    enum Problem: Error, Hashable {
        case unknownService(String)
        case noContainers(service: String)
        /// The services lead to one another; in the order of the way round.
        case cycle([String])
    }

    private let topology: Topology
    /// Places of the services in the topology, by name.
    private let services: [String: Int]
    /// The service of each container, if a service names one.
    private let containers: [String: Int]
    /// The owners of the stacks of services that have none of their own.
    private var owners: [String: Result<Owner, Problem>] = [:]

    init(of topology: Topology) {
        self.topology = topology
        let places = topology.services.enumerated().map { ($1.name, $0) }
        services = Dictionary(places, uniquingKeysWith: { first, _ in first })
        var containers: [String: Int] = [:]
        if topology.services.contains(where: \.mode.namesContainer) {
            for (index, service) in topology.services.enumerated() {
                for name in topology.containerNames(of: service) { containers[name] = index }
            }
        }
        self.containers = containers
        for service in topology.services where service.mode.isShared { follow(service) }
    }

    var serviceNames: [String] { services.keys.sorted() }

    /// The owner of the stack that the first container of `service` uses.
    func owner(of service: Topology.Service) throws(Problem) -> Owner {
        try (owners[service.name] ?? firstStep(service).map { $0.owner ?? .host($0.container, service: service.name) })
            .get()
    }

    /// The owner, where there is one.
    func knownOwner(of service: Topology.Service) -> Owner? {
        do throws(Problem) { return try owner(of: service) } catch { return nil }
    }

    /// Name of the namespace that interfaces of `place` are in: that of a service's first container, or that which stands for
    /// a host in a lab; `nil` where it is the machine's own, or unknown.
    func namespaceName(of place: Topology.Place) -> String? {
        switch place {
        case .service(let name):
            guard let index = services[name],
                case .container(let container, _)? = knownOwner(of: topology.services[index])
            else { return nil }
            return container
        case .host(let name): return topology.hosts.first { $0.name == name }.map { topology.namespaceName(of: $0) }
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
            case .host: .host(container, service: service.name)
            case .service, .container: nil
            }
        }
    }

    /// Follows `start` to its owner, which is then that of every service on the way.
    private mutating func follow(_ start: Topology.Service) {
        var way: [String] = []
        var places: [String: Int] = [:]
        var next = firstStep(start)
        while true {
            let step: Step
            switch next {
            case .failure(let problem): return record(.failure(problem), for: way.isEmpty ? [start.name] : way)
            case .success(let reached): step = reached
            }
            if let owner = step.owner { return record(.success(owner), for: way) }
            if let known = owners[step.service.name] { return record(known, for: way) }
            if let place = places.updateValue(way.count, forKey: step.service.name) {
                return record(.failure(.cycle(Array(way[place...]))), for: way)
            }
            way.append(step.service.name)
            if case .container(let name) = step.service.mode, containers[name] == nil {
                return record(.success(.outside(name)), for: way)
            }
            next = target(of: step.service)
        }
    }

    private func firstStep(_ service: Topology.Service) -> Result<Step, Problem> {
        guard let container = topology.firstContainerName(of: service) else {
            return .failure(.noContainers(service: service.name))
        }
        return .success(Step(service: service, container: container))
    }

    private func target(of service: Topology.Service) -> Result<Step, Problem> {
        switch service.mode {
        case .service(let name):
            guard let index = services[name] else { return .failure(.unknownService(name)) }
            return firstStep(topology.services[index])
        case .container(let name):
            guard let index = containers[name] else { preconditionFailure("the way ends at a container outside") }
            return .success(Step(service: topology.services[index], container: name))
        case .attached, .none, .host:
            preconditionFailure("the way ends at a service with a stack of its own")
        }
    }

    private mutating func record(_ owner: Result<Owner, Problem>, for way: [String]) {
        for name in way { owners[name] = owner }
    }
}

extension Topology.Service.Mode {
    fileprivate var namesContainer: Bool { if case .container = self { true } else { false } }

    /// Whether the service uses the stack of another one.
    fileprivate var isShared: Bool {
        switch self {
        case .service, .container: true
        case .attached, .none, .host: false
        }
    }
}
