import YAML

extension Topology {
    /// Networks that services name but the file does not have, and combinations of networks that can't be.
    var referenceFindings: [Diagnostic] {
        let declared = networksByKey
        let sandboxes = Sandboxes(of: self)
        let places = servicesByName
        var speller = Speller()
        return services.flatMap { service in
            service.mode.attachments.compactMap { finding(for: $0, of: service, declared, &speller) }
                + service.links.compactMap { finding(for: $0, of: service, places, sandboxes, &speller) }
        }
    }

    private func finding(
        for link: Service.Link, of service: Service, _ services: [String: Service], _ sandboxes: Sandboxes,
        _ speller: inout Speller
    ) -> Diagnostic? {
        let what = "\(service.title) has a link to service \(quoted(link.service))"
        guard let other = services[link.service] else {
            if let finding = dormancy(of: link.service, what, at: link.mark) { return finding }
            return Diagnostic(
                "\(what), which is not declared", at: link.mark,
                hint: speller.suggestion(for: link.service, among: sandboxes.serviceNames)
                    ?? "declare it under `services:`")
        }
        // As Docker does, which follows `container:` modes too (moby registerLinks).
        guard case .host? = sandboxes.knownOwner(of: other) else { return nil }
        return Diagnostic(
            "\(what), which is on the host's network", at: link.mark,
            hint: "write extra_hosts: [\"\(link.alias)=host-gateway\"]")
    }

    /// What is wrong with a reference to the service `name`, where its profiles are not in use.
    func dormancy(of name: String, _ what: String, at mark: Mark) -> Diagnostic? {
        guard let profiles = dormantServices[name] else { return nil }
        let first = profiles.first ?? "…"
        return Diagnostic(
            "\(what), whose profiles are not in use: \(profiles.joined(separator: ", "))", at: mark,
            hint: "set COMPOSE_PROFILES=\(first) in the environment or .env, or give this service the profiles too")
    }

    private func finding(
        for attachment: Service.Attachment, of service: Service, _ declared: [String: Network], _ speller: inout Speller
    ) -> Diagnostic? {
        let what = "\(service.title) is on network \(quoted(attachment.network))"
        guard let network = declared[attachment.network] else {
            let mode = ["host", "none"].contains(attachment.network) ? attachment.network : nil
            let hint =
                mode.map { "did you mean network_mode: \($0)?" }
                ?? speller.suggestion(for: attachment.network, among: declared.keys)
                ?? "declare it under the file's `networks:`"
            return Diagnostic("\(what), which is not declared", at: attachment.mark, hint: hint)
        }
        guard !network.driver.hasSubnets else { return nil }
        return Diagnostic(
            "\(what) of driver \(network.driver) and on others", at: attachment.mark,
            hint: "a container in such a network is in no other")
    }
}
