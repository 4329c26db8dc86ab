import Linux
import TestSupport
import Testing

/// Topologies without a firewall, which a kernel without nf_tables can have as well.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct BareTopologyTests {
    @Test(arguments: try ShippedTopology.all())
    func `every topology that comes with weft does without a firewall`(_ topology: ShippedTopology) async throws {
        try topology.requireFeatures()
        try await inPrivateNamespaces {
            let path = topology.path
            let before = try Census.take()
            let apply = try WeftProgram.run("apply", "--firewall", "none", path)
            #expect(apply.status == 0, "\(apply.stderr)")
            let plan = try WeftProgram.run("plan", path)
            #expect(plan.status == 0, "\(plan.stdout)\(plan.stderr)")
            #expect(try WeftProgram.run("apply", path).stdout.hasPrefix("0 created, 0 changed, 0 removed in "))
            let ping = try WeftProgram.run("ping", path)
            #expect(ping.status == 0, "\(ping.stdout)\(ping.stderr)")

            #expect(try WeftProgram.run("down", path).status == 0)
            let after = try Census.take()
            #expect(after.namespaces == before.namespaces)
            #expect(after.links == before.links)
            #expect(after.rules == before.rules)
            #expect(try run(["ls", "-A", "/etc/netns"]).stdout == "")
            #expect(try listDirectory("/run/weft") == ["lock"])
        }
    }

    @Test(
        .disabled("the kernel has nf_tables", { try KernelFeature.nftables.isPresent }),
        arguments: ["iptables", "nftables"])
    func `a kernel without nf_tables is named, with the way out, and nothing is left`(kind: String) async throws {
        try await inPrivateNamespaces {
            let before = try Census.take()
            let apply = try WeftProgram.run("apply", "--firewall", kind, "\(ShippedTopology.folder)/bridge.yaml")
            #expect(apply.status == 1)
            #expect(
                apply.stderr.contains(
                    ": the kernel has no nf_tables for this family (EOPNOTSUPP; CONFIG_NF_TABLES_IPV4,"))
            #expect(apply.stderr.contains("choose --firewall none"))
            let after = try Census.take()
            #expect(after.links == before.links)
            #expect(after.namespaces == before.namespaces)
        }
    }
}
