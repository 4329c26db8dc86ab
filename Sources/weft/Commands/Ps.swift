import Reconcile

extension Command {
    static let ps = Command(
        name: "ps", summary: "list containers, their networks, addresses, ports",
        operands: [.optional("NAME")], options: [.json],
        details: """
            NAME is that of a topology; without it, the containers of all are listed.
            """,
        examples: ["sudo weft ps shop"]
    ) { call throws(Failure) in
        let session = try call.look()
        var topologies = try call.asking { () throws(ReconcileError) in try session.topologies() }
        if let name = call.arguments[0] {
            let known = topologies.map(\.name)
            topologies = topologies.filter { $0.name == name }
            guard !topologies.isEmpty else { throw .machine(.noSuchTopology(name, known: known), words: call.words) }
        }
        if call.arguments.has(.json) {
            try call.console.print(
                json: topologies.flatMap { topology in
                    topology.containers.map { ContainerDocument($0, topology: topology.name) }
                })
        } else {
            call.console.print(Table(containersOf: topologies).lines)
        }
        return .done
    }
}

extension Table {
    /// A row per container.
    init(containersOf topologies: [TopologyStatus]) {
        self.init("CONTAINER", "SERVICE", "TOPOLOGY", "NETWORKS", "ADDRESSES", "PORTS")
        for topology in topologies {
            for container in topology.containers {
                add(
                    container.name, container.service, topology.name,
                    container.endpoints.map(\.network).joined(separator: ", "),
                    container.endpoints.flatMap(\.addresses).joined(separator: ", "),
                    container.ports.joined(separator: ", "))
            }
        }
    }
}

extension ContainerDocument {
    init(_ container: ContainerStatus, topology: String) {
        self.init(
            name: container.name, service: container.service, topology: topology,
            endpoints: container.endpoints.map {
                Endpoint(network: $0.network, interface: $0.interface, addresses: $0.addresses)
            }, ports: container.ports)
    }
}
