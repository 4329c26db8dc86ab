import Planning
import Reconcile
import TestSupport
import Testing

/// Rule sets of others in the namespaces of a lab's hosts: what is said of them, and what really becomes of the packets.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ForeignLabTests {
    private static let file = """
        name: lab
        hosts: {node1: {address: 198.51.100.1/24}, node2: {address: 198.51.100.2/24}}
        networks:
          red: {driver: overlay, ipam: {config: [{subnet: 10.9.0.0/24}]}}
          weft_gwbridge: {ipam: {config: [{subnet: 172.30.0.0/24}]}}
        services:
          a: {host: node1, networks: [red]}
          b: {host: node2, networks: [red]}
        """
    private static let stopped =
        "in namespace lab-node1 VXLAN (UDP port 4789) packets from host node2 (198.51.100.2), which carry overlay red, are "

    private static func notes() throws -> [String] {
        try KernelTests.notes(on: file)
    }

    /// Whether `address` answers an endpoint.
    private static func isOpen(_ namespace: String, _ address: String) throws -> Bool {
        try isEchoed(by: address, from: namespace)
    }

    @Test func `hosts meet the rules in their own namespaces, and not the machine's`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.file, firewall: .nftables)
            try shell("iptables -P INPUT DROP; iptables -P FORWARD DROP; iptables -P OUTPUT DROP")
            #expect(try Self.notes() == [])
            #expect(try eventually { try Self.isOpen("lab-b", "10.9.0.2") })
            try shell("ip netns exec lab-node1 iptables -A INPUT -p udp -j DROP")
            let found = try Self.notes()
            #expect(found.count == 1)
            #expect(found.allSatisfy { $0.hasPrefix(Self.stopped + "dropped by ") }, "\(found)")
            #expect(try !Self.isOpen("lab-b", "10.9.0.2"))
        }
    }

    @Test func `what one policy stops is said of pings and of the overlay`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.file, firewall: .nftables)
            #expect(try eventually { try Self.isOpen("lab-a", "172.30.0.1") && Self.isOpen("lab-b", "10.9.0.2") })
            try shell("ip netns exec lab-node1 iptables -P INPUT DROP")
            let policy = "dropped by table ip filter, chain INPUT, policy drop; what helps: iptables -I INPUT "
            let found = try Self.notes()
            #expect(
                found == [
                    "in namespace lab-node1 pings between the host and network weft_gwbridge (weft_gwbridge) are "
                        + "\(policy)-i weft_gwbridge -p icmp -j ACCEPT",
                    "\(Self.stopped)\(policy)-s 198.51.100.2 -p udp --dport 4789 -j ACCEPT",
                ])
            #expect(try !Self.isOpen("lab-a", "172.30.0.1") && !Self.isOpen("lab-b", "10.9.0.2"))
            for note in found {
                try shell("ip netns exec lab-node1 \(note.split(separator: "what helps: ").last ?? "false")")
            }
            #expect(try Self.notes() == [])
            #expect(try eventually { try Self.isOpen("lab-a", "172.30.0.1") && Self.isOpen("lab-b", "10.9.0.2") })
        }
    }
}
