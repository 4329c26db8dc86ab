import Planning
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct KernelTunnelTests {
    /// Each namespace has tunnels of the kernel's own as soon as somebody uses their kind.
    @Test(.requires(.gre), .requires(.ip6gre), .requires(.sit))
    func `what a namespace has of the kernel's own tunnels stands in no link's way`() async throws {
        let file = """
            name: lab
            services: {a: {network_mode: none}, b: {network_mode: none}}
            links:
              - type: veth
                endpoints: [{service: a, interface: eth0, addresses: [10.0.0.1/24]}, {service: b, interface: eth0, addresses: [10.0.0.2/24]}]
              - {type: gre, key: 7, endpoints: [{service: a, interface: tun0}, {service: b, interface: tun0}]}
              - {type: sit, endpoints: [{service: a, interface: six0}, {service: b, interface: six0}]}
            """
        try await inPrivateNamespaces {
            try apply(file, firewall: .none)
            #expect(try plan(file, firewall: .none) == [])
            try remove("lab")
        }
    }
}
