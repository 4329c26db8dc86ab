import Planning
import Reconcile
import TestSupport
import Testing

/// A change behind our back, and what the plan must say of it.
struct Drift: Sendable, CustomTestStringConvertible {
    let command: String
    /// The operations that repair it, in any order.
    let repair: Set<String>

    var testDescription: String { command }
}

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct DriftTests {
    private static let bridge =
        "br-"
        + "$(ip -j link show type bridge | python3 -c 'import json,sys; print(json.load(sys.stdin)[0][\"ifname\"][3:])')"

    @Test(arguments: [
        Drift(
            command: "ip -n shop-db addr del 10.77.2.3/24 dev eth0",
            repair: ["+ address shop-db:eth0 10.77.2.3/24", "+ route shop-db:default via 10.77.2.1 dev eth0"]),
        Drift(
            command: """
                for end in $(ip -o link show type veth | cut -d: -f2 | cut -d@ -f1)
                do bridge link set dev $end hairpin off; done
                """, repair: []),
        Drift(
            command: "ip -n shop-web addr flush dev eth0",
            repair: ["+ address shop-web:eth0 10.77.1.2/24", "+ route shop-web:default via 10.77.1.1 dev eth0"]),
        Drift(
            command: "ip -n shop-web route del default",
            repair: ["+ route shop-web:default via 10.77.1.1 dev eth0"]),
        Drift(
            command: "ip -n shop-web link set eth0 down",
            repair: ["+ up shop-web:eth0", "+ route shop-web:default via 10.77.1.1 dev eth0"]),
        Drift(command: "ip -n shop-web link set lo down", repair: ["~ namespace shop-web loopback up false → true"]),
        Drift(command: "ip -n shop-web link set cable0 address 02:00:00:00:00:07", repair: []),
        Drift(
            command: "ip -n shop-web link set cable0 mtu 1400",
            repair: ["~ veth shop-web:cable0 ↔ shop-db:cable0 mtu 1400 → 1500"]),
        Drift(
            command: "ip -n shop-db link set cable0 mtu 1400",
            repair: ["~ veth shop-web:cable0 ↔ shop-db:cable0 peer mtu 1400 → 1500"]),
        Drift(
            command: "sysctl -qw net.ipv4.ip_forward=0", repair: ["~ sysctl net.ipv4.ip_forward = 1 was 0"]),
        Drift(
            command: "echo 10.0.0.1 evil >> /etc/netns/shop-web/hosts",
            repair: ["~ file /etc/netns/shop-web/hosts content"]),
        Drift(command: "rm -r /etc/netns/shop-db", repair: ["+ file /etc/netns/shop-db/hosts"]),
    ])
    func `what somebody changed is named and nothing else is done`(_ drift: Drift) async throws {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            try shell(drift.command)
            let lines = try plan(sampleFile)
            if !drift.repair.isEmpty { #expect(Set(lines) == drift.repair) }
            #expect(!lines.isEmpty)
            let summary = try apply(sampleFile)
            #expect(summary.created + summary.changed + summary.removed == lines.count)
            #expect(try plan(sampleFile) == [])
            try shell("ip netns exec shop-web ping -c1 -w10 gateway")
            try remove("shop")
        }
    }

    @Test func `a deleted pair comes back with all that went with it`() async throws {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            try shell("ip -n shop-web link del eth0")
            let lines = try plan(sampleFile)
            #expect(lines.contains { $0.hasPrefix("+ veth veth") && $0.hasSuffix("↔ shop-web:eth0") })
            #expect(lines.allSatisfy { $0.hasPrefix("+") && ($0.contains("shop-web:") || $0.contains(" veth")) })
            try apply(sampleFile)
            #expect(try plan(sampleFile) == [])
            try shell("ip netns exec shop-web ping -c1 -w10 gateway")
        }
    }

    @Test func `a deleted namespace comes back with the same addresses`() async throws {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            try shell("ip netns del shop-web; while ip -o link | grep -q 'altname shop-web'; do sleep 0.05; done")
            let lines = try plan(sampleFile)
            #expect(lines.contains("+ namespace shop-web"))
            #expect(lines.contains("+ address shop-web:eth0 10.77.1.2/24"))
            #expect(!lines.contains { $0.contains("shop-api") })
            try apply(sampleFile)
            #expect(try plan(sampleFile) == [])
            try shell("ip netns exec shop-web ping -c1 -w10 gateway")
        }
    }

    @Test func `a deleted bridge comes back with its ports`() async throws {
        try await inPrivateNamespaces {
            try apply(sampleFile)
            try shell("ip link del \(Self.bridge)")
            let lines = try plan(sampleFile)
            #expect(lines.count { $0.hasPrefix("+ port ") } == 2)
            #expect(lines.allSatisfy { $0.hasPrefix("+") })
            try apply(sampleFile)
            #expect(try plan(sampleFile) == [])
            try shell("ip netns exec shop-web ping -c1 -w10 gateway")
        }
    }
}
