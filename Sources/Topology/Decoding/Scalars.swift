import Addressing
import YAML

// Scalars are text until a key says what it wants; the types are those of YAML 1.2's core schema, as in Compose.

extension FileDecoder {
    /// The text of the scalar `node`.
    mutating func text(_ node: Node?, _ what: String) -> String? {
        guard let node else { return nil }
        guard case .scalar(let text, _) = node.content, !node.isNull else {
            report("\(what) must be a text, not \(node.kind)", at: node.mark)
            return nil
        }
        do throws(Interpolation.Problem) {
            return try Interpolation.value(of: text, variables)
        } catch {
            report("\(what): \(error.message)", at: node.mark, hint: error.hint)
            return nil
        }
    }

    /// A whole number in `range`, plain or quoted.
    mutating func integer(_ node: Node?, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard let node, let text = text(node, what) else { return nil }
        guard let value = Int(coreSchema: text), range.contains(value) else {
            report(
                "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(quoted(text))",
                at: node.mark)
            return nil
        }
        return value
    }

    /// A boolean; the words of YAML 1.1 count too, as they do where Compose expects one (compose-go, interpolate.go).
    mutating func boolean(_ node: Node?, _ what: String) -> Bool? {
        guard let node, let text = text(node, what) else { return nil }
        switch text.lowercased() {
        case "true", "y", "yes", "on": return true
        case "false", "n", "no", "off": return false
        default:
            report("\(what) must be true or false, not \(quoted(text))", at: node.mark)
            return nil
        }
    }

    /// An address, of `family` if given.
    mutating func address(_ node: Node?, _ what: String, _ family: IPFamily? = nil) -> IPAddress? {
        guard let node, let text = text(node, what) else { return nil }
        let kind = family.map { $0 == .v4 ? "an IPv4 address" : "an IPv6 address" } ?? "an address"
        guard let address = IPAddress(text), family == nil || address.family == family else {
            report("\(what) must be \(kind), not \(quoted(text))", at: node.mark, hint: addressHint(text, family))
            return nil
        }
        return address
    }

    private func addressHint(_ text: String, _ family: IPFamily?) -> String? {
        if let interface = InterfaceAddress(text) { return "leave the prefix length out: \(interface.address)" }
        if let address = IPAddress(text) { return "\(address) is an \(address.family.name) address" }
        if text.first == "[", text.last == "]", let address = IPAddress(String(text.dropFirst().dropLast())) {
            return "leave the brackets out: \(address)"
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.allSatisfy({ Int($0).map { 0...255 ~= $0 } ?? false }) else { return nil }
        return "write the numbers without leading zeros: "
            + parts.compactMap { Int($0) }.map(String.init).joined(separator: ".")
    }

    /// A prefix whose host bits are zero.
    mutating func subnet(_ node: Node?, _ what: String) -> Subnet? {
        guard let node, let text = text(node, what) else { return nil }
        if let subnet = Subnet(text) { return subnet }
        let hint =
            InterfaceAddress(text).map { "the network of that length is \($0.subnet)" }
            ?? "a subnet is an address and a prefix length, such as 172.28.0.0/16"
        report("\(what) must be a network's prefix, not \(quoted(text))", at: node.mark, hint: hint)
        return nil
    }

    /// An Ethernet address that an interface can have.
    mutating func mac(_ node: Node?, _ what: String) -> MACAddress? {
        guard let node, let text = text(node, what) else { return nil }
        guard let mac = MACAddress(text) else {
            report(
                "\(what) must be an Ethernet address, not \(quoted(text))", at: node.mark,
                hint: "six bytes in hexadecimal, such as 02:42:ac:11:00:02")
            return nil
        }
        if mac.isMulticast {
            report(
                "\(what), \(mac), is a multicast address, which no interface can have", at: node.mark,
                hint: "the second digit must be even, such as 02:42:ac:11:00:02")
            return nil
        }
        if mac.bits == 0 {
            report("\(what), \(mac), is no address that an interface can have", at: node.mark)
            return nil
        }
        return mac
    }

    /// A scalar or a list of scalars, as texts with their places.
    mutating func texts(_ node: Node?, _ what: String) -> [(text: String, mark: Mark)] {
        guard let node else { return [] }
        return items(of: node, what).compactMap { item in
            text(item, "an item of \(what)").map { ($0, item.mark) }
        }
    }

    /// `labels` and their like: a mapping, or a list of `KEY=VALUE`.
    mutating func dictionary(_ node: Node?, _ what: String) -> [String: String] {
        guard let node else { return [:] }
        if case .sequence = node.content {
            let pairs = texts(node, what).map { item in
                let parts = item.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }
            return Dictionary(pairs, uniquingKeysWith: { _, last in last })
        }
        let pairs = (entries(of: node, what) ?? []).compactMap { entry in
            entry.value.isNull
                ? (entry.key, "") : text(entry.value, "\(quoted(entry.key)) in \(what)").map { (entry.key, $0) }
        }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last })
    }
}

extension Int {
    /// Reads an integer of YAML's core schema: decimal, `0o17` or `0x1f` (YAML 1.2 §10.3.2).
    init?(coreSchema text: String) {
        if text.hasPrefix("0o") {
            self.init(text.dropFirst(2), radix: 8)
        } else if text.hasPrefix("0x") {
            self.init(text.dropFirst(2), radix: 16)
        } else {
            self.init(text)
        }
    }
}

extension IPFamily {
    /// `IPv4` or `IPv6`.
    var name: String { self == .v4 ? "IPv4" : "IPv6" }
}
