import Addressing
import YAML

extension FileDecoder {
    /// An entry of the file's `links:` of type `veth`.
    mutating func cable(_ node: Node) -> Topology.Cable? {
        guard let fields = fields(of: node, "a link", .cable) else { return nil }
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
        let (place, interface) = placeAndInterface(fields, "an endpoint of a link")
        let addresses = interfaceAddresses(fields["addresses"], "an endpoint of a link")
        let mac = mac(fields["mac"], "mac of an endpoint of a link")
        let tables = interfaceTables(fields, "an endpoint of a link")
        guard let place, let interface else { return nil }
        var end = Topology.Cable.End(
            place: place, interface: interface, addresses: addresses, mac: mac, mark: node.mark)
        end.tables = tables
        return end
    }
}
