import Addressing
import Foundation
import Testing
import Topology
import YAML

@Suite struct LeaseTests {
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }
    private func subnet(_ text: String) throws -> Subnet { try #require(Subnet(text)) }

    @Test func `a static address wins over a lease, and the one that had it moves`() throws {
        let lan = "networks: {lan: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}"
        let first = try Layout(yaml: "\(lan)\nservices: {a: {networks: [lan]}}")
        #expect(first.containers[0].endpoints[0].addresses.map(\.description) == ["10.0.0.2/24"])
        let second = try Layout(
            yaml: "\(lan)\nservices: {a: {networks: [lan]}, b: {networks: {lan: {ipv4_address: 10.0.0.2}}}}",
            leases: first.leases)
        #expect(second.containers[1].endpoints[0].addresses.map(\.description) == ["10.0.0.2/24"])
        #expect(second.containers[0].endpoints[0].addresses.map(\.description) == ["10.0.0.3/24"])
    }

    @Test func `a lease that no longer fits is dropped`() throws {
        var leases = Leases(addresses: ["lab-a": ["lan": [try address("10.9.9.9"), try address("fd00::9")]]])
        let file = "networks: {lan: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}\nservices: {a: {networks: [lan]}}"
        #expect(
            try Layout(yaml: file, leases: leases).containers[0].endpoints[0].addresses.map(\.description) == [
                "10.0.0.2/24"
            ])
        for taken in ["10.0.0.0", "10.0.0.1", "10.0.0.255"] {
            leases.addresses["lab-a"] = ["lan": [try address(taken)]]
            let layout = try Layout(yaml: file, leases: leases)
            #expect(layout.containers[0].endpoints[0].addresses.map(\.description) == ["10.0.0.2/24"])
        }
    }

    @Test func `two containers with the same lease do not share the address`() throws {
        let one = ["lan": [try address("10.0.0.7")]]
        let layout = try Layout(
            yaml:
                """
                networks: {lan: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}
                services: {a: {networks: [lan]}, b: {networks: [lan]}}
                """,
            leases: Leases(addresses: ["lab-a": one, "lab-b": one]))
        #expect(layout.containers.map { $0.endpoints[0].addresses[0].description } == ["10.0.0.7/24", "10.0.0.2/24"])
    }

    @Test func `a network keeps its subnet though the machine, seeing its route, calls it reserved`() throws {
        let file = "services: {a: {}}\nnetworks: {default: {enable_ipv6: true}}"
        let first = try Layout(yaml: file)
        let reserved = first.networks[0].segments.map(\.subnet)
        let second = try Layout(yaml: file, leases: first.leases, surroundings: Surroundings(reserved: reserved))
        #expect(second == first)
    }

    @Test func `a leased subnet gives way to one that the file claims`() throws {
        let first = try Layout(yaml: "services: {a: {}}")
        let second = try Layout(
            yaml: """
                services: {a: {}, b: {networks: [lan]}}
                networks: {lan: {ipam: {config: [{subnet: 172.18.128.0/24}]}}}
                """, leases: first.leases)
        #expect(
            second.networks.map { $0.segments[0].subnet.description }.sorted() == ["172.18.128.0/24", "172.19.0.0/16"])
    }

    @Test func `a port that was chosen at random stays, busy as it now is`() throws {
        let file = "services: {a: {ports: [80, \"8000-8009:81\"]}}"
        let first = try Layout(yaml: file)
        let ports = first.containers[0].ports.map(\.published)
        #expect(ports == [try #require(ports.first), 8000])
        let busy = Surroundings(busyPorts: [.tcp: Set(ports)])
        #expect(try Layout(yaml: file, leases: first.leases, surroundings: busy) == first)
        let fresh = try Layout(yaml: file, surroundings: busy)
        #expect(Set(fresh.containers[0].ports.map(\.published)).isDisjoint(with: ports))
    }

    @Test func `a leased port outside the file's range is dropped`() throws {
        let key = "8000-8009:80/tcp"
        let layout = try Layout(
            yaml: "services: {a: {ports: [\"8000-8009:80\"]}}", leases: Leases(ports: ["lab-a": [key: 9000]]))
        #expect(layout.containers[0].ports.map(\.published) == [8000])
        #expect(layout.leases.ports == ["lab-a": [key: 8000]])
    }

    @Test func `leases survive JSON`() throws {
        let layout = try Layout(yaml: "services: {a: {ports: [80]}}\nnetworks: {default: {enable_ipv6: true}}")
        let data = try JSONEncoder().encode(layout.leases)
        #expect(try JSONDecoder().decode(Leases.self, from: data) == layout.leases)
    }
}

@Suite struct SurroundingsTests {
    private func subnets(_ texts: String...) throws -> [Subnet] { try texts.map { try #require(Subnet($0)) } }

    @Test func `a subnet of the pools that the host uses any part of is passed over`() throws {
        let reserved = try subnets("172.18.5.0/24", "172.16.0.0/12")
        let near = try Layout(yaml: "services: {a: {}}", surroundings: Surroundings(reserved: [reserved[0]]))
        #expect(near.networks[0].segments[0].subnet.description == "172.19.0.0/16")
        let far = try Layout(yaml: "services: {a: {}}", surroundings: Surroundings(reserved: reserved))
        #expect(far.networks[0].segments[0].subnet.description == "192.168.0.0/20")
    }

    @Test func `default subnets come in Docker's order`() throws {
        let keys = (1...30).map { "n\($0)" }
        let layout = try Layout(yaml: "networks: {" + keys.map { "\($0): " }.joined(separator: ", ") + "}")
        let expected = (18...31).map { "172.\($0).0.0/16" } + (0..<16).map { "192.168.\($0 * 16).0/20" }
        #expect(layout.networks.map { $0.segments[0].subnet.description } == expected)
    }

    @Test func `every pool in use is a finding`() throws {
        let all = Surroundings(reserved: try subnets("172.16.0.0/12", "192.168.0.0/16"))
        let findings = #expect(throws: Diagnostics.self) {
            try Layout(yaml: "services: {a: {}}", surroundings: all)
        }
        #expect(findings?.all.map(\.message) == ["network `default`: every default IPv4 subnet is in use"])
    }

    @Test func `unique local subnets pass over those in use`() throws {
        let file = "networks: {a: {enable_ipv6: true}}"
        let first = try Layout(yaml: file)
        let used = first.networks[0].segments[1].subnet
        let second = try Layout(yaml: file, surroundings: Surroundings(reserved: [used]))
        #expect(second.networks[0].segments[1].subnet.network == used.network.advanced(by: 1 << 64))
        let wide = try #require(Subnet(containing: used.network, prefixLength: 48))
        #expect(throws: Diagnostics.self) { try Layout(yaml: file, surroundings: Surroundings(reserved: [wide])) }
    }

    @Test func `the predefined bridge keeps the subnet that another topology made it with`() throws {
        let file = "services: {a: {network_mode: bridge}, b: {}}"
        let made = try subnets("172.30.0.0/16")
        let taken = try #require(IPAddress("172.30.0.2"))
        let layout = try Layout(
            yaml: file,
            surroundings: Surroundings(
                reserved: made, takenAddresses: ["bridge": [taken]], predefinedBridgeSubnets: made))
        let bridge = try #require(layout.networks.first { $0.bridge == "weft0" })
        #expect(bridge.segments.map(\.subnet) == made)
        #expect(layout.containers[0].endpoints[0].addresses.map(\.description) == ["172.30.0.3/16"])
    }

    @Test func `the predefined bridge takes the next subnet where Docker has the first`() throws {
        let layout = try Layout(
            yaml: "services: {a: {network_mode: bridge}}",
            surroundings: Surroundings(reserved: try subnets("172.17.0.0/16")))
        #expect(layout.networks[0].segments[0].subnet.description == "172.18.0.0/16")
    }

    @Test func `random ports come from the host's range`() throws {
        let file = "services: {a: {ports: [1, 2, 3]}}"
        let layout = try Layout(yaml: file, surroundings: Surroundings(ephemeralPorts: 40000...40002))
        #expect(Set(layout.containers[0].ports.map(\.published)) == [40000, 40001, 40002])
        #expect(throws: Diagnostics.self) {
            try Layout(yaml: file, surroundings: Surroundings(ephemeralPorts: 40000...40001))
        }
    }
}
