import Addressing

extension Rule {
    /// The rule as `iptables -S` writes it after `-A`: `WEFT ! -i br0 -o br0 -j DROP`.
    public var specification: String { "\(chain) \(conditions)" }

    /// The words for `iptables` that put the rule into its chain, at its place among those of lower ranks and others'.
    var insertion: String {
        if rank < 0 { return "-I \(chain) \(rank - Self.lowestRank + 1) \(conditions)" }
        return "\(rank < Self.highestRank && chain == "WEFT" ? "-I" : "-A") \(specification)"
    }

    /// Matches and target.
    private var conditions: String {
        var words: [String] = []
        func add<Value>(_ option: String, _ match: Match<Value>?) {
            guard let match else { return }
            if match.isInverted { words.append("!") }
            words += [option, "\(match.value)"]
        }
        add("-s", source)
        add("-d", destination)
        add("-i", input)
        add("-o", output)
        if let `protocol` { words += ["-p", `protocol`.name] }
        if let `protocol`, let destinationPort {
            words += ["-m", `protocol`.name, "--dport", "\(destinationPort)"]
        }
        if isToLocalAddress { words += ["-m", "addrtype", "--dst-type", "LOCAL"] }
        if let connectionState { words += ["-m", "conntrack", "--ctstate", connectionState.names] }
        if let comment { words += ["-m", "comment", "--comment", quoted(comment)] }
        words += ["-j"] + target.words
        return words.joined(separator: " ")
    }
}

/// Text as iptables writes it: in quotes where it holds anything but letters, digits, `_` and `-`.
private func quoted(_ text: String) -> String {
    func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
    guard !text.utf8.allSatisfy(isPlain) else { return text }
    let escaped = text.map { #"\"'"#.contains($0) ? "\\\($0)" : "\($0)" }.joined()
    return "\"\(escaped)\""
}

extension Rule.InternetProtocol {
    /// The name that `-p` takes.
    var name: String {
        switch self {
        case .icmp: "icmp"
        case .tcp: "tcp"
        case .udp: "udp"
        case .icmpv6: "ipv6-icmp"
        case .sctp: "sctp"
        }
    }
}

extension Rule.ConnectionState {
    /// The names that `--ctstate` takes, in the order in which iptables lists them.
    var names: String {
        let all: [(Self, String)] = [
            (.related, "RELATED"), (.established, "ESTABLISHED"), (.destinationTranslated, "DNAT"),
        ]
        return all.filter { contains($0.0) }.map(\.1).joined(separator: ",")
    }
}

extension Rule.Target {
    var words: [String] {
        switch self {
        case .accept: ["ACCEPT"]
        case .drop: ["DROP"]
        case .return: ["RETURN"]
        case .masquerade: ["MASQUERADE"]
        case .jump(let chain): [chain]
        case .sourceNAT(let address): ["SNAT", "--to-source", "\(address)"]
        case .destinationNAT(let address, let port):
            ["DNAT", "--to-destination", address.family == .v4 ? "\(address):\(port)" : "[\(address)]:\(port)"]
        }
    }
}
