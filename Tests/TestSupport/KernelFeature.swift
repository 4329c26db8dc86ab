import Linux
import Synchronization
public import Testing

/// What some kernels are built without.
///
/// A test that needs one says `.requires(.gre)`. It is skipped, and says why, where the kernel lacks it, and runs in User Mode
/// Linux (`make test-uml`), as every test does whose file says `.requires` or `.require()`.
public enum KernelFeature: String, CaseIterable, Sendable {
    case bridgeVLANFiltering = "bridge VLAN filtering"
    case dummy, geneve, gre, gretap, ip6gre, ip6gretap, ipip, ipvlan, macvlan, netem
    /// What every firewall kind but `none` needs.
    case nftables = "nf_tables NAT"
    case sctp
    /// Without it, ports of SCTP cannot be translated; kernels have it that have no sockets of SCTP.
    case sctpTracking = "SCTP connection tracking"
    case sit, vlan, vrf, vxlan

    /// The option of the kernel's build, and shell commands that succeed in an empty network namespace exactly if it was set.
    private var test: (option: String, probe: String) {
        switch self {
        case .bridgeVLANFiltering:
            ("CONFIG_BRIDGE_VLAN_FILTERING", "ip link add name probe type bridge vlan_filtering 1")
        case .dummy: ("CONFIG_DUMMY", Self.link("dummy"))
        case .geneve: ("CONFIG_GENEVE", Self.link("geneve id 1 remote 192.0.2.1"))
        case .gre: ("CONFIG_NET_IPGRE", Self.link("gre remote 192.0.2.1"))
        case .gretap: ("CONFIG_NET_IPGRE", Self.link("gretap remote 192.0.2.1"))
        case .ip6gre: ("CONFIG_IPV6_GRE", Self.link("ip6gre remote 2001:db8::1"))
        case .ip6gretap: ("CONFIG_IPV6_GRE", Self.link("ip6gretap remote 2001:db8::1"))
        case .ipip: ("CONFIG_NET_IPIP", Self.link("ipip remote 192.0.2.1"))
        case .ipvlan: ("CONFIG_IPVLAN", Self.linkUpon("ipvlan"))
        case .macvlan: ("CONFIG_MACVLAN", Self.linkUpon("macvlan"))
        case .netem: ("CONFIG_NET_SCH_NETEM", "\(Self.lower) && tc qdisc add dev lower root netem")
        case .nftables: ("CONFIG_NF_TABLES_IPV4, CONFIG_NFT_NAT", "nft '\(Self.natTable)'")
        case .sctp: ("CONFIG_IP_SCTP", "python3 -c '\(Self.sctpSocket)'")
        case .sctpTracking: ("CONFIG_NF_CT_PROTO_SCTP", "nft '\(Self.trackingTable)' && \(Self.sctpTimeout)")
        case .sit: ("CONFIG_IPV6_SIT", Self.link("sit remote 192.0.2.1"))
        case .vlan: ("CONFIG_VLAN_8021Q", Self.linkUpon("vlan id 1"))
        case .vrf: ("CONFIG_NET_VRF", Self.link("vrf table 1"))
        case .vxlan: ("CONFIG_VXLAN", Self.link("vxlan id 1 dstport 4789"))
        }
    }

    private static let lower = "ip link add name lower type veth peer name other"
    private static let natTable = "table ip t { chain c { type nat hook prerouting priority 0; dnat to 192.0.2.1; }; }"

    private static let trackingTable =
        "table ip t { chain c { type filter hook input priority 0; ct state new accept; }; }"
    private static let sctpTimeout = "test -e /proc/sys/net/netfilter/nf_conntrack_sctp_timeout_closed"

    private static let sctpSocket = "from socket import *; socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP)"

    private static func link(_ kind: String) -> String { "ip link add name probe type \(kind)" }
    private static func linkUpon(_ kind: String) -> String { "\(lower) && ip link add probe link lower type \(kind)" }

    /// Whether the running kernel has it; tried once, in namespaces that are gone afterwards.
    public var isPresent: Bool {
        get throws {
            try Self.known.withLock { known in
                if let isPresent = known[self] { return isPresent }
                let isPresent = try probe()
                known[self] = isPresent
                return isPresent
            }
        }
    }

    private static let known = Mutex<[KernelFeature: Bool]>([:])

    /// Ends the test, or this case of it, as skipped where the kernel lacks the feature: for what only the test's argument tells.
    public func require(sourceLocation: SourceLocation = #_sourceLocation) throws {
        guard try isPresent else { try Test.cancel("kernel lacks \(self)", sourceLocation: sourceLocation) }
    }

    private func probe() throws -> Bool {
        let outcome = try onThread { () throws(SystemCallError) in
            try Sandbox.enter()
            return Result { try run(["sh", "-c", test.probe]) }
        }
        let result = try outcome.get()
        // A shell's answer for a program that is not there; a missing `ip` says nothing about the kernel.
        guard result.status != 127 else { throw ProgramFailure(description: result.stderr) }
        return result.status == 0
    }
}

extension KernelFeature: CustomStringConvertible {
    /// `gre (CONFIG_NET_IPGRE)`.
    public var description: String { "\(rawValue) (\(test.option))" }
}

extension Trait where Self == ConditionTrait {
    /// The test needs a feature of the kernel; without it, the test is skipped and says which.
    public static func requires(_ feature: KernelFeature, sourceLocation: SourceLocation = #_sourceLocation) -> Self {
        // Where there are no private namespaces at all, another trait of the suite says so.
        .enabled(
            "kernel lacks \(feature)", sourceLocation: sourceLocation,
            { try !Sandbox.isAvailable || feature.isPresent })
    }
}
