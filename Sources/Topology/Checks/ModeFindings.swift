import YAML

extension Topology {
    /// Faults of `network_mode`: what it leads to, and keys that it rules out.
    var modeFindings: [Diagnostic] {
        let sandboxes = Sandboxes(of: self)
        var speller = Speller()
        return services.flatMap { service -> [Diagnostic] in
            conflicts(of: service) + [targetFinding(of: service, sandboxes, &speller)].compactMap(\.self)
        }
    }

    private func targetFinding(
        of service: Service, _ sandboxes: Sandboxes, _ speller: inout Speller
    ) -> Diagnostic? {
        let mark = service.mark(of: "network_mode")
        let what = "service \(quoted(service.name)) uses the network of"
        do throws(Sandboxes.Problem) {
            _ = try sandboxes.owner(of: service)
            return nil
        } catch {
            switch error {
            case .unknownService(let name):
                guard service.mode == .service(name) else { return nil }
                return Diagnostic(
                    "\(what) service \(quoted(name)), which is not declared", at: mark,
                    hint: speller.suggestion(for: name, among: sandboxes.serviceNames))
            case .unknownContainer(let name):
                guard service.mode == .container(name) else { return nil }
                return Diagnostic(
                    "\(what) container \(quoted(name)), which is not in this topology", at: mark,
                    hint: speller.suggestion(for: name, among: sandboxes.containerNames)
                        ?? "it has \(list(sandboxes.containerNames))")
            case .noContainers(let name):
                guard service.mode == .service(name) else { return nil }
                return Diagnostic("\(what) service \(quoted(name)), which has no containers", at: mark)
            case .cycle(let way):
                guard way.first == service.name else { return nil }
                let shown = way.count > 8 ? way.prefix(8) + ["…"] : way[...]
                let round = (shown + way.prefix(1)).joined(separator: " → ")
                return Diagnostic(
                    way.count == 1 ? "\(what) itself" : "services use each other's network: \(round)", at: mark,
                    hint: "one of them must have a network of its own")
            }
        }
    }

    private func list(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }

    /// What Docker calls conflicting options (moby runconfig/hostconfig.go, daemon/config validation).
    private func conflicts(of service: Service) -> [Diagnostic] {
        let mode: String
        var excluded = ["ports": !service.ports.isEmpty]
        switch service.mode {
        case .attached: return []
        case .none: mode = "none"
        case .host: mode = "host"
        case .service(let name), .container(let name):
            mode = name
            excluded["hostname"] = service.hostname != nil
            excluded["domainname"] = service.domainName != nil
            excluded["extra_hosts"] = !service.extraHosts.isEmpty
        }
        let isShared = excluded.count > 1
        return excluded.filter(\.value).keys.sorted().map { key in
            Diagnostic(
                isShared
                    ? "service \(quoted(service.name)) has \(key), but the network of \(quoted(mode))"
                    : "service \(quoted(service.name)) has \(key), but network_mode: \(mode)",
                at: service.mark(of: key),
                hint: isShared
                    ? "move \(key) to \(quoted(mode))"
                    : mode == "host"
                        ? "leave \(key) out: on the host's network every port is the host's"
                        : "leave \(key) out, or connect the service with `networks:`")
        }
    }
}
