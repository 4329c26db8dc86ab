import TestSupport
import Testing

/// The commands that a plan says of itself.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct EquivalentTests {
    /// Not in User Mode Linux, where thousands of commands take minutes.
    @Test(arguments: try ShippedTopology.all().filter { try $0.isForThisKernel })
    func `the commands that a plan says make what weft makes, but for the text of files`(_ topology: ShippedTopology)
        async throws
    {
        try await inPrivateNamespaces {
            let plan = try WeftProgram.run("plan", "-v", "--firewall", "none", topology.path)
            let commands = plan.stdout.split(separator: "\n").filter { $0.hasPrefix("    ") }
            #expect(commands.count > 5)
            let made = try run(["sh", "-e"], input: commands.joined(separator: "\n"))
            #expect(made.status == 0, "\(made.stderr)")
            // A command can't say what is in them.
            try output(of: "sh", "-c", "rm -rf /etc/netns/*")
            let rest = try WeftProgram.run("plan", "--firewall", "none", topology.path)
            let lines = rest.stdout.split(separator: "\n").dropLast()
            #expect(lines.filter { !$0.hasPrefix("+ file /etc/netns/") } == [], "\(rest.stdout)\(rest.stderr)")
        }
    }
}
