import Testing
import Topology
import YAML

/// Files as large as a file may be: what takes a time that grows with the square of it would take minutes here.
@Suite(.timeLimit(.minutes(1))) struct SizeTests {
    private func services(_ count: Int, _ body: (Int) -> String) -> String {
        "services:\n" + (0..<count).map { "  s\($0): \(body($0))\n" }.joined()
    }

    @Test func `ten thousand endpoints`() throws {
        let networks = (0..<10).map { "  n\($0): {enable_ipv6: true, ipam: {config: [{subnet: 10.\($0).0.0/16}]}}\n" }
        let layout = try Layout(
            yaml: "networks:\n" + networks.joined() + services(10_000) { "{networks: [n\($0 % 10)], ports: [80]}" })
        #expect(layout.containers.count == 10_000)
    }

    @Test func `a chain of services, each on the network of the one before`() throws {
        let layout = try Layout(yaml: services(8_000) { $0 == 0 ? "" : "{network_mode: \"service:s\($0 - 1)\"}" })
        #expect(layout.containers.allSatisfy { $0.sandbox == .own || $0.sandbox == .shared("lab-s0") })
    }

    @Test func `a circle of services`() throws {
        let text = services(8_000) { "{network_mode: \"service:s\(($0 + 1) % 8_000)\"}" }
        let findings = #expect(throws: Diagnostics.self) { try Topology(yaml: text) }
        #expect(findings?.all.count == 1)
        #expect((findings?.all.first?.message.count ?? .max) < 200)
    }

    @Test func `a misspelt network in every service`() throws {
        let text = "networks: {front: }\n" + services(8_000) { "{networks: [fornt\($0)]}" }
        #expect(#expect(throws: Diagnostics.self) { try Topology(yaml: text) }?.all.count == 8_000)
    }

    @Test func `eight thousand networks with subnets of their own and of the pools`() throws {
        let networks = (0..<8_000).map { "  n\($0): {enable_ipv4: false, enable_ipv6: true}\n" }
        #expect(try Layout(yaml: "networks:\n" + networks.joined()).networks.count == 8_000)
    }

    @Test func `one port on every address of a loopback network`() throws {
        let ports = (0..<8_000).map { "      - \"127.1.\($0 / 256).\($0 % 256):80:80\"\n" }
        let layout = try Layout(yaml: "services:\n  a:\n    ports:\n" + ports.joined())
        #expect(layout.containers[0].ports.count == 8_000)
    }

    @Test func `every port from a range, and one more`() throws {
        let layout = try Layout(yaml: "services: {a: {ports: [\"1-65535:1-65535\"]}}")
        #expect(layout.containers[0].ports.count == 65_535)
        let findings = #expect(throws: Diagnostics.self) {
            try Topology(yaml: "services: {a: {ports: [\"1-65535:1-65535\", \"1-2:1-2/udp\"]}}")
        }
        #expect(findings?.all.map(\.message).first == "the file publishes more than 65536 ports")
    }

    @Test func `a scale that no machine holds`() throws {
        for text in ["services: {a: {scale: 100000}}", "services: {a: {scale: 60000, ports: [1, 2]}}"] {
            #expect(#expect(throws: Diagnostics.self) { try Topology(yaml: text) }?.all.count == 1)
        }
    }
}
