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

    private let services: [String: Topology.Service]
    private let firstContainers: [String: String]
    /// The service of each container.
    private let containers: [String: String]

    init(of topology: Topology) {
        services = topology.servicesByName
        var first: [String: String] = [:]
        var all: [String: String] = [:]
        for service in topology.services {
            let names = topology.containerNames(of: service)
            first[service.name] = names.first
            for name in names { all[name] = service.name }
        }
        firstContainers = first
        containers = all
    }

    var serviceNames: [String] { services.keys.sorted() }
    var containerNames: [String] { containers.keys.sorted() }

    /// The owner of the stack that the first container of `service` uses.
    func owner(of service: Topology.Service) throws(Problem) -> Owner {
        guard let container = firstContainers[service.name] else { throw .noContainers(service: service.name) }
        return try owner(of: container, service, way: [])
    }

    private func owner(of container: String, _ service: Topology.Service, way: [String]) throws(Problem) -> Owner {
        if let start = way.firstIndex(of: service.name) { throw .cycle(Array(way[start...])) }
        let way = way + [service.name]
        switch service.mode {
        case .attached, .none: return .container(container, service: service.name)
        case .host: return .host
        case .service(let name):
            guard let next = services[name] else { throw .unknownService(name) }
            guard let container = firstContainers[name] else { throw .noContainers(service: name) }
            return try owner(of: container, next, way: way)
        case .container(let name):
            guard let next = containers[name].flatMap({ services[$0] }) else { throw .unknownContainer(name) }
            return try owner(of: name, next, way: way)
        }
    }
}
