import Addressing
import YAML

extension FileDecoder {
    /// An entry of `networks:`.
    mutating func network(_ entry: Node.Entry) -> Topology.Network {
        var network = Topology.Network(key: entry.key, mark: entry.mark)
        let what = "network \(quoted(entry.key))"
        guard let fields = fields(of: entry.value, what, .network) else { return network }
        network.marks = fields.marks
        network.name = text(fields["name"], "name of \(what)")
        if let node = fields["external"] { external(node, &network) }
        if network.isExternal {
            external(fields, &network)
            return network
        }
        network.driver = driver(fields["driver"], what) ?? .bridge
        if network.driver == .overlay { network.overlay = Topology.Network.OverlayOptions() }
        if network.driver.sharesParent { network.parent = Topology.Network.ParentOptions() }
        if network.driver == .routed { network.routed = Topology.Network.RoutedOptions() }
        if network.isGatewayBridge { network.becomeGatewayBridge() }
        network.isInternal = boolean(fields["internal"], "internal of \(what)") ?? false
        network.hasIPv4 = boolean(fields["enable_ipv4"], "enable_ipv4 of \(what)") ?? true
        network.hasIPv6 = boolean(fields["enable_ipv6"], "enable_ipv6 of \(what)") ?? false
        network.isAttachable = boolean(fields["attachable"], "attachable of \(what)") ?? false
        network.labels = dictionary(fields["labels"], "labels of \(what)")
        if let node = fields["driver_opts"] { options(node, &network) }
        if network.isGatewayBridge, network.bridgeName != network.key, fields["name"] == nil {
            // Another bridge than the usual one, beside which it is to stand, does not have the usual name either.
            network.name = nil
        }
        if let node = fields["ipam"] { ipam(node, &network) }
        if !network.hasIPv4 && !network.hasIPv6 {
            report("\(what) has neither IPv4 nor IPv6", at: fields["enable_ipv4"]?.mark, hint: "set enable_ipv6: true")
        }
        return network
    }

    private mutating func driver(_ node: Node?, _ what: String) -> Topology.Network.Driver? {
        guard let node, let name = text(node, "driver of \(what)") else { return nil }
        if name == "null" { return Topology.Network.Driver.none }
        if let driver = Topology.Network.Driver(rawValue: name) { return driver }
        let all = Topology.Network.Driver.allCases.map(\.rawValue)
        report(
            "unknown driver \(quoted(name)) of \(what)", at: node.mark,
            hint: speller.suggestion(for: name, among: all) ?? "there is " + all.joined(separator: ", "))
        return nil
    }

    mutating func ipam(_ node: Node, _ network: inout Topology.Network) {
        let what = network.title
        guard let fields = fields(of: node, "ipam of \(what)", .ipam) else { return }
        if let node = fields["driver"], let name = text(node, "ipam driver of \(what)"), name != "default" {
            report("ipam driver \(quoted(name)) of \(what) is not supported", at: node.mark, hint: "there is default")
        }
        network.ipamOptions = dictionary(fields["options"], "ipam.options of \(what)")
        for (index, item) in items(of: fields["config"], "ipam.config of \(what)").enumerated() {
            guard let pool = pool(item, what) else { continue }
            let isActive = pool.subnet.family == .v4 ? network.hasIPv4 : network.hasIPv6
            if isActive {
                network.pools.append(pool)
            } else {
                // Docker passes over the subnets of a family that is off (moby daemon/network.go validateIpamConfig).
                ignore("networks.\(network.key).ipam.config[\(index)]")
            }
        }
    }

    /// An entry of `ipam.config`, with everything in it inside its subnet.
    private mutating func pool(_ node: Node, _ what: String) -> Topology.Network.Pool? {
        guard let fields = fields(of: node, "ipam.config of \(what)", .pool) else { return nil }
        guard let subnetNode = fields["subnet"] else {
            let hasOthers = ["ip_range", "gateway", "aux_addresses"].contains { fields[$0] != nil }
            if hasOthers { report("ipam.config of \(what) needs a subnet", at: fields.mark, hint: "add `subnet:`") }
            return nil
        }
        guard let subnet = subnet(subnetNode, "subnet of \(what)") else { return nil }
        var pool = Topology.Network.Pool(subnet: subnet, mark: subnetNode.mark)
        pool.marks = fields.marks
        pool.range = range(fields["ip_range"], in: subnet, what)
        pool.gateway = address(fields["gateway"], "gateway of \(what)", in: subnet)
        for entry in fields["aux_addresses"].flatMap({ entries(of: $0, "aux_addresses of \(what)") }) ?? [] {
            let name = "aux_addresses \(quoted(entry.key)) of \(what)"
            guard let address = address(entry.value, name, in: subnet) else { continue }
            pool.auxiliary[entry.key] = address
            pool.marks[Topology.Network.Pool.auxiliaryKey(entry.key)] = entry.value.mark
        }
        return pool
    }

    private mutating func range(_ node: Node?, in subnet: Subnet, _ what: String) -> Subnet? {
        guard let node, let range = self.subnet(node, "ip_range of \(what)") else { return nil }
        if subnet.contains(range) { return range }
        report("ip_range \(range) of \(what) is not inside its subnet \(subnet)", at: node.mark)
        return nil
    }

    private mutating func address(_ node: Node?, _ what: String, in subnet: Subnet) -> IPAddress? {
        guard let node, let address = address(node, what) else { return nil }
        if subnet.contains(address) { return address }
        report("\(what), \(address), is not inside its subnet \(subnet)", at: node.mark)
        return nil
    }
}
