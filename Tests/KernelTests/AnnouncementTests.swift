import Addressing
import TestSupport
import Testing

@testable import Planning
@testable import Reconcile

/// What neighbours hear of endpoints that are new, or have changed.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct AnnouncementTests {
    private static let file = """
        name: lab
        networks:
          net:
            enable_ipv6: true
            driver_opts: {OPTIONS}
            ipam: {config: [{subnet: 10.77.1.0/24}, {subnet: "fd00:77::/64"}]}
        services:
          a: {networks: [net]}

        """
    private static let newcomer = "  b: {networks: {net: {ipv4_address: 10.77.1.3, ipv6_address: \"fd00:77::3\"}}}\n"

    @Test func `a new endpoint tells its neighbours of each of its addresses, once`() async throws {
        try await inPrivateNamespaces {
            let file = Self.file.replacing("OPTIONS", with: "")
            let listener = try Self.listen(after: file)
            try apply(file + Self.newcomer)
            try listener.ask("10.77.1.2", from: "lab-b")
            #expect(
                listener.announcements == [
                    "10.77.1.3 at 02:42:0a:4d:01:03", "fd00:77::3 at 02:42:0a:4d:01:03",
                ])
            for (family, name) in [("ipv4", "arp_notify"), ("ipv6", "ndisc_notify")] {
                #expect(try shell("ip netns exec lab-b cat /proc/sys/net/\(family)/conf/eth0/\(name)") == "0\n")
            }
        }
    }

    @Test func `a network says how often, and how long apart`() async throws {
        try await inPrivateNamespaces {
            let file = Self.file.replacing(
                "OPTIONS",
                with: "com.docker.network.advertise_addr_nmsgs: 3, com.docker.network.advertise_addr_ms: 100")
            let listener = try Self.listen(after: file)
            let start = ContinuousClock.now
            try apply(file + Self.newcomer)
            #expect(ContinuousClock.now - start >= .milliseconds(200))
            try listener.ask("10.77.1.2", from: "lab-b")
            #expect(listener.announcements.filter { $0.hasPrefix("10.77.1.3") }.count == 3)
        }
    }

    @Test func `a network of no messages is silent`() async throws {
        try await inPrivateNamespaces {
            let file = Self.file.replacing("OPTIONS", with: "com.docker.network.advertise_addr_nmsgs: 0")
            let listener = try Self.listen(after: file)
            try apply(file + Self.newcomer)
            try listener.ask("10.77.1.2", from: "lab-b")
            #expect(listener.announcements == [])
        }
    }

    @Test func `a new address or MAC address of an old endpoint is told too, and its permanent neighbours stay`()
        async throws
    {
        try await inPrivateNamespaces {
            let newcomer = Self.newcomer.replacing("{net: {", with: "{net: {mac_address: \"02:00:00:00:00:06\", ")
            let file = Self.file.replacing("OPTIONS", with: "") + newcomer
            let listener = try Self.listen(after: file)
            try shell("ip -n lab-b neigh add 10.77.1.99 lladdr 02:00:00:00:00:99 dev eth0 nud permanent")
            let more = file.replacing("{net: {", with: "{net: {link_local_ips: [169.254.10.2], ")
            try apply(more)
            try listener.wait(containing: "169.254.10.2 at 02:00:00:00:00:06")
            #expect(try shell("ip -n lab-b neigh show 10.77.1.99").contains("02:00:00:00:00:99 PERMANENT"))
            let moved = more.replacing("10.77.1.3", with: "10.77.1.4")
            try apply(moved)
            try listener.wait(containing: "10.77.1.4 at 02:00:00:00:00:06")
            #expect(try shell("ip -n lab-b route show default").contains("via 10.77.1.1"))
            try apply(moved.replacing("00:06", with: "00:07"))
            try listener.wait(containing: "10.77.1.4 at 02:00:00:00:00:07")
            try listener.wait(containing: "fd00:77::3 at 02:00:00:00:00:07")
        }
    }

    @Test func `a neighbour that knew the address elsewhere knows it at the new place at once`() async throws {
        try await inPrivateNamespaces {
            let file = Self.file.replacing("OPTIONS", with: "")
            try apply(file)
            for address in ["10.77.1.3", "fd00:77::3"] {
                try shell("ip -n lab-a neigh add \(address) lladdr 02:00:00:00:00:99 dev eth0 nud stale")
            }
            try apply(file + Self.newcomer)
            for address in ["10.77.1.3", "fd00:77::3"] {
                let isKnown = try eventually {
                    try shell("ip -n lab-a neigh show \(address)").contains("02:42:0a:4d:01:03")
                }
                #expect(isKnown)
            }
            // Being told fills nobody's table of neighbours.
            #expect(!(try shell("ip neigh show").contains("10.77.1.3")))
        }
    }

    @Test func `a port that does not forward is waited for, but not for ever`() async throws {
        try await inPrivateNamespaces {
            let file = Self.file.replacing("OPTIONS", with: "")
            try apply(file)
            try shell("ip link set $(ip -br link show type bridge | cut -d' ' -f1) type bridge stp_state 1")
            let summary = try apply(file + Self.newcomer)
            #expect(summary.notes.count == 1)
            #expect(summary.notes.allSatisfy { $0.contains("lab-b could not announce its addresses on eth0") })
            #expect(try plan(file + Self.newcomer) == [])
        }
    }

    @Test func `messages are due at their times, each endpoint's at its own interval`() throws {
        func announcement(_ name: String, _ count: Int, _ interval: Int) -> Announcement {
            Announcement(
                namespace: .named(name), interface: "eth0", mac: .init(bits: 2), port: "v", families: [.v4],
                isOnOldInterface: false, count: count, interval: interval)
        }
        let schedule = Announcer.schedule(of: [announcement("a", 3, 100), announcement("b", 2, 200)])
        #expect(schedule.map(\.0) == [0, 100, 200])
        #expect(
            schedule.map { $0.1.map(\.namespace) } == [
                [.named("a"), .named("b")], [.named("a")], [.named("a"), .named("b")],
            ])
    }

    /// Applies `file`, and prints from then on what reaches `lab-a`.
    private static func listen(after file: String) throws -> AnnouncementListener {
        try apply(file)
        return try AnnouncementListener(in: "lab-a")
    }
}
