import Addressing
import Linux
import Netlink
import Planning
import Topology

extension Snapshot {
    /// Which rules of others stop packets of the layout's networks, and what helps; in words, one per rule.
    ///
    /// In a lab each host's packets meet the rules in the namespace that stands for it.
    func obstacles(to layout: Layout, firewall kind: FirewallKind) throws(ReconcileError) -> [String] {
        var notes: [String] = []
        for site in layout.sites {
            guard let host = self[site.namespace], let foreign = firewalls[site.namespace]?.foreign else { continue }
            let place = site.namespace == .host ? "" : "in namespace \(site.namespace) "
            let traffic = host.traffic(of: site.layout)
            let underlay = UnderlayTraffic.all(for: site.layout, interface: host.interface(towards:))
            notes += foreign.notes(on: traffic, firewall: kind).map { place + $0 }
            notes += foreign.notes(on: underlay, firewall: kind).map { place + $0 }
            guard site.namespace == .host else { continue }
            let families = Set(traffic.map(\.packets.family)).sorted()
            notes += try calling { () throws(SystemCallError) in try LegacyTables.notes(families) }
        }
        return notes
    }
}

extension NamespaceSnapshot {
    fileprivate func traffic(of layout: Layout) -> [Traffic] {
        Traffic.all(of: layout) { name in
            link(named: name)?.index
        } uplink: { family in
            guard case .known(let name, _) = interface(towards: Promise.elsewhere(family)) else { return nil }
            return name
        }
    }
}

/// Packets that a rule may stop, and who is to know of it.
protocol Stoppable: Hashable {
    var packets: Packets { get }
}

extension Traffic: Stoppable {}
extension UnderlayTraffic: Stoppable {}

/// A rule that stops packets, and which.
struct Obstacle<Stopped: Stoppable> {
    let culprit: Culprit
    /// Where on their way it stops them.
    let place: Packets.Place
    private var isCertain: Bool
    private var hasExceptions: Bool
    /// What it stops, in the order in which it was found out.
    private(set) var stopped: [Stopped]

    init?(_ fate: ForeignFate, for stopped: Stopped) {
        switch fate {
        case .passes: return nil
        case .mayDrop(let culprit):
            (self.culprit, isCertain, hasExceptions) = (culprit, false, false)
        case .drops(let culprit, let hasExceptions):
            (self.culprit, isCertain, self.hasExceptions) = (culprit, true, hasExceptions)
        }
        place = stopped.packets.place
        self.stopped = [stopped]
    }

    mutating func merge(_ other: Obstacle) {
        isCertain = isCertain || other.isCertain
        hasExceptions = hasExceptions || other.hasExceptions
        stopped += other.stopped
    }

    /// - Parameters:
    ///   - packets: What it stops, in words.
    ///   - remedy: The command that lets the packets go on.
    func text(_ packets: String, remedy: String) -> String {
        let chain = culprit.chain
        let cause =
            culprit.handle.map { "rule with handle \($0) (\(culprit.isReject ? "reject" : "drop"))" }
            ?? "policy drop"
        let exceptions = hasExceptions ? ", but for what earlier rules accept" : ""
        return
            "\(packets) \(isCertain ? "are" : "may be") dropped by table \(chain.family) \(chain.table), "
            + "chain \(chain.name), \(cause)\(exceptions); what helps: \(remedy)"
    }
}

extension ForeignRules {
    /// The rules that stop packets of `traffic`, each once.
    ///
    /// - Parameter firewall: The kind of rules that the packets' networks get.
    func obstacles<Stopped>(to traffic: [Stopped], firewall: FirewallKind) -> [Obstacle<Stopped>] {
        hooks.flatMap { chain -> [Obstacle<Stopped>] in
            var obstacles: [Obstacle<Stopped>] = []
            for stopped in traffic where chain.sees(stopped.packets) {
                let fate = fate(of: stopped.packets, in: chain, firewall: firewall)
                guard let obstacle = Obstacle(fate, for: stopped) else { continue }
                if let known = obstacles.firstIndex(where: { $0.culprit == obstacle.culprit }) {
                    obstacles[known].merge(obstacle)
                } else {
                    obstacles.append(obstacle)
                }
            }
            return obstacles
        }
    }

    /// Whether the table of `chain` has a chain of that name.
    func has(_ name: String, beside chain: Name) -> Bool {
        chains.contains(Name(family: chain.family, table: chain.table, name: name))
    }

    /// Whether `chain` is one that `iptables` can put rules into, beside its own chain `place`.
    func isOfIptables(_ chain: Name, _ place: BuiltInChain) -> Bool {
        chain.table == "filter" && chain.family != .inet && has(place.rawValue, beside: chain)
    }

    /// Whether `ufw allow` comes before `culprit`, which is in the way of what iptables' chain `place` sees.
    func isAfterUsersOfUFW(_ culprit: Culprit, _ place: BuiltInChain) -> Bool {
        // What people allow comes after what ufw itself decides.
        let name = culprit.chain.name
        let own = culprit.chain.family == .ip6 ? "ufw6-" : "ufw-"
        return name.hasPrefix(own) && !name.hasPrefix("\(own)before-")
            || culprit.handle == nil && has("\(own)before-\(place.rawValue.lowercased())", beside: culprit.chain)
    }
}
