import Addressing
import Linux
import Planning
import Reconcile
import Topology

extension Command {
    static let networkConnect = Command(
        name: "network connect", summary: "put a container on a network",
        operands: [.one("NETWORK"), .one("CONTAINER")],
        options: [
            .ipv4, .ipv6, .alias, .link, .linkLocal, .gatewayPriority, .driverOption, .verboseRun, .timeout, .json,
        ],
        details: """
            The network may be another topology's. No file is changed: `weft plan FILE` of the container's \
            shows the difference, and `weft apply FILE` undoes it. Options with several values may be repeated. The \
            keys of --driver-opt are com.docker.network.endpoint.ifname and .sysctls, as in \
            com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.rp_filter=2.
            """,
        examples: ["sudo weft network connect --ip 10.1.0.9 --alias cache shop_front db"]
    ) { call throws(Failure) in
        let request = try call.usage { () throws(UsageError) in try call.arguments.endpointRequest() }
        return try call.change(.connect(request))
    }

    static let networkDisconnect = Command(
        name: "network disconnect", summary: "take a container off a network",
        operands: [.one("NETWORK"), .one("CONTAINER")], options: [.verboseRun, .timeout, .json],
        details: """
            The topology's file is not changed: `weft plan FILE` shows the difference, and `weft apply FILE` undoes it.
            """,
        examples: ["sudo weft network disconnect shop_front db"]
    ) { call throws(Failure) in
        try call.change(.disconnect)
    }
}

extension Option {
    static let ipv4 = Option("ip", value: "ADDRESS", "the container's IPv4 address; else a free one")
    static let ipv6 = Option("ip6", value: "ADDRESS", "the container's IPv6 address; else a free one")
    static let alias = Option("alias", value: "NAMES", "more names of the container on the network: a,b")
    static let link = Option("link", value: "CONTAINER[:NAME]", "its own name for another one there")
    static let linkLocal = Option("link-local-ip", value: "ADDRESSES", "link-local addresses besides: a,b")
    static let gatewayPriority = Option(
        "gw-priority", value: "NUMBER", "the highest has the default route; else 0")
    static let driverOption = Option("driver-opt", value: "KEY=VALUE", "an option of the interface")
}

extension Arguments {
    /// The endpoint that the options of `network connect` describe.
    fileprivate func endpointRequest() throws(UsageError) -> EndpointRequest {
        let addresses = [try address(.ipv4, .v4), try address(.ipv6, .v6)]
        var request = EndpointRequest(addresses: addresses.compactMap(\.self))
        try each(.alias, isList: true) { word throws(ValueFault) in try request.add(alias: word) }
        try each(.link) { word throws(ValueFault) in try request.add(link: word) }
        try each(.linkLocal, isList: true) { word throws(ValueFault) in try request.add(linkLocalAddress: word) }
        try each(.driverOption) { word throws(ValueFault) in try request.add(driverOption: word) }
        request.gatewayPriority = try integer(.gatewayPriority, in: Int(Int32.min)...Int(Int32.max)) ?? 0
        return request
    }

    /// The address of `family` given with `option`.
    private func address(_ option: Option, _ family: IPFamily) throws(UsageError) -> IPAddress? {
        guard let text = self[option] else { return nil }
        guard let address = IPAddress(text), address.family == family else {
            let name = family == .v4 ? "IPv4" : "IPv6"
            throw .invalidValue(option, text, expected: "an \(name) address")
        }
        return address
    }
}

extension Invocation {
    /// Changes the place of the container on the network that the operands name, and says what was done.
    fileprivate func change(_ connection: Connection) throws(Failure) -> ExitCode {
        let start = monotonicNanoseconds()
        let session = try takeHold(timeout: try timeout())
        let container = try (try foundContainers(of: session) + distantContainers(of: session))
            .named(arguments.operands[1])
        let all = try networks(of: session, withUnusedOf: container.topology)
        let near = all.filter { $0.topology == nil || $0.topology == container.topology }
        // A key means the network of the container's own topology, whatever others there are of that key.
        let network = try (near.contains { $0.isMeant(by: arguments.operands[0]) } ? near : all)
            .named(arguments.operands[0])
        var proposal = try asking { () throws(ReconcileError) in
            try session.propose(connection, of: container.name, with: network.network.name, in: container.topology)
        }
        let summary = try run(proposal, in: session) { Interruption.received != nil }
        let elapsed = monotonicNanoseconds() - start
        let note = container.workElsewhere(after: connection, network.network.name, in: proposal.layout)
        proposal.notes += [note].compactMap(\.self)
        if arguments.has(.json) {
            try console.print(json: SummaryDocument(proposal, summary, nanoseconds: elapsed))
        } else {
            tell(notes: [note].compactMap(\.self))
            console.print(["\(summary.text) in \(duration(nanoseconds: elapsed))"])
        }
        return .done
    }

    /// The networks on the machine, and those of the topology `name` that hosts make once somebody is on them.
    private func networks(of session: Session, withUnusedOf name: String) throws(Failure) -> [NamedNetwork] {
        let present = try networks(of: session)
        let layout = try asking { () throws(ReconcileError) in try session.layout(of: name) }
        let known = Set(present.map(\.network.id))
        return present
            + DockerNetwork.all(of: [FoundTopology(layout: layout)]).filter { !known.contains($0.network.id) }
    }

    /// The containers of other hosts, of topologies of which this machine is one host.
    private func distantContainers(of session: Session) throws(Failure) -> [FoundContainer] {
        try asking { () throws(ReconcileError) in
            var distant: [FoundContainer] = []
            for found in try session.foundTopologies().map(\.layout) {
                guard let played = found.fabric?.played else { continue }
                let layout = try session.layout(of: found.name)
                distant += layout.containers.filter { $0.host != played }.map {
                    FoundContainer(container: $0, layout: layout)
                }
            }
            return distant
        }
    }
}

extension FoundContainer {
    /// What is still to be done on other machines: each knows the endpoints elsewhere by what it was told itself.
    ///
    /// `nil` where nothing is: the container is not this machine's, or others do not see the network.
    fileprivate func workElsewhere(
        after connection: Connection, _ network: String, in layout: Layout
    ) -> String? {
        guard let fabric = layout.fabric, let played = fabric.played, container.host == played,
            let place = layout.networks.first(where: { $0.name == network }), place.spansHosts
        else { return nil }
        let others = fabric.hosts.map(\.name).filter { $0 != played }
        guard !others.isEmpty else { return nil }
        let command: [String]
        let state: String
        switch connection {
        case .disconnect:
            state = "still have entries for \(name)"
            command = ["weft", "network", "disconnect", network, name]
        case .connect(let request):
            let key = place.declaration.key
            let addresses = layout.containers.first { $0.name == name }?.endpoints.first { $0.network == key }?
                .addresses
            state = "have no entries for \(name) yet, and cannot answer it"
            command =
                ["weft", "network", "connect"]
                + (addresses ?? []).flatMap { [$0.address.family == .v4 ? "--ip" : "--ip6", "\($0.address)"] }
                + (request.aliases.isEmpty ? [] : ["--alias", request.aliases.joined(separator: ",")])
                + [network, name]
        }
        let line = command.map(\.shellWord).joined(separator: " ")
        return "the other hosts (\(others.joined(separator: ", "))) \(state): run `\(line)` on each"
    }
}
