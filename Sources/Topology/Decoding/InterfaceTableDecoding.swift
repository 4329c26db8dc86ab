import Addressing
import YAML

extension FileDecoder {
    /// `routes`, `rules`, `neighbours` and `fdb` of an interface.
    mutating func interfaceTables(_ fields: Fields, _ what: String) -> Topology.InterfaceTables {
        var tables = Topology.InterfaceTables()
        tables.routes = items(of: fields["routes"], "routes of \(what)").compactMap { route($0) }
        tables.rules = items(of: fields["rules"], "rules of \(what)").compactMap { rule($0) }
        tables.neighbours = items(of: fields["neighbours"], "neighbours of \(what)").compactMap { neighbour($0) }
        tables.forwarding = items(of: fields["fdb"], "fdb of \(what)").compactMap { forwarding($0) }
        return tables
    }

    private mutating func route(_ node: Node) -> Topology.Route? {
        guard let fields = fields(of: node, "a route", .route) else { return nil }
        let gateway = address(fields["via"], "via of a route")
        let metric = number(fields["metric"], "metric of a route", in: 1...UInt32.max)
        let table = number(fields["table"], "table of a route", in: 1...UInt32.max)
        let source = address(fields["source"], "source of a route")
        guard let destination = destination(fields, gateway?.family ?? .v4) else { return nil }
        for (key, address) in [("via", gateway), ("source", source)] {
            guard let address, address.family != destination.family else { continue }
            report("\(key) of a route to \(destination) is an \(address.family.name) address", at: fields[key]?.mark)
            return nil
        }
        return Topology.Route(
            destination: destination, gateway: gateway, metric: metric, table: table, source: source)
    }

    private mutating func destination(_ fields: Fields, _ family: IPFamily) -> Subnet? {
        guard let node = fields["destination"] else {
            report("a route has no destination", at: fields.mark, hint: "add `destination:`, a prefix or `default`")
            return nil
        }
        guard case .scalar("default", _) = node.content else { return subnet(node, "destination of a route") }
        return Subnet(containing: .unspecified(family), prefixLength: 0)
    }

    private mutating func rule(_ node: Node) -> Topology.Rule? {
        guard let fields = fields(of: node, "a rule", .rule) else { return nil }
        let source = subnet(fields["from"], "from of a rule")
        let destination = subnet(fields["to"], "to of a rule")
        let input = text(fields["iif"], "iif of a rule")
        let mark = number(fields["fwmark"], "fwmark of a rule", in: 1...UInt32.max)
        for key in ["priority", "table"] where fields[key] == nil {
            report("a rule has no \(key)", at: fields.mark, hint: "add `\(key):`")
        }
        // 0 is the kernel's own rule for its addresses, 32766 and 32767 those for the main and the default table.
        guard let priority = number(fields["priority"], "priority of a rule", in: 1...32765 as ClosedRange<UInt32>),
            let table = number(fields["table"], "table of a rule", in: 1...UInt32.max)
        else { return nil }
        if let source, let destination, source.family != destination.family {
            report("from and to of a rule are of different families", at: fields.mark)
            return nil
        }
        return Topology.Rule(
            family: source?.family ?? destination?.family ?? .v4, priority: priority, source: source,
            destination: destination, inputInterface: input, mark: mark, table: table)
    }

    private mutating func neighbour(_ node: Node) -> Topology.Neighbour? {
        guard let fields = fields(of: node, "a neighbour", .neighbour) else { return nil }
        for key in ["address", "mac"] where fields[key] == nil {
            report("a neighbour has no \(key)", at: fields.mark, hint: "add `\(key):`")
        }
        let mac = mac(fields["mac"], "mac of a neighbour")
        guard let address = address(fields["address"], "address of a neighbour"), let mac else { return nil }
        return Topology.Neighbour(address: address, mac: mac)
    }

    /// `default` stands for every Ethernet address that has no entry of its own.
    private mutating func forwarding(_ node: Node) -> Topology.Forwarding? {
        guard let fields = fields(of: node, "an entry of fdb", .forwarding) else { return nil }
        for key in ["mac", "destination"] where fields[key] == nil {
            report("an entry of fdb has no \(key)", at: fields.mark, hint: "add `\(key):`")
        }
        var mac: MACAddress?
        if case .scalar("default", _)? = fields["mac"]?.content {
            mac = MACAddress(bits: 0)
        } else {
            mac = self.mac(fields["mac"], "mac of an entry of fdb")
        }
        guard let destination = address(fields["destination"], "destination of an entry of fdb"), let mac else {
            return nil
        }
        return Topology.Forwarding(mac: mac, destination: destination)
    }
}
