import Planning
import TestSupport
import Testing

/// Namespaces that somebody deletes while a program is still in them: with their links they are there a while longer.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct DeletedNamespaceTests {
    private static let macvlan = """
        name: lab
        networks: {lan: {driver: macvlan, driver_opts: {parent: nic0}, ipam: {config: [{subnet: 10.5.0.0/24}]}}}
        services: {a: {networks: [lan]}, b: {networks: [lan]}}
        """

    /// An overlay, with `options` of its driver.
    private static func overlay(_ options: String) -> String {
        """
        name: lab
        hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
        networks: {wide: {driver: overlay, driver_opts: {\(options)}, ipam: {config: [{subnet: 10.5.0.0/24}]}}}
        services: {a: {host: node1, networks: [wide]}, b: {host: node2, networks: [wide]}}
        """
    }

    /// Deletes a namespace that lasts some seconds more, repairs what was there, and looks that a and b meet.
    private func check(_ text: String, without namespace: String) throws {
        try apply(text, firewall: .none)
        let inside = try start(["ip", "netns", "exec", namespace, "sh", "-c", "echo ready; exec sleep 3"])
        try inside.waitForOutput(containing: "ready")
        try shell("ip netns del \(namespace)")
        #expect(try plan(text, firewall: .none).contains("+ namespace \(namespace)"))
        try apply(text, firewall: .none)
        #expect(try plan(text, firewall: .none) == [])
        #expect(try isEchoed(by: "10.5.0.3", from: "lab-a"))
        try inside.wait()
        #expect(try plan(text, firewall: .none) == [])
        #expect(try isEchoed(by: "10.5.0.3", from: "lab-a"))
        try remove("lab")
        #expect(try shell("ip netns") == "")
    }

    @Test(.requires(.macvlan)) func `a container's address upon a parent is waited for`() async throws {
        try await inPrivateNamespaces {
            try shell("ip link add nic0 type veth peer name nic1 && ip link set nic0 up && ip link set nic1 up")
            try check(Self.macvlan, without: "lab-a")
        }
    }

    @Test(.requires(.vxlan)) func `an overlay's identifier is waited for`() async throws {
        try await inPrivateNamespaces { try check(Self.overlay(""), without: "lab-node1-wide") }
    }

    @Test(.requires(.gretap)) func `and so is a tunnel's key`() async throws {
        try await inPrivateNamespaces {
            try check(Self.overlay("weft.overlay.encapsulation: gretap"), without: "lab-node1-wide")
        }
    }

    @Test(.requires(.vxlan)) func `a host's end of a container's interface is missed`() async throws {
        try await inPrivateNamespaces { try check(Self.overlay(""), without: "lab-node1") }
    }
}
