import Addressing
import YAML

extension FileDecoder {
    /// An entry of the file's `links:`.
    mutating func cable(_ node: Node) -> Topology.Cable? {
        guard let fields = fields(of: node, "a link", .cable) else { return nil }
        guard let type = text(fields["type"], "type of a link") else {
            if fields["type"] == nil { report("a link has no type", at: fields.mark, hint: "there is `type: veth`") }
            return nil
        }
        guard type == "veth" else {
            let isPlanned = ["gre", "gretap", "ipip", "sit", "vxlan", "geneve"].contains(type)
            report(
                isPlanned ? "links of type \(type) are not supported yet" : "unknown type \(quoted(type)) of a link",
                at: fields["type"]?.mark, hint: "there is veth")
            return nil
        }
        let nodes = items(of: fields["endpoints"], "endpoints of a link")
        guard nodes.count == 2 else {
            report(
                "a veth link has two endpoints, not \(nodes.count)", at: fields["endpoints"]?.mark ?? fields.mark,
                hint: "write endpoints: [{service: a, interface: eth1}, {service: b, interface: eth1}]")
            return nil
        }
        let ends = nodes.compactMap { cableEnd($0) }
        guard ends.count == 2 else { return nil }
        let hasIPv6 = ends.contains { $0.addresses.contains { $0.address.family == .v6 } }
        return Topology.Cable(ends: ends, mtu: mtu(fields["mtu"], "a link", hasIPv6: hasIPv6), mark: node.mark)
    }

    private mutating func cableEnd(_ node: Node) -> Topology.Cable.End? {
        guard let fields = fields(of: node, "an endpoint of a link", .cableEnd) else { return nil }
        for key in ["service", "interface"] where fields[key] == nil {
            report("an endpoint of a link has no \(key)", at: fields.mark, hint: "add `\(key):`")
        }
        let addresses = cableAddresses(fields["addresses"])
        let mac = mac(fields["mac"], "mac of an endpoint of a link")
        guard let service = text(fields["service"], "service of an endpoint of a link"),
            let interface = text(fields["interface"], "interface of an endpoint of a link")
        else { return nil }
        return Topology.Cable.End(
            service: service, interface: interface, addresses: addresses, mac: mac, mark: node.mark)
    }

    private mutating func cableAddresses(_ node: Node?) -> [InterfaceAddress] {
        texts(node, "addresses of an endpoint of a link").compactMap { item in
            if let address = InterfaceAddress(item.text) { return address }
            report(
                "\(quoted(item.text)) is no address of an interface", at: item.mark,
                hint: "write an address with its prefix length, such as 10.0.0.1/30")
            return nil
        }
    }
}
