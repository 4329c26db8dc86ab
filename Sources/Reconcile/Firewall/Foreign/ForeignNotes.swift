import Addressing
import Linux
import Netlink
import Planning
import Topology

extension Snapshot {
    /// Which rules of others stop packets of the layout's networks, and what helps; in words, one per rule.
    func obstacles(to layout: Layout, firewall kind: FirewallKind) throws(ReconcileError) -> [String] {
        let traffic = Traffic.all(of: layout) { name in
            host.link(named: name)?.index
        } uplink: { family in
            let route = host.routes.first {
                $0.table == Netlink.Route.mainTable && $0.destination.family == family
                    && $0.destination.prefixLength == 0
            }
            return host.link(route?.link)?.name
        }
        let families = Set(traffic.map(\.family)).sorted()
        return (firewalls[.host]?.foreign.notes(on: traffic, firewall: kind) ?? [])
            + (try calling { () throws(SystemCallError) in try LegacyTables.notes(families) })
    }
}

extension ForeignRules {
    /// Which rules stop packets of `traffic`, and what helps; in words, one per rule.
    ///
    /// - Parameter firewall: The kind of rules that the packets' networks get.
    func notes(on traffic: [Traffic], firewall: FirewallKind) -> [String] {
        hooks.flatMap { chain -> [String] in
            var obstacles: [Obstacle] = []
            for packets in traffic where chain.sees(packets) {
                let fate = fate(of: packets, in: chain, firewall: firewall)
                guard let obstacle = Obstacle(fate, for: packets) else { continue }
                if let known = obstacles.firstIndex(where: { $0.culprit == obstacle.culprit }) {
                    obstacles[known].merge(obstacle)
                } else {
                    obstacles.append(obstacle)
                }
            }
            return obstacles.map { $0.text(remedy: remedy(for: $0)) }
        }
    }

    /// The commands that let the packets go on.
    private func remedy(for obstacle: Obstacle) -> String {
        let chain = obstacle.culprit.chain
        let bridge = obstacle.bridges.first ?? ""
        if chain.table == "firewalld" {
            return "firewall-cmd --zone=trusted --add-interface=\(bridge)"
        }
        func has(_ name: String) -> Bool {
            chains.contains(Name(family: chain.family, table: chain.table, name: name))
        }
        let builtIn: BuiltInChain = obstacle.place == .prerouting ? .forward : obstacle.place.chain
        guard chain.table == "filter", chain.family != .inet, has(builtIn.rawValue) else {
            return obstacle.commands { side, transport in
                let condition = transport.map { " meta l4proto \($0)" } ?? ""
                return
                    "nft insert rule \(chain.family) \(chain.table) \(chain.name) \(side.rawValue)ifname \(bridge)\(condition) accept"
            }
        }
        let isPolicy = obstacle.culprit.handle == nil
        // What people allow comes after what ufw itself decides.
        let isUsers = chain.name.hasPrefix("ufw-") && !chain.name.hasPrefix("ufw-before-")
        if isUsers || isPolicy && has("ufw-before-\(builtIn.rawValue.lowercased())") {
            let command = builtIn == .forward ? "ufw route" : "ufw"
            return obstacle.sides.map { "\(command) allow \($0) on \(bridge)" }.joined(separator: "; ")
        }
        let command = chain.family == .ip ? "iptables" : "ip6tables"
        let target = builtIn == .forward && isPolicy && has("DOCKER-USER") ? "DOCKER-USER" : builtIn.rawValue
        return obstacle.commands { side, transport in
            let condition = transport.map { " -p \($0)" } ?? ""
            return "\(command) -I \(target) -\(side.rawValue) \(bridge)\(condition) -j ACCEPT"
        }
    }
}

extension Netfilter.Chain {
    /// Whether the packets come to the chain.
    fileprivate func sees(_ traffic: Traffic) -> Bool {
        hook?.number == traffic.place.chain.hookNumber
            && (family == .inet || family == Netfilter.Family(traffic.family))
    }
}

/// A rule that stops packets, and which.
private struct Obstacle {
    /// How packets get to know the bridge: it is where they come in, or go out.
    enum Side: String {
        case `in` = "i"
        case out = "o"
    }

    let culprit: Culprit
    let place: Traffic.Place
    private var isCertain: Bool
    private var hasExceptions: Bool
    private var openers: Set<Traffic.Opener>
    private var families: Set<IPFamily>
    /// Networks with their bridges, in the order of the layout.
    private var networks: [String]
    private(set) var bridges: [String]

    init?(_ fate: ForeignFate, for traffic: Traffic) {
        switch fate {
        case .passes: return nil
        case .mayDrop(let culprit):
            (self.culprit, isCertain, hasExceptions) = (culprit, false, false)
        case .drops(let culprit, let hasExceptions):
            (self.culprit, isCertain, self.hasExceptions) = (culprit, true, hasExceptions)
        }
        place = traffic.place
        openers = [traffic.opener]
        families = [traffic.family]
        networks = ["\(traffic.network) (\(traffic.bridge))"]
        bridges = [traffic.bridge]
    }

    mutating func merge(_ other: Obstacle) {
        isCertain = isCertain || other.isCertain
        hasExceptions = hasExceptions || other.hasExceptions
        openers.formUnion(other.openers)
        families.formUnion(other.families)
        networks += other.networks.filter { !networks.contains($0) }
        bridges += other.bridges.filter { !bridges.contains($0) }
    }

    /// The sides of the bridge that rules at the place can tell.
    var sides: [Side] {
        switch place {
        case .prerouting, .forward: [.in, .out]
        case .input: [.in]
        case .output: [.out]
        }
    }

    /// A command for each side, and for each protocol if it is not about all of them.
    func commands(_ command: (Side, _ transport: String?) -> String) -> String {
        let isOfHost = place == .input || place == .output
        let transports = isOfHost ? families.sorted().map { $0 == .v4 ? "icmp" : "ipv6-icmp" } : [nil]
        return transports.flatMap { transport in sides.map { command($0, transport) } }.joined(separator: "; ")
    }

    func text(remedy: String) -> String {
        let packets =
            switch openers {
            case [.endpoint]: "connections from"
            case [.outsider]: "connections to published ports of"
            case [.guest]: "pings of the host by"
            case [.host]: "the host's pings of"
            case [.guest, .host]: "pings between the host and"
            default: "forwarded packets of"
            }
        let shown =
            networks.prefix(3).joined(separator: ", ")
            + (networks.count > 3 ? " and \(networks.count - 3) more" : "")
        let noun = networks.count == 1 ? "network" : "networks"
        let chain = culprit.chain
        let cause =
            culprit.handle.map { "rule with handle \($0) (\(culprit.isReject ? "reject" : "drop"))" }
            ?? "policy drop"
        let exceptions = hasExceptions ? ", but for what earlier rules accept" : ""
        return
            "\(packets) \(noun) \(shown) \(isCertain ? "are" : "may be") dropped by table \(chain.family) \(chain.table), "
            + "chain \(chain.name), \(cause)\(exceptions); what helps: \(remedy)"
    }
}
