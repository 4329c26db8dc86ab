import Addressing
import YAML

extension FileDecoder {
    /// `networks` of a service, as a list or a mapping; none means the network `default`.
    mutating func attachments(_ node: Node?, _ what: String, of service: Mark) -> [Topology.Service.Attachment] {
        var attachments: [Topology.Service.Attachment] = []
        switch node?.content {
        case nil: break
        case .mapping?:
            attachments = (node.flatMap { entries(of: $0, "networks of \(what)") } ?? []).compactMap {
                attachment($0, what)
            }
        case .sequence?, .scalar?:
            attachments = texts(node, "networks of \(what)").map { .init(network: $0.text, mark: $0.mark) }
        }
        var seen: Set<String> = []
        for attachment in attachments where !seen.insert(attachment.network).inserted {
            report("\(what) is on network \(quoted(attachment.network)) twice", at: attachment.mark)
        }
        return attachments.isEmpty ? [.init(network: Topology.Network.defaultKey, mark: service)] : attachments
    }

    private mutating func attachment(_ entry: Node.Entry, _ what: String) -> Topology.Service.Attachment? {
        var attachment = Topology.Service.Attachment(network: entry.key, mark: entry.mark)
        let what = "\(what) on network \(quoted(entry.key))"
        guard let fields = fields(of: entry.value, what, .attachment) else { return attachment }
        attachment.marks = fields.marks
        attachment.ipv4 = address(fields["ipv4_address"], "ipv4_address of \(what)", .v4)
        attachment.ipv6 = address(fields["ipv6_address"], "ipv6_address of \(what)", .v6)
        attachment.mac = mac(fields["mac_address"], "mac_address of \(what)")
        attachment.aliases = aliases(fields["aliases"], what)
        attachment.priority = integer(fields["priority"], "priority of \(what)", in: Self.priorities) ?? 0
        attachment.gatewayPriority = integer(fields["gw_priority"], "gw_priority of \(what)", in: Self.priorities) ?? 0
        attachment.interfaceName = text(fields["interface_name"], "interface_name of \(what)")
        attachment.linkLocalAddresses = linkLocalAddresses(fields["link_local_ips"], what)
        attachment.driverOptions[EndpointOption.interfaceName.rawValue] = attachment.interfaceName
        if let node = fields["driver_opts"] { options(node, &attachment, what) }
        return attachment
    }

    private static let priorities = Int(Int32.min)...Int(Int32.max)

    private mutating func aliases(_ node: Node?, _ what: String) -> [String] {
        texts(node, "aliases of \(what)").compactMap { item in
            guard let problem = NameRule.host.problem(with: item.text) else { return item.text }
            report("alias \(quoted(item.text)) of \(what) \(problem)", at: item.mark)
            return nil
        }
    }

    private mutating func linkLocalAddresses(_ node: Node?, _ what: String) -> [IPAddress] {
        items(of: node, "link_local_ips of \(what)").compactMap { item in
            guard let address = address(item, "link_local_ips of \(what)") else { return nil }
            do throws(ValueFault) {
                return try address.checkedLinkLocal(as: "\(address) in link_local_ips of \(what)")
            } catch {
                report(error.message, at: item.mark, hint: error.hint)
                return nil
            }
        }
    }

    /// `driver_opts` of an attachment: the interface's name and its sysctls.
    private mutating func options(_ node: Node, _ attachment: inout Topology.Service.Attachment, _ what: String) {
        for entry in entries(of: node, "driver_opts of \(what)") ?? [] {
            if case .scalar(let text, _) = entry.value.content { attachment.driverOptions[entry.key] = text }
            switch EndpointOption(rawValue: entry.key) {
            case .interfaceName:
                attachment.interfaceName = text(entry.value, "interface name of \(what)")
                attachment.marks["interface_name"] = entry.value.mark
            case .settings: attachment.settings = endpointSettings(entry.value, what)
            case nil:
                let fault = EndpointOption.unknown(entry.key, of: what)
                report(fault.message, at: entry.mark, hint: fault.hint)
            }
        }
    }
}

extension [Topology.Service.Attachment] {
    /// The order in which Compose connects networks: by `priority`, the highest first, then by key (compose-go
    /// types/types.go, NetworksByPriority); the first is `eth0`.
    var inConnectionOrder: [Topology.Service.Attachment] {
        sorted { ($1.priority, $0.keyInFile ?? $0.network) < ($0.priority, $1.keyInFile ?? $1.network) }
    }
}
