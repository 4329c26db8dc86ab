import YAML

extension Topology {
    /// Faults of `network_mode`: what it leads to, and keys that it rules out.
    var modeFindings: [Diagnostic] {
        let sandboxes = Sandboxes(of: self)
        var speller = Speller()
        return services.flatMap { service -> [Diagnostic] in
            conflicts(of: service) + namespaceFindings(of: service)
                + [targetFinding(of: service, sandboxes, &speller)].compactMap(\.self)
        }
    }

    private func targetFinding(
        of service: Service, _ sandboxes: Sandboxes, _ speller: inout Speller
    ) -> Diagnostic? {
        let mark = service.mark(of: "network_mode")
        let what = "\(service.title) uses the network of"
        do throws(Sandboxes.Problem) {
            _ = try sandboxes.owner(of: service)
            return nil
        } catch {
            switch error {
            case .unknownService(let name):
                guard service.mode == .service(name) else { return nil }
                if let finding = dormancy(of: name, "\(what) service \(quoted(name))", at: mark) { return finding }
                return Diagnostic(
                    "\(what) service \(quoted(name)), which is not declared", at: mark,
                    hint: speller.suggestion(for: name, among: sandboxes.serviceNames))
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

    /// What Docker calls conflicting options (moby runconfig/hostconfig.go and hostconfig_unix.go): keys that say something
    /// about a network which the service does not have.
    ///
    /// On the host's network a container has files of its own in `/etc` all the same; who shares another's network has that
    /// one's files and hostname too.
    private func conflicts(of service: Service) -> [Diagnostic] {
        let ports = service.ports.isEmpty ? [] : ["ports"]
        let links = service.links.isEmpty ? [] : ["links"]
        let settings = service.settings.isEmpty ? [] : ["sysctls"]
        func conflicts(_ keys: [String], _ mode: String, hint: (String) -> String) -> [Diagnostic] {
            keys.map { conflict($0, of: service, mode, hint($0)) }
        }
        switch service.mode {
        case .attached: return []
        case .none:
            return conflicts(ports + links, "network_mode: none") {
                "connect the service with `networks:`, or leave \($0) out"
            }
        case .host:
            let mode = "network_mode: host"
            return conflicts(links, mode) { "leave \($0) out: extra_hosts says which name leads to which address" }
                + conflicts(settings, mode) { "leave \($0) out: what the host has counts" }
                + conflicts(ports, mode) { "leave \($0) out: its ports are the host's as they are" }
        case .service(let name), .container(let name):
            let exposed = service.exposed.isEmpty ? [] : ["expose"]
            let keys = ports + exposed + nameKeys(of: service) + links + resolverKeys(of: service) + settings
            return conflicts(keys, "the network of \(quoted(name))") { "move \($0) to \(quoted(name))" }
        }
    }

    /// Keys that say how a container calls itself and others.
    private func nameKeys(of service: Service) -> [String] {
        let names = [
            ("hostname", service.hostname != nil), ("domainname", service.domainName != nil),
            ("extra_hosts", !service.extraHosts.isEmpty),
        ]
        return names.filter(\.1).map(\.0)
    }

    private func resolverKeys(of service: Service) -> [String] {
        ["dns", "dns_search", "dns_opt"].filter { service.marks[$0] != nil }
    }

    /// What a service cannot have in a namespace that is not its own, and namespaces that two of them want.
    private func namespaceFindings(of service: Service) -> [Diagnostic] {
        guard let namespace = service.namespace else { return [] }
        let mark = service.mark(of: "x-weft")
        var findings: [Diagnostic] = []
        if service.marks["network_mode"] != nil {
            findings.append(
                Diagnostic(
                    "\(service.title) has both network_mode and a namespace in x-weft", at: mark,
                    hint: "keep one of them; networks are named under `networks:`"))
        }
        if service.scale > 1 {
            findings.append(
                Diagnostic(
                    "\(service.title) has a namespace in x-weft and \(service.scale) containers", at: mark,
                    hint: "leave the namespace out: it is for one container"))
        }
        if let first = services.first(where: { $0.namespace == namespace }), first.name != service.name {
            findings.append(
                Diagnostic(
                    "\(service.title) joins the same namespace as \(first.title)", at: mark,
                    hint: "put the networks of both at \(first.title), and write network_mode: service:\(first.name)"))
        }
        var barred = service.settings.isEmpty ? [] : ["sysctls"]
        if case .name = namespace {
        } else {
            barred += ["dns", "dns_search", "dns_opt", "extra_hosts", "links"].filter { service.marks[$0] != nil }
        }
        return findings
            + barred.map { key in
                let reason = key == "sysctls" ? "is not weft's to change" : "has no name that its files could be under"
                return Diagnostic(
                    "\(service.title) has \(key), but its namespace \(reason)", at: service.mark(of: key),
                    hint: "leave \(key) out")
            }
    }

    private func conflict(_ key: String, of service: Service, _ mode: String, _ hint: String) -> Diagnostic {
        Diagnostic("\(service.title) has \(key), but \(mode)", at: service.mark(of: key), hint: hint)
    }
}
