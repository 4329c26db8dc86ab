import TestSupport
import Testing

/// Files that cannot work are refused with the place and the reason, and the machine stays as it was.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct RefusalTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let file: String
        /// The line and column, and the reason.
        let complaint: String
        var status: Int32 = 65
    }

    private static let network = """
        networks:
          lan:
            ipam:
              config:
                - subnet: 10.1.0.0/24

        """

    private static let cases = [
        Case(
            testDescription: "a gateway outside of its subnet",
            file: network + "          gateway: 10.2.0.1\nservices: {a: {networks: [lan]}}\n",
            complaint: "6:20: error: gateway of network `lan`, 10.2.0.1, is not inside its subnet 10.1.0.0/24"),
        Case(
            testDescription: "two gateways",
            file: network
                + "          gateway: 10.1.0.1\n          gateway: 10.1.0.2\nservices: {a: {networks: [lan]}}\n",
            complaint: "7:11: error: the key `gateway` is there twice"),
        Case(
            testDescription: "one subnet with two gateways",
            file: network + "          gateway: 10.1.0.1\n        - subnet: 10.1.0.0/24\n          gateway: 10.1.0.2\n",
            complaint: "7:19: error: subnet 10.1.0.0/24 of network `lan` overlaps 10.1.0.0/24 of the same network"),
        Case(
            testDescription: "ports with network_mode: host",
            file: "services: {a: {network_mode: host, ports: ['80:80']}}\n",
            complaint: "1:43: error: service `a` has ports, but network_mode: host"),
        Case(
            testDescription: "links with network_mode: host",
            file: "services: {a: {network_mode: host, hostname: h, links: [b]}, b: {}}\n",
            complaint: "1:56: error: service `a` has links, but network_mode: host"),
        Case(
            testDescription: "a link to a service on the host's network",
            file: "services: {a: {links: [b]}, b: {network_mode: host}}\n",
            complaint: "1:24: error: service `a` has a link to service `b`, which is on the host's network"),
        Case(
            testDescription: "a hostname of who shares another's network",
            file: "services: {a: {network_mode: 'service:b', hostname: h}, b: {}}\n",
            complaint: "1:53: error: service `a` has hostname, but the network of `b`"),
        Case(
            testDescription: "a container that is not there", file: "services: {a: {network_mode: 'container:gone'}}\n",
            complaint:
                "1:30: error: service `a` uses the network of container `gone`, which is neither in this topology "
                + "nor on the machine", status: 1),
        Case(
            testDescription: "a cycle of services",
            file: "services: {a: {network_mode: 'service:b'}, b: {network_mode: 'service:a'}}\n",
            complaint: "1:30: error: services use each other's network: a → b → a"),
        Case(
            testDescription: "a static address without a configured subnet",
            file: "services: {a: {networks: {default: {ipv4_address: 172.18.0.9}}}}\n",
            complaint:
                "1:51: error: ipv4_address 172.18.0.9 of service `a`: network `default` has no configured IPv4 subnet"),
        Case(
            testDescription: "an ip_range that is full",
            file: network + "          ip_range: 10.1.0.8/30\nservices: {a: {networks: [lan], scale: 4}}\n",
            complaint: "6:21: error: network `lan` is too small: 4 addresses wanted, 3 free in 10.1.0.8/30"),
        Case(
            testDescription: "a network of a container's that is not declared",
            file: "services: {a: {networks: [lan]}}\n",
            complaint: "1:27: error: service `a` is on network `lan`, which is not declared"),
    ]

    @Test(arguments: cases)
    func `a file that cannot work changes nothing`(_ item: Case) async throws {
        let folder = try ScratchFolder()
        try folder.write("bad.yaml", "\(item.file)")
        try await inPrivateNamespaces {
            func machine() throws -> String {
                try output(
                    of: "sh", "-c",
                    "ip -o addr; ip netns; nft list ruleset; sysctl net.ipv4.ip_forward; ls /etc/netns 2>&1")
            }
            let before = try machine()
            let result = try WeftProgram.run("apply", "bad.yaml", in: folder.path)
            #expect(result.status == item.status)
            #expect(result.stderr.hasPrefix("bad.yaml:\(item.complaint)\n"), "\(result.stderr)")
            // The line, and a caret below the place.
            let lines = result.stderr.split(separator: "\n", omittingEmptySubsequences: false)
            let column = Int(item.complaint.split(separator: ":")[1]).map { $0 - 1 } ?? 0
            #expect(lines[2] == String(repeating: " ", count: column) + "^")
            #expect(try machine() == before)
        }
    }
}
