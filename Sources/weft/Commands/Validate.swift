import Reconcile
import Topology
import YAML

extension Command {
    static let validate = Command(
        name: "validate", summary: "say all that is wrong with topology files", operands: [.many("FILE")],
        options: [.host, .json],
        details: """
            Needs no privileges and looks at nothing but the files. Exit: 0 all are good, 64 a file without the \
            host, 65 any other fault.
            """,
        examples: ["weft validate topologies/*.yaml"]
    ) { call throws(Failure) in
        let names = call.arguments.operands
        var results: [Validation] = []
        if names.isEmpty {
            results.append(Validation(try TopologyFile(operand: nil, for: call.command), for: call))
        } else {
            for name in names { results.append(Validation(path: name, for: call)) }
        }
        if call.arguments.has(.json) {
            try call.console.print(json: results.map(\.document))
        } else {
            for result in results {
                switch result.outcome {
                case .success(let topology):
                    call.tell(notes: topology.notes(path: result.path))
                    call.console.print([topology.summary(path: result.path)])
                case .failure(let failure): call.console.say(failure, to: call.caller)
                }
            }
        }
        let codes = results.compactMap { $0.exitCode(for: call.caller) }
        return codes.first { $0 != .usage } ?? codes.first ?? .done
    }
}

/// A file and what came of reading it.
private struct Validation {
    let path: String
    let outcome: Result<Topology, Failure>

    /// Reads the file at `path`; its name for people is its path, but for standard input.
    init(path: String, for call: Invocation) {
        do throws(Failure) {
            let file = try TopologyFile(path: path)
            self = Validation(file, for: call)
        } catch {
            self.path = path
            outcome = .failure(error)
        }
    }

    /// Reads `file`, which must have the host if one is given.
    init(_ file: TopologyFile, for call: Invocation) {
        path = file.path
        outcome = Result { () throws(Failure) in
            let topology = try file.topology()
            try call.checkHost(of: topology, in: file.path)
            return topology
        }
    }

    /// What the file makes of the whole run, if it is not good.
    func exitCode(for caller: Caller) -> ExitCode? {
        if case .failure(let failure) = outcome { failure.exitCode(for: caller) } else { nil }
    }

    var document: ValidationDocument {
        switch outcome {
        case .success(let topology):
            ValidationDocument(
                file: path, valid: true, topology: topology.name, networks: topology.networks.count,
                services: topology.services.count, errors: [], notes: topology.notes(path: path),
                ignored: topology.ignoredKeys)
        case .failure(let failure):
            ValidationDocument(
                file: path, valid: false, topology: nil, networks: nil, services: nil, errors: failure.findings,
                notes: [], ignored: [])
        }
    }
}

extension Topology {
    /// `shop.yaml: ok (3 networks, 7 services)`.
    fileprivate func summary(path: String) -> String {
        "\(path): ok (\(networks.count) \(networks.count == 1 ? "network" : "networks"), "
            + "\(services.count) \(services.count == 1 ? "service" : "services"))"
    }
}

extension Failure {
    /// The failure as findings about a file.
    fileprivate var findings: [ValidationDocument.Finding] {
        guard case .invalid(_, let diagnostics) = self else {
            return explanation.map { [.init(line: nil, column: nil, message: $0.message, hint: $0.hint)] } ?? []
        }
        return diagnostics.all.map {
            .init(line: $0.mark?.line, column: $0.mark?.column, message: $0.message, hint: $0.hint)
        }
    }
}
