import Addressing
import Links
import YAML

extension FileDecoder {
    /// An entry of the file's `links:`, put where it belongs in `topology`.
    mutating func link(_ node: Node, into topology: inout Topology) {
        guard let entries = entries(of: node, "a link") else { return }
        guard let entry = entries.first(where: { $0.key == "type" }), !entry.value.isNull else {
            return report("a link has no type", at: node.mark, hint: "there is `type: veth`")
        }
        guard let type: LinkType = choice(entry.value, "type of a link") else { return }
        if type == .veth {
            if let cable = cable(node) { topology.cables.append(cable) }
        } else if let link = deviceLink(node, type) {
            topology.devices.append(link)
        }
    }

    private mutating func deviceLink(_ node: Node, _ type: LinkType) -> Topology.DeviceLink? {
        guard let fields = fields(of: node, type.title, type.vocabulary) else { return nil }
        let device = device(fields, type)
        let ends = ends(of: fields, type, node)
        let parent = parent(fields["parent"])
        if type.needsParent && fields["parent"] == nil {
            report("\(type.title) has no parent", at: fields.mark, hint: "add `parent:` with the interface below it")
        }
        guard let device, !ends.isEmpty else { return nil }
        let hasIPv6 = ends.contains { $0.addresses.contains { $0.address.family == .v6 } }
        var link = Topology.DeviceLink(
            device: device, ends: ends, parent: parent, mtu: mtu(fields["mtu"], type.title, hasIPv6: hasIPv6),
            mark: node.mark, marks: fields.marks)
        link.ports = ports(fields["ports"], of: type, ends[0].interface, fields["vlans"])
        return link
    }

    /// The two endpoints of a tunnel, or the one that the entry itself says.
    private mutating func ends(of fields: Fields, _ type: LinkType, _ node: Node) -> [Topology.DeviceLink.End] {
        let what = "endpoints of \(type.title)"
        guard type.isTunnel, fields["endpoints"] != nil || type != .vxlan else {
            return end(fields, type.title, mark: node.mark).map { [$0] } ?? []
        }
        let nodes = items(of: fields["endpoints"], what)
        guard nodes.count == 2 else {
            report(
                "\(type.title) has two endpoints, not \(nodes.count)", at: fields["endpoints"]?.mark ?? fields.mark,
                hint: "write endpoints: [{service: a, interface: tun0}, {service: b, interface: tun0}]")
            return []
        }
        let ends = nodes.compactMap { node -> Topology.DeviceLink.End? in
            let what = "an endpoint of \(type.title)"
            guard let fields = self.fields(of: node, what, type.endVocabulary) else { return nil }
            return end(fields, what, mark: node.mark)
        }
        return ends.count == 2 ? ends : []
    }

    private mutating func end(_ fields: Fields, _ what: String, mark: Mark) -> Topology.DeviceLink.End? {
        let (place, interface) = placeAndInterface(fields, what)
        let addresses = interfaceAddresses(fields["addresses"], what)
        let mac = mac(fields["mac"], "mac of \(what)")
        let local = address(fields["local"], "local of \(what)")
        let tables = interfaceTables(fields, what)
        guard let place, let interface else { return nil }
        var end = Topology.DeviceLink.End(place: place, interface: interface, mark: mark)
        end.addresses = addresses
        end.mac = mac
        end.local = local
        end.tables = tables
        return end
    }

    /// The service or host that an interface is in, and its name; `nil`, reported, for what is missing.
    mutating func placeAndInterface(_ fields: Fields, _ what: String) -> (Topology.Place?, String?) {
        let place = place(fields, what)
        if place == nil, fields["service"] == nil, fields["host"] == nil {
            report("\(what) has no service", at: fields.mark, hint: "add `service:`, or `host:`")
        }
        if fields["interface"] == nil { report("\(what) has no interface", at: fields.mark, hint: "add `interface:`") }
        return (place, text(fields["interface"], "interface of \(what)"))
    }

    /// `service` or `host`, if there is one of them.
    private mutating func place(_ fields: Fields, _ what: String) -> Topology.Place? {
        let service = text(fields["service"], "service of \(what)")
        let host = text(fields["host"], "host of \(what)")
        if let node = fields["host"], fields["service"] != nil {
            report("\(what) has both a service and a host", at: node.mark, hint: "keep one of them")
            return nil
        }
        return service.map { .service($0) } ?? host.map { .host($0) }
    }

    /// An interface where the link itself is, or elsewhere: `{service: a, interface: eth1}`.
    private mutating func parent(_ node: Node?) -> Topology.DeviceLink.Parent? {
        guard let node else { return nil }
        guard case .mapping = node.content else {
            return text(node, "parent of a link").map { .init(place: nil, interface: $0, mark: node.mark) }
        }
        guard let fields = fields(of: node, "parent of a link", .linkParent) else { return nil }
        guard let interface = text(fields["interface"], "interface of a parent") else {
            if fields["interface"] == nil {
                report("a parent has no interface", at: node.mark, hint: "add `interface:`")
            }
            return nil
        }
        return .init(place: place(fields, "a parent"), interface: interface, mark: node.mark)
    }

    /// Addresses with their prefix lengths.
    mutating func interfaceAddresses(_ node: Node?, _ what: String) -> [InterfaceAddress] {
        texts(node, "addresses of \(what)").compactMap { item in
            if let address = InterfaceAddress(item.text) { return address }
            report(
                "\(quoted(item.text)) is no address of an interface", at: item.mark,
                hint: "write an address with its prefix length, such as 10.0.0.1/30")
            return nil
        }
    }
}

extension FileDecoder {
    /// One of the words that `Value` has.
    mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ node: Node?, _ what: String
    ) -> Value? where Value.RawValue == String {
        guard let node, let word = text(node, what) else { return nil }
        if let value = Value(rawValue: word) { return value }
        let words = Value.allCases.map(\.rawValue)
        report(
            "unknown \(what): \(quoted(word))", at: node.mark,
            hint: speller.suggestion(for: word, among: words) ?? "there is \(words.joined(separator: ", "))")
        return nil
    }

    /// A whole number in `range`.
    mutating func number<Value: FixedWidthInteger>(
        _ node: Node?, _ what: String, in range: ClosedRange<Value>
    ) -> Value? {
        integer(node, what, in: Int(range.lowerBound)...Int(range.upperBound)).map { Value($0) }
    }
}
