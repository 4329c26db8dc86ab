import Addressing
import YAML

extension FileDecoder {
    /// The entries of `hosts:`.
    mutating func hosts(_ node: Node?) -> [Topology.Host] {
        guard let node, let entries = entries(of: node, "hosts") else { return [] }
        let hosts = entries.filter { !$0.key.hasPrefix("x-") }
        if hosts.isEmpty {
            report("hosts are empty", at: node.mark, hint: "leave `hosts` out, and every service is on this machine")
        }
        return hosts.map { host($0) }
    }

    private mutating func host(_ entry: Node.Entry) -> Topology.Host {
        var host = Topology.Host(name: entry.key, addresses: [], mark: entry.mark)
        let what = host.title
        guard let fields = fields(of: entry.value, what, .host) else { return host }
        host.marks = fields.marks
        host.addresses = textOrTexts(fields["address"], "address of \(what)").compactMap { item in
            if let address = InterfaceAddress(item.text) { return address }
            report(
                "address of \(what) must be an address with its prefix length, not \(quoted(item.text))",
                at: item.mark, hint: "such as 192.168.205.10/24")
            return nil
        }
        if fields["address"] == nil {
            report("\(what) has no address", at: entry.mark, hint: "such as `address: 192.168.205.10/24`")
        }
        host.gateways = textOrTexts(fields["gateway"], "gateway of \(what)").compactMap { item in
            if let address = IPAddress(item.text) { return address }
            report("gateway of \(what) must be an address, not \(quoted(item.text))", at: item.mark)
            return nil
        }
        host.interface =
            text(fields["interface"], "interface of \(what)") ?? Topology.Host.defaultInterface
        host.mtu = mtu(fields["mtu"], what, hasIPv6: false) ?? Topology.Host.defaultMTU
        host.labels = dictionary(fields["labels"], "labels of \(what)")
        return host
    }
}
