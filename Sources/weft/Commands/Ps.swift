import Reconcile
import Topology

extension Command {
    static let ps = Command(
        name: "ps", summary: "list containers, their networks, addresses, ports",
        operands: [.optional("NAME")], options: [.json, .formatAsJSON],
        details: """
            NAME is that of a topology; without it, the containers of all are listed.
            """,
        examples: ["sudo weft ps shop"]
    ) { call throws(Failure) in
        let isJSON = try call.isFormatJSON(.formatAsJSON) || call.arguments.has(.json)
        let session = try call.look()
        let containers = try call.inventory(of: session).containers(of: call.arguments[0])
        if isJSON {
            try call.console.print(json: containers.map(ContainerDocument.init))
        } else {
            call.console.print(Table(containers).lines)
        }
        return .done
    }
}

extension Inventory {
    /// The containers of the topology of that name, or of all.
    fileprivate func containers(of name: String?) throws(Failure) -> [Container] {
        guard let name else { return containers }
        if let entry = entries.first(where: { $0.topology.name == name }) { return entry.containers }
        throw .machine(.noSuchTopology(name, known: entries.map(\.topology.name)))
    }
}

extension Table {
    /// A row per container.
    init(_ containers: [Inventory.Container]) {
        self.init("CONTAINER", "SERVICE", "TOPOLOGY", "NETWORKS", "ADDRESSES", "PORTS")
        for container in containers {
            let networks = container.networkMode.map { [$0] } ?? container.endpoints.map(\.network)
            add(
                container.name, container.service, container.topology, networks.joined(separator: ", "),
                container.endpoints.flatMap(\.addresses).joined(separator: ", "),
                container.ports.joined(separator: ", "))
        }
    }
}

extension Inventory.Container {
    /// `host`, or `container:NAME`, where the network stack is another's.
    var networkMode: String? {
        switch sandbox {
        case .own, .joined, nil: nil
        case .host: "host"
        case .shared(let other), .outside(let other): "container:\(other)"
        }
    }
}

extension ContainerDocument {
    init(_ container: Inventory.Container) {
        self.init(
            name: container.name, service: container.service, topology: container.topology,
            networkMode: container.networkMode,
            endpoints: container.endpoints.map {
                Endpoint(network: $0.network, interface: $0.interface, addresses: $0.addresses)
            }, ports: container.ports)
    }
}
