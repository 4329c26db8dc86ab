import Addressing
import YAML

extension FileDecoder {
    /// An entry of `services:`; `nil` for one whose profiles are not in use.
    mutating func service(_ entry: Node.Entry) -> Topology.Service? {
        let what = "service \(quoted(entry.key))"
        var service = Topology.Service(name: entry.key, mode: .attached([]), mark: entry.mark)
        guard let fields = fields(of: entry.value, what, .service) else { return service }
        service.marks = fields.marks
        service.host = text(fields["host"], "host of \(what)")
        service.mode = mode(fields, what, at: entry.mark)
        service.scale = scale(fields, what)
        service.namespace = namespace(fields["x-weft"], what)
        service.containerName = text(fields["container_name"], "container_name of \(what)")
        service.hostname = text(fields["hostname"], "hostname of \(what)")
        service.domainName = text(fields["domainname"], "domainname of \(what)")
        service.ports = ports(fields["ports"], what)
        service.exposed = exposedPorts(fields["expose"], what)
        service.extraHosts = extraHosts(fields["extra_hosts"], what)
        mac(fields["mac_address"], &service)
        service.links = links(fields["links"], what)
        service.resolver = resolver(fields, what)
        service.settings = settings(fields["sysctls"], what)
        let profiles = texts(fields["profiles"], "profiles of \(what)").map(\.text)
        guard profiles.isEmpty || !activeProfiles.isDisjoint(with: profiles + ["*"]) else {
            ignore("services.\(entry.key) (has profiles)")
            dormantServices[entry.key] = profiles
            return nil
        }
        return service
    }

    /// `scale`, or `deploy.replicas`, which must not contradict it.
    private mutating func scale(_ fields: Fields, _ what: String) -> Int {
        let allowed = 0...100_000
        let scale = integer(fields["scale"], "scale of \(what)", in: allowed)
        let deploy = fields["deploy"].flatMap { self.fields(of: $0, "deploy of \(what)", .deploy) }
        let replicas = integer(deploy?["replicas"], "deploy.replicas of \(what)", in: allowed)
        if let scale, let replicas, scale != replicas {
            report(
                "\(what) has scale \(scale) and deploy.replicas \(replicas)", at: deploy?["replicas"]?.mark,
                hint: "keep one of them")
        }
        return scale ?? replicas ?? 1
    }

    private mutating func mode(_ fields: Fields, _ what: String, at mark: Mark) -> Topology.Service.Mode {
        guard let node = fields["network_mode"] else {
            return .attached(attachments(fields["networks"], what, of: mark))
        }
        if let networks = fields["networks"] {
            report(
                "\(what) has both network_mode and networks", at: networks.mark,
                hint: "a service is connected by one of them")
        }
        guard let text = text(node, "network_mode of \(what)") else { return .none }
        switch text {
        case "none": return .none
        case "host": return .host
        case "bridge", "default":
            return .attached([.init(network: Topology.Network.predefinedBridgeKey, mark: node.mark)])
        default: break
        }
        if text.hasPrefix("service:") { return .service(String(text.dropFirst("service:".count))) }
        if text.hasPrefix("container:") { return .container(String(text.dropFirst("container:".count))) }
        report(
            "unknown network_mode \(quoted(text)) of \(what)", at: node.mark,
            hint: "there is bridge, host, none, service:NAME and container:NAME; networks are named under `networks:`")
        return .none
    }

    /// `mac_address` of the service is that of its first network, unless that has its own (compose
    /// pkg/compose/create.go, defaultNetworkSettings).
    private mutating func mac(_ node: Node?, _ service: inout Topology.Service) {
        guard let node, let mac = mac(node, "mac_address of \(service.title)") else { return }
        guard let first = service.mode.attachments.inConnectionOrder.first?.network else {
            report(
                "mac_address of \(service.title) needs a network of its own", at: node.mark,
                hint: "leave it out, or connect the service with `networks:`")
            return
        }
        service.mode.mapAttachments { attachment in
            guard attachment.network == first, attachment.mac == nil else { return }
            attachment.mac = mac
            attachment.marks["mac_address"] = node.mark
        }
    }

    /// `extra_hosts`: a mapping, or a list of `NAME=ADDRESS` or `NAME:ADDRESS` (compose-go types/hostList.go).
    private mutating func extraHosts(_ node: Node?, _ what: String) -> [Topology.Service.ExtraHost] {
        guard let node else { return [] }
        if case .sequence = node.content {
            return texts(node, "extra_hosts of \(what)").flatMap { item -> [Topology.Service.ExtraHost] in
                guard let separator = item.text.firstIndex(of: "=") ?? item.text.firstIndex(of: ":") else {
                    report(
                        "extra_hosts of \(what): \(quoted(item.text)) has no address", at: item.mark,
                        hint: "write NAME=ADDRESS")
                    return []
                }
                let addresses = item.text[item.text.index(after: separator)...].split(separator: ",")
                return addresses.compactMap { extraHost(String(item.text[..<separator]), String($0), item.mark, what) }
            }
        }
        return (entries(of: node, "extra_hosts of \(what)") ?? []).flatMap { entry -> [Topology.Service.ExtraHost] in
            var values: [(text: String, mark: Mark)] = []
            if case .sequence = entry.value.content {
                values = texts(entry.value, "extra_hosts of \(what)")
            } else if let text = text(entry.value, "extra_hosts of \(what)") {
                values = [(text, entry.value.mark)]
            }
            return values.compactMap { extraHost(entry.key, $0.text, $0.mark, what) }
        }
    }

    private mutating func extraHost(
        _ name: String, _ text: String, _ mark: Mark, _ what: String
    ) -> Topology.Service.ExtraHost? {
        let name = name.trimmed
        if let problem = NameRule.host.problem(with: name) {
            report("extra_hosts of \(what): name \(quoted(name)) \(problem)", at: mark)
            return nil
        }
        let text = text.trimmed
        if text == "host-gateway" { return .init(name: name, address: nil) }
        let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
        guard let address = IPAddress(bare) else {
            report(
                "extra_hosts of \(what): \(quoted(text)) is no address", at: mark,
                hint: "write an address, or host-gateway")
            return nil
        }
        return .init(name: name, address: address)
    }
}

extension String {
    /// The text without blanks at its ends.
    var trimmed: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
