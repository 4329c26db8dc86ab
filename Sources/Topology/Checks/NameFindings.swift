import YAML

extension Topology {
    /// Names that can't be, and names that two things have.
    var nameFindings: [Diagnostic] {
        topologyNameFindings + networks.flatMap { nameFindings(of: $0) } + services.flatMap { nameFindings(of: $0) }
            + duplicateFindings
    }

    private var topologyNameFindings: [Diagnostic] {
        guard let problem = NameRule.topology.problem(with: name) else { return [] }
        let hint = nameMark == nil ? "give it one with `name:`" : Self.normalized(name: name)
        return [
            Diagnostic(
                "the topology's name \(quoted(name)) \(problem)", at: nameMark,
                hint: nameMark == nil || hint.isEmpty ? "give it one with `name:`" : "such as \(hint)")
        ]
    }

    private func nameFindings(of network: Network) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        if let problem = NameRule.key.problem(with: network.key) {
            findings.append(Diagnostic("network name \(quoted(network.key)) \(problem)", at: network.mark))
        }
        if let name = network.name, let problem = NameRule.docker.problem(with: name) {
            findings.append(Diagnostic("network name \(quoted(name)) \(problem)", at: network.mark(of: "name")))
        }
        let isMade = network.driver.hasSubnets && !network.isExternal
        if isMade, let name = network.name, Network.predefinedNames.contains(name) {
            findings.append(
                Diagnostic(
                    "network name \(quoted(name)) is that of a predefined network", at: network.mark(of: "name"),
                    hint: "give it another name, or set external: true to use that one"))
        }
        if let name = network.bridgeName, let problem = NameRule.problem(withInterface: name) {
            let mark = network.mark(of: "com.docker.network.bridge.name")
            findings.append(Diagnostic("bridge name \(quoted(name)) \(problem)", at: mark))
        }
        if network.bridgeName == Network.predefinedBridgeName {
            findings.append(
                Diagnostic(
                    "bridge \(quoted(Network.predefinedBridgeName)) of \(network.title) is the predefined one",
                    at: network.mark(of: "com.docker.network.bridge.name"), hint: "choose another name"))
        }
        return findings
    }

    private func nameFindings(of service: Service) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        func check(_ name: String?, _ what: String, _ rule: NameRule, _ mark: Mark) {
            guard let name, let problem = rule.problem(with: name) else { return }
            findings.append(Diagnostic("\(what) \(quoted(name)) \(problem)", at: mark))
        }
        check(service.name, "service name", .key, service.mark)
        check(service.containerName, "container name", .docker, service.mark(of: "container_name"))
        check(service.hostname, "hostname", .host, service.mark(of: "hostname"))
        check(service.domainName, "domainname", .host, service.mark(of: "domainname"))
        if service.containerName?.utf8.count == 1 {
            findings.append(
                Diagnostic(
                    "container name \(quoted(service.containerName ?? "")) is too short",
                    at: service.mark(of: "container_name"), hint: "Docker's names have two characters or more"))
        }
        if service.containerName != nil, service.scale > 1 {
            findings.append(
                Diagnostic(
                    "\(service.title) has a container_name and \(service.scale) containers",
                    at: service.mark(of: "container_name"),
                    hint: "leave container_name out: a name is for one container"))
        }
        return findings
    }

    private var duplicateFindings: [Diagnostic] {
        var findings: [Diagnostic] = []
        var containers = Uses<String>()
        for service in services {
            for name in containerNames(of: service) {
                guard let earlier = containers.claim(name, for: service.title) else { continue }
                findings.append(
                    Diagnostic(
                        "container \(quoted(name)) of \(service.title) is also one of \(earlier)",
                        at: service.mark(of: "container_name"), hint: "give one of them another name"))
            }
        }
        findings += namespaceFindings(&containers)
        var names = Uses<String>()
        var bridges = Uses<String>()
        for network in networks
        where network.driver.hasSubnets && network.bridgeName != Network.predefinedBridgeName {
            if let earlier = names.claim(dockerName(of: network), for: network.title) {
                findings.append(
                    Diagnostic(
                        "name \(quoted(dockerName(of: network))) of \(network.title) is also that of \(earlier)",
                        at: network.mark(of: "name"), hint: "give one of them another name"))
            }
            guard network.driver == .bridge else { continue }
            guard !network.isExternal || network.bridgeName != nil else { continue }
            if let earlier = bridges.claim(bridgeName(of: network), for: network.title) {
                findings.append(
                    Diagnostic(
                        "bridge \(quoted(bridgeName(of: network))) of \(network.title) is also that of \(earlier)",
                        at: network.mark(of: "com.docker.network.bridge.name"),
                        hint: "name one with the option com.docker.network.bridge.name"))
            }
        }
        return findings
    }

    /// Namespaces of hosts and overlays that have the names of others.
    private func namespaceFindings(_ owners: inout Uses<String>) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        func claim(_ name: String, for what: String, at mark: Mark) {
            guard let earlier = owners.claim(name, for: what) else { return }
            findings.append(
                Diagnostic(
                    "namespace \(quoted(name)) of \(what) is also that of \(earlier)", at: mark,
                    hint: "give one of them another name"))
        }
        if let first = hosts.first { claim(underlayName, for: "the underlay", at: first.mark) }
        for host in hosts { claim(namespaceName(of: host), for: host.title, at: host.mark) }
        let members = hostsByNetwork
        for network in networks where network.driver == .overlay {
            let places: [String?] = hosts.isEmpty ? [nil] : (members[network.key] ?? []).sorted()
            for host in places {
                claim(sandboxName(of: network, on: host), for: network.title, at: network.mark)
            }
        }
        return findings
    }
}
