import Addressing
import Linux
import Netlink
import Planning
import Topology

extension Snapshot {
    /// Which rules of others stop packets of the layout's networks, and what helps; in words, one per rule.
    func obstacles(to layout: Layout, firewall kind: FirewallKind) throws(ReconcileError) -> [String] {
        let traffic = Traffic.forwarded(for: layout) { name in
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

    /// The command that lets the packets go on.
    private func remedy(for obstacle: Obstacle) -> String {
        let chain = obstacle.culprit.chain
        let bridge = obstacle.bridges.first ?? ""
        if chain.table == "firewalld" {
            return "firewall-cmd --zone=trusted --add-interface=\(bridge)"
        }
        func has(_ name: String) -> Bool {
            chains.contains(Name(family: chain.family, table: chain.table, name: name))
        }
        guard chain.table == "filter", chain.family != .inet, has(BuiltInChain.forward.rawValue) else {
            let rule = "nft insert rule \(chain.family) \(chain.table) \(chain.name)"
            return "\(rule) iifname \(bridge) accept; \(rule) oifname \(bridge) accept"
        }
        let isPolicy = obstacle.culprit.handle == nil
        if chain.name.hasPrefix("ufw-") || isPolicy && has("ufw-before-forward") {
            return "ufw route allow in on \(bridge); ufw route allow out on \(bridge)"
        }
        let command = chain.family == .ip ? "iptables" : "ip6tables"
        let target = isPolicy && has("DOCKER-USER") ? "DOCKER-USER" : BuiltInChain.forward.rawValue
        return "\(command) -I \(target) -i \(bridge) -j ACCEPT; \(command) -I \(target) -o \(bridge) -j ACCEPT"
    }
}

extension Netfilter.Chain {
    /// Whether the packets come to the chain.
    fileprivate func sees(_ traffic: Traffic) -> Bool {
        hook?.number == traffic.place.hookNumber
            && (family == .inet || family == Netfilter.Family(traffic.family))
    }
}

/// A rule that stops packets, and which.
private struct Obstacle {
    let culprit: Culprit
    private var isCertain: Bool
    private var hasExceptions: Bool
    private var openers: Set<Traffic.Opener>
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
        openers = [traffic.opener]
        networks = ["\(traffic.network) (\(traffic.bridge))"]
        bridges = [traffic.bridge]
    }

    mutating func merge(_ other: Obstacle) {
        isCertain = isCertain || other.isCertain
        hasExceptions = hasExceptions || other.hasExceptions
        openers.formUnion(other.openers)
        networks += other.networks.filter { !networks.contains($0) }
        bridges += other.bridges.filter { !bridges.contains($0) }
    }

    func text(remedy: String) -> String {
        let packets =
            switch openers {
            case [.endpoint]: "connections from"
            case [.outsider]: "connections to published ports of"
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
