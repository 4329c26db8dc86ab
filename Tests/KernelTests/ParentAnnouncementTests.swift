import Planning
import Reconcile
import TestSupport
import Testing

/// What is heard, outside, of endpoints that are made upon an interface of the host.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct ParentAnnouncementTests {
    private static let file = """
        name: lab
        networks:
          net:
            driver: macvlan
            enable_ipv6: true
            driver_opts: {parent: nic0}
            ipam: {config: [{subnet: 10.77.1.0/24}, {subnet: "fd00:77::/64"}]}
        services:
          b: {networks: {net: {ipv4_address: 10.77.1.3, ipv6_address: "fd00:77::3"}}}
        """

    /// Makes `nic0`, and a neighbour at the other end of its wire as on another machine.
    private func makeOutside() throws {
        try shell("ip netns add out; ip link add nic0 type veth peer name eth0 netns out; ip link set nic0 up")
        try shell("ip -n out link set eth0 up; ip -n out addr add 10.77.1.2/24 dev eth0")
    }

    @Test(.requires(.macvlan)) func `who is outside hears of a new endpoint's addresses, once`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            let listener = try AnnouncementListener(in: "out")
            try shell("ip -n out neigh add 10.77.1.3 lladdr 02:00:00:00:00:99 dev eth0 nud stale")
            #expect(try apply(Self.file, firewall: .none).notes == [])
            try listener.ask("10.77.1.2", from: "lab-b")
            #expect(
                listener.announcements == ["10.77.1.3 at 02:42:0a:4d:01:03", "fd00:77::3 at 02:42:0a:4d:01:03"])
            #expect(try shell("ip -n out neigh show 10.77.1.3").contains("02:42:0a:4d:01:03"))
            #expect(try plan(Self.file, firewall: .none) == [])
        }
    }

    @Test(.requires(.macvlan)) func `while the wire is out nobody hears anything, which is said and does no harm`()
        async throws
    {
        try await inPrivateNamespaces {
            try makeOutside()
            try shell("ip -n out link set eth0 down")
            let summary = try apply(Self.file, firewall: .none)
            #expect(
                summary.notes == [
                    "lab-b could not announce its addresses on eth0: the interface below does not forward yet"
                ])
            #expect(try plan(Self.file, firewall: .none) == [])
        }
    }
}
