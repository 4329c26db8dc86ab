import Addressing
import Netlink
import Planning

extension ForeignRules {
    /// Which rules stop packets of networks, and what helps; in words, one per rule.
    ///
    /// - Parameter firewall: The kind of rules that the packets' networks get.
    func notes(on traffic: [Traffic], firewall: FirewallKind) -> [String] {
        obstacles(to: traffic, firewall: firewall).map { $0.text($0.packets, remedy: remedy(for: $0)) }
    }

    /// The commands that let the packets go on, for as many bridges as are named.
    private func remedy(for obstacle: Obstacle<Traffic>) -> String {
        var seen: Set<String> = []
        let bridges = obstacle.stopped.map(\.bridge).filter { seen.insert($0).inserted }
        let commands = bridges.prefix(listedAtMost).map { remedy(for: obstacle, on: $0) }
        return commands.joined(separator: "; ") + (bridges.count > listedAtMost ? "; and so on" : "")
    }

    private func remedy(for obstacle: Obstacle<Traffic>, on bridge: String) -> String {
        let chain = obstacle.culprit.chain
        if chain.table == "firewalld" {
            return "firewall-cmd --zone=trusted --add-interface=\(bridge)"
        }
        let place: BuiltInChain = obstacle.place == .prerouting ? .forward : obstacle.place.chain
        guard isOfIptables(chain, place) else {
            let rule = "nft insert rule \(chain.family) \(chain.table) \(chain.name)"
            return obstacle.commands { side, transport in
                let condition = transport.map { " meta l4proto \($0)" } ?? ""
                return "\(rule) \(side.rawValue)ifname \(bridge)\(condition) accept"
            }
        }
        if isAfterUsersOfUFW(obstacle.culprit, place) {
            let command = place == .forward ? "ufw route" : "ufw"
            return obstacle.sides.map { "\(command) allow \($0) on \(bridge)" }.joined(separator: "; ")
        }
        let isPolicy = obstacle.culprit.handle == nil
        let command = chain.family == .ip ? "iptables" : "ip6tables"
        let target =
            place == .forward && isPolicy && has("DOCKER-USER", beside: chain) ? "DOCKER-USER" : place.rawValue
        return obstacle.commands { side, transport in
            let condition = transport.map { " -p \($0)" } ?? ""
            return "\(command) -I \(target) -\(side.rawValue) \(bridge)\(condition) -j ACCEPT"
        }
    }
}

extension Obstacle<Traffic> {
    /// How packets get to know the bridge: it is where they come in, or go out.
    fileprivate enum Side: String {
        case `in` = "i"
        case out = "o"
    }

    /// The sides of the bridge that rules at the place can tell.
    fileprivate var sides: [Side] {
        switch place {
        case .prerouting, .forward: [.in, .out]
        case .input: [.in]
        case .output: [.out]
        }
    }

    /// A command for each side, and for each protocol if it is not about all of them.
    fileprivate func commands(_ command: (Side, _ transport: String?) -> String) -> String {
        let isOfHost = place == .input || place == .output
        let families = Set(stopped.map(\.packets.family)).sorted()
        let transports = isOfHost ? families.map { $0 == .v4 ? "icmp" : "ipv6-icmp" } : [nil]
        return transports.flatMap { transport in sides.map { command($0, transport) } }.joined(separator: "; ")
    }

    /// What is stopped, with the networks in the order of the layout.
    fileprivate var packets: String {
        let packets =
            switch Set(stopped.map(\.opener)) {
            case [.endpoint]: "connections from"
            case [.outsider]: "connections to published ports of"
            case [.guest]: "pings of the host by"
            case [.host]: "the host's pings of"
            case [.guest, .host]: "pings between the host and"
            default: "forwarded packets of"
            }
        return "\(packets) \(listed("network", stopped.map { "\($0.network) (\($0.bridge))" }))"
    }
}

/// How many things of one kind are named.
private let listedAtMost = 3

/// Things of one kind, each once, the first three of them by name: `networks front, back`.
func listed(_ noun: String, _ names: [String]) -> String {
    var seen: Set<String> = []
    let names = names.filter { seen.insert($0).inserted }
    let more = names.count - listedAtMost
    let shown = names.prefix(listedAtMost).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    return "\(names.count == 1 ? noun : noun + "s") \(shown)"
}
