import Addressing
import Linux
import Planning
import Reconcile
import Topology

extension Command {
    static let networkConnect = Command(
        name: "network connect", summary: "put a container on a network",
        operands: [.one("NETWORK"), .one("CONTAINER")],
        options: [.ipv4, .ipv6, .alias, .verboseRun, .timeout, .json],
        details: """
            The network may be another topology's. No file is changed: `weft plan FILE` of the container's \
            shows the difference, and `weft apply FILE` undoes it.
            """,
        examples: ["sudo weft network connect --ip 10.1.0.9 --alias cache shop_front db"]
    ) { call throws(Failure) in
        let addresses = try call.usage { () throws(UsageError) in
            [try call.arguments.address(.ipv4, .v4), try call.arguments.address(.ipv6, .v6)].compactMap(\.self)
        }
        let aliases = (call.arguments[.alias] ?? "").split(separator: ",").map(String.init)
        return try call.change(.connect(addresses: addresses, aliases: aliases))
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
}

extension Arguments {
    /// The address of `family` given with `option`.
    fileprivate func address(_ option: Option, _ family: IPFamily) throws(UsageError) -> IPAddress? {
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
        let container = try foundContainers(of: session).named(arguments.operands[1])
        let all = try networks(of: session)
        let near = all.filter { $0.topology == nil || $0.topology == container.topology }
        // A key means the network of the container's own topology, whatever others there are of that key.
        let network = try (near.contains { $0.isMeant(by: arguments.operands[0]) } ? near : all)
            .named(arguments.operands[0])
        let proposal = try asking { () throws(ReconcileError) in
            try session.propose(connection, of: container.name, with: network.network.name, in: container.topology)
        }
        let summary = try run(proposal, in: session) { Interruption.received != nil }
        let elapsed = monotonicNanoseconds() - start
        if arguments.has(.json) {
            try console.print(json: SummaryDocument(proposal, summary, nanoseconds: elapsed))
        } else {
            console.print(["\(summary.text) in \(duration(nanoseconds: elapsed))"])
        }
        return .done
    }
}
