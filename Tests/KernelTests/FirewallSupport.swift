import Netlink
import Planning
@testable import Reconcile
import TestSupport
import Testing
import Topology

/// Two open networks and an internal one, in both families, with every way to publish a port; prefixes that end within a byte.
let firewallFile = """
    name: shop
    networks:
      front:
        enable_ipv6: true
        ipam: {config: [{subnet: 10.77.16.0/20}, {subnet: "fd00:77:1::/64"}]}
      side:
        enable_ipv6: true
        ipam: {config: [{subnet: 10.77.2.128/25}, {subnet: "fd00:77:4000::/34"}]}
      back:
        internal: true
        enable_ipv6: true
        ipam: {config: [{subnet: 10.77.3.0/24}, {subnet: "fd00:77:3::/64"}]}
    services:
      web:
        networks: [front, back]
        ports: ["8080:80", "127.0.0.1:5353:53/udp", "192.0.2.7:2222:22", "9999:9/sctp", "[::1]:8443:443", "[2001:db8::7]:53:53/udp"]
      db: {networks: [side, back], ports: ["127.0.0.1:5432:5432"]}
    """

extension FirewallKind {
    /// Those that keep networks apart.
    static let rules: [FirewallKind] = [.iptables, .nftables]
}

/// The firewall's part of what the text of a file needs.
func firewall(of text: String, _ kind: FirewallKind = .iptables) throws -> State<KernelObject> {
    let layout = try Layout(of: topology(text), leases: Leases(), surroundings: Surroundings())
    let desired = State<KernelObject>(desiredBy: layout, firewall: kind)
    return State(desired.objects.values.filter { Operation.create($0).channel == .firewall(.host) })
}

/// The rule set of the calling thread's namespace.
struct KernelFirewall {
    let socket: NetlinkSocket

    init() throws { socket = try NetlinkSocket(.netfilter) }

    func observe() throws -> FirewallObservation { try .read(socket) }

    /// What is to be done so that the rules of the topology `name`, and what it shares, are as in `desired`.
    func plan(_ name: String, _ desired: State<KernelObject>) throws -> Plan<KernelObject> {
        let observation = try observe()
        let unneeded = Set(observation.removablePlumbing(withoutRulesOf: name).map(\.id))
        let shared = observation.plumbing.filter { desired[$0.id] != nil || unneeded.contains($0.id) }
        return Plan(from: State(observation.owned(by: name) + shared), to: desired)
    }

    /// Does it, and checks that nothing is left to do.
    @discardableResult
    func change(_ name: String, to desired: State<KernelObject>) throws -> Plan<KernelObject> {
        let plan = try plan(name, desired)
        try FirewallTransaction.apply(plan.operations, on: socket)
        #expect(try self.plan(name, desired).lines == [])
        return plan
    }

    /// Removes the rules of the topology `name`.
    func remove(_ name: String) throws { try change(name, to: State()) }
}

extension State<KernelObject> {
    /// The rules.
    var rules: [Rule] {
        objects.values.compactMap { if case .rule(let rule) = $0 { rule } else { nil } }.sorted { $0.id < $1.id }
    }
}

/// What `iptables-save` or `ip6tables-save` says, without the times; it must not complain of anything.
func saved(_ family: String = "") throws -> [String] {
    let result = try run(["ip\(family)tables-save"])
    #expect(result.status == 0)
    #expect(result.stderr == "")
    let lines = result.stdout.split(separator: "\n").map(String.init)
    #expect(!lines.contains { $0.contains("incompatible") })
    return lines.filter { !$0.hasPrefix("#") }
}

/// The rules in `lines` of a table, as `iptables-save` lists them.
func rules(_ table: String, in lines: [String]) -> [String] {
    guard let start = lines.firstIndex(of: "*\(table)") else { return [] }
    return lines[start...].prefix { $0 != "COMMIT" }.filter { $0.hasPrefix("-A ") }
}

/// The rule set with all handles, as `nft` sees it.
func ruleSet() throws -> String { try output(of: "nft", "-a", "list", "ruleset") }

extension FirewallObservation {
    /// The chains in which rules of ours come in the wrong order.
    var disorder: [String] {
        let ours = rules.filter { $0.topology != nil || Plumbing.all.contains($0) }
        return Dictionary(grouping: ours) { "\($0.table) \($0.chain)" }.filter { _, rules in
            let ranks = rules.compactMap(\.rule?.rank)
            return ranks != ranks.sorted()
        }.keys.sorted()
    }
}
