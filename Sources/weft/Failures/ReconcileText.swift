import Addressing
import Links
import Linux
import Planning
import Reconcile
import Topology
import YAML

extension ReconcileError {
    /// What to tell people.
    var explanation: Explanation {
        switch self {
        case .layout(let diagnostics):
            Explanation("the topology cannot be laid out here", diagnostics.all.flatMap(\.plainLines))
        case .missing(let diagnostics):
            Explanation("what the topology needs is not here", diagnostics.all.flatMap(\.plainLines))
        case .activeEndpoints(let networks): Self.explain(networks)
        case .system(let error): Self.explain(error)
        case .kernel(let reason, let object): Explanation((object.map { "\($0): " } ?? "") + reason)
        case .collisions(let collisions): Self.explain(collisions)
        case .portsInUse(let conflicts): Self.explain(conflicts)
        case .kernelLacks(let missing): Self.explain(missing)
        case .notThisHost(let mismatch): mismatch.explanation
        case .record(let path, let reason):
            Explanation(
                "\(path): \(reason)", ["hint: delete it; what is weft's is found by its marks, without the file"])
        case .noSuchTopology(let name, let known): Self.explain(unknown: name, known)
        case .connection(let error): error.explanation
        case .residue(let operations):
            Explanation(
                "all of the plan was done, and yet this is to do:",
                Self.listed(operations) + ["hint: something else changes the same objects; apply again"])
        case .cancelled: Explanation("cancelled: nothing was changed")
        case .rolledBack(let cause): cause.explanation + ["the machine is as it was before"]
        case .notRolledBack(let cause, let then, let remains):
            Self.explain(cause.explanation, then, remains)
        }
    }

    private static func explain(_ error: SystemCallError) -> Explanation {
        Explanation(
            "\(error)", error.isAboutPlantedFolder ? ["hint: weft did not make it so: see who did, and remove it"] : [])
    }

    /// How the file names a bridge that it does not have to mention.
    private static func gatewayHint(for collisions: [Collision]) -> [String] {
        let key = Topology.Network.gatewayBridgeKey
        guard collisions.contains(where: { $0.object.id == Planning.Link.id(.host, key) }) else { return [] }
        return [
            "hint: each topology's overlays have a gateway bridge of their own; this one's gets another name by",
            "      networks: {\(key): {driver_opts: {com.docker.network.bridge.name: NAME}}}",
        ]
    }

    private static func explain(_ collisions: [Collision]) -> Explanation {
        Explanation(
            "something stands in the way:",
            collisions.map { "\($0.object): \($0.obstacle)" }
                + ["hint: rename or delete what is there, or choose other names in the file"]
                + gatewayHint(for: collisions))
    }

    private static func explain(_ networks: [ActiveNetwork]) -> Explanation {
        Explanation(
            "networks have active endpoints:",
            networks.map { "\($0.name): \($0.members.joined(separator: ", "))" }
                + ["hint: take these off first, with `weft network disconnect` or `weft down` of their topology"])
    }

    private static func explain(_ conflicts: [PortConflict]) -> Explanation {
        Explanation(
            "ports are in use:",
            conflicts.map { "\($0.port.text) of \($0.container): \($0.holder)" }
                + ["hint: publish other ports, or end what has them"])
    }

    private static func explain(_ missing: [MissingOption]) -> Explanation {
        Explanation(
            "the kernel lacks what links of the file need:",
            missing.flatMap { missing -> [String] in
                let module = missing.option.module.map { ": `modprobe \($0)` loads it where it is a module" }
                return missing.links.map { "\($0)" }
                    + ["hint: \(missing.option.name) is the kernel's build option" + (module ?? "")]
            })
    }

    private static func explain(unknown name: String, _ known: [String]) -> Explanation {
        let near = closest(to: name, among: known).map { "did you mean `\($0)`?" }
        return Explanation(
            "no topology \(name.inQuotes) is on the machine", ["hint: " + (near ?? "`weft ls` lists them")])
    }

    /// What went wrong, and then on the way back, and what is left to do on it.
    static func explain(
        _ cause: Explanation, _ then: ReconcileError, _ remains: [Operation<KernelObject>]
    ) -> Explanation {
        let second = then.explanation
        return cause + ["and going back failed: \(second.message)"] + second.details.map { "  \($0)" }
            + (remains.isEmpty ? [] : ["to be as before, this is to do:"] + listed(remains))
            + ["hint: `weft apply FILE` and `weft down NAME` start from whatever there is"]
    }

    private static func listed(_ operations: [Operation<KernelObject>]) -> [String] {
        let most = 20
        return operations.prefix(most).map { "  \($0.line(color: false))" }
            + (operations.count > most ? ["  … and \(operations.count - most) more"] : [])
    }
}

extension Diagnostic {
    /// The finding without the line that it is about.
    fileprivate var plainLines: [String] {
        [mark.map { "line \($0.line), column \($0.column): \(message)" } ?? message]
            + (hint.map { ["hint: \($0)"] } ?? [])
    }
}

extension Layout.Port {
    /// The port as Docker writes it: `0.0.0.0:8080->80/tcp`.
    var text: String {
        let host = hostAddress ?? .unspecified(address.family)
        let shown = host.family == .v4 ? "\(host)" : "[\(host)]"
        return "\(shown):\(published)->\(target)/\(transport.rawValue)"
    }
}
