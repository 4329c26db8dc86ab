import Addressing
import Planning
import Probe
import TestSupport
import Testing
import Topology

/// What the file promises of links, tried in the kernel.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct LinkPromiseTests {
    /// What came of the promises of the file: those that are to succeed, those that are not, and those of both that are broken.
    private func echoes(of text: String) throws -> (reaching: [String], apart: [String], broken: [String]) {
        let layout = try Layout(of: topology(text), leases: Leases(), surroundings: Surroundings())
        let outcomes = try Prober().run(layout.promises(firewall: .none))
        func words(_ outcomes: [Outcome]) -> [String] {
            outcomes.compactMap { outcome in
                guard case .echo(let address, _) = outcome.promise.trial else { return nil }
                return "\(outcome.promise.from) \(address)"
            }
        }
        return (
            words(outcomes.filter { $0.promise.isToSucceed }), words(outcomes.filter { !$0.promise.isToSucceed }),
            words(outcomes.filter { $0.verdict != .kept })
        )
    }

    @Test(.requires(.bridgeVLANFiltering))
    func `VLANs of a bridge with one subnet are apart until somebody joins them`()
        async throws
    {
        let file = """
            name: lab
            services: {a: {network_mode: none}, b: {network_mode: none}, c: {network_mode: none}, s: {network_mode: none}}
            links:
              - {type: veth, endpoints: [{service: a, interface: eth0, addresses: [10.1.0.1/24]}, {service: s, interface: p1}]}
              - {type: veth, endpoints: [{service: b, interface: eth0, addresses: [10.1.0.2/24]}, {service: s, interface: p2}]}
              - {type: veth, endpoints: [{service: c, interface: eth0, addresses: [10.1.0.3/24]}, {service: s, interface: p3}]}
              - type: bridge
                service: s
                interface: br0
                addresses: [10.1.0.9/24]
                vlan_filtering: true
                ports: [{interface: p1, vlan: 10}, {interface: p2, vlan: 10}, p3]
            """
        try await inPrivateNamespaces {
            try apply(file, firewall: .none)
            let echoes = try echoes(of: file)
            #expect(echoes.broken == [])
            // The bridge itself is in the VLAN of new ports, where `c` is.
            #expect(echoes.reaching == ["lab-a 10.1.0.2", "lab-b 10.1.0.1", "lab-c 10.1.0.9", "lab-s 10.1.0.3"])
            #expect(
                echoes.apart == [
                    "lab-a 10.1.0.3", "lab-b 10.1.0.3", "lab-c 10.1.0.1", "lab-c 10.1.0.2", "lab-s 10.1.0.1",
                    "lab-s 10.1.0.2",
                ])
            try shell("bridge -n lab-s vlan add dev p1 vid 1 pvid untagged")
            #expect(try self.echoes(of: file).broken.contains("lab-a 10.1.0.3"))
            #expect(try !plan(file, firewall: .none).isEmpty)
        }
    }

    @Test(.requires(.vlan)) func `VLANs of a cable with one subnet are apart until somebody joins them`() async throws {
        let file = """
            name: lab
            services: {a: {network_mode: none}, b: {network_mode: none}}
            links:
              - {type: veth, endpoints: [{service: a, interface: eth0}, {service: b, interface: eth0}]}
              - {type: vlan, id: 10, service: a, interface: v10, parent: eth0, addresses: [10.1.0.1/24, "fd00::1/64"]}
              - {type: vlan, id: 11, service: b, interface: v11, parent: eth0, addresses: [10.1.0.2/24, "fd00::2/64"]}
            """
        try await inPrivateNamespaces {
            try apply(file, firewall: .none)
            let echoes = try echoes(of: file)
            #expect(echoes.broken == [] && echoes.reaching == [])
            #expect(echoes.apart == ["lab-a 10.1.0.2", "lab-a fd00::2", "lab-b 10.1.0.1", "lab-b fd00::1"])
            try shell("ip -n lab-a link add link eth0 name x type vlan id 11; ip -n lab-a link add joint type bridge")
            try shell("for i in x v10; do ip -n lab-a link set $i master joint; done")
            try shell("for i in x joint; do ip -n lab-a link set $i up; done; ip -n lab-a addr flush dev v10")
            try shell("ip -n lab-a addr add 10.1.0.1/24 dev joint")
            #expect(try self.echoes(of: file).broken.contains("lab-a 10.1.0.2"))
        }
    }
}
