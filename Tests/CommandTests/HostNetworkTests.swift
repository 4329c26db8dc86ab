import Linux
import TestSupport
import Testing

/// What programs find in containers on the host's network: its interfaces, and names of their own.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct HostNetworkTests {
    private static let file = """
        name: lab
        services:
          node: {network_mode: host, hostname: alpha, domainname: example.org, dns: 192.0.2.53, extra_hosts: ["x=192.0.2.9"]}
          bare: {network_mode: host}
          near: {network_mode: host, domainname: example.net}
          beside: {network_mode: "service:node"}
        """
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    /// Applies `text`, which must work.
    private func apply(_ text: String) throws {
        try folder.write("lab.yaml", "\(text)\n")
        let result = try WeftProgram.run("apply", "lab.yaml", in: folder.path)
        #expect(result.status == 0, "\(result.stderr)")
    }

    /// What a command prints in a container.
    private func seen(_ container: String, _ words: String...) throws -> String {
        let result = try run([WeftProgram.path, "exec", container, "--"] + words)
        #expect(result.status == 0 && result.stderr == "", "\(result.stderr)")
        return result.stdout
    }

    @Test(arguments: ["node", "lab-node", "beside"])
    func `a program on the host's network has its container's names, and who shares them too`(
        container: String
    ) async throws {
        try await inPrivateNamespaces {
            let machine = try output(of: "sh", "-c", "hostname; domainname; cat /etc/hosts /etc/resolv.conf")
            try apply(Self.file)
            #expect(try seen(container, "readlink", "/proc/self/ns/net") == output(of: "readlink", "/proc/self/ns/net"))
            #expect(try seen(container, "hostname") == "alpha\n")
            #expect(try seen(container, "domainname") == "example.org\n")
            #expect(try seen(container, "getent", "hosts", "x").split(separator: " ") == ["192.0.2.9", "x\n"])
            #expect(try seen(container, "cat", "/etc/resolv.conf").contains("nameserver 192.0.2.53\n"))
            #expect(
                try output(of: "sh", "-c", "hostname; domainname; cat /etc/hosts /etc/resolv.conf") == machine)
        }
    }

    @Test func `what a container on the host's network has no names for is the host's`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.file)
            let machine = try output(of: "sh", "-c", "hostname; cat /etc/hosts /etc/resolv.conf /etc/hostname")
            for container in ["bare", "near"] {
                let own = try seen(container, "sh", "-c", "hostname; cat /etc/hosts /etc/resolv.conf /etc/hostname")
                #expect(own == machine)
            }
            #expect(try seen("near", "domainname") == "example.net\n")
            // Nothing sets it apart, not even mounts.
            #expect(try seen("bare", "readlink", "/proc/self/ns/mnt") == output(of: "readlink", "/proc/self/ns/mnt"))
        }
    }

    @Test func `changes of its names reach a program on the host's network, and nothing of them is left`() async throws
    {
        try await inPrivateNamespaces {
            try apply(Self.file)
            let program = try start([WeftProgram.path, "exec", "node", "--", "sh", "-c", "echo ready; sleep 60"])
            try program.waitForOutput(containing: "ready")
            try apply(Self.file.replacing("x=192.0.2.9", with: "y=192.0.2.10"))
            let hosts = try output(of: "nsenter", "--mount", "--target", "\(program.identifier)", "cat", "/etc/hosts")
            #expect(hosts.contains("192.0.2.10\ty\n") && !hosts.contains("192.0.2.9"))
            let list = try WeftProgram.run("ps").stdout
            #expect(list.contains("lab-beside"), "\(list)")
            let inspected = try WeftProgram.run("inspect", "node")
            #expect(inspected.stdout.contains("\"host\": {"), "\(inspected.stderr)")
            #expect(try WeftProgram.run("inspect", "beside").stdout.contains("\"Networks\": {}"))
            #expect(try WeftProgram.run("down", "lab").status == 0)
            #expect(try run(["test", "-e", "/etc/netns"]).status != 0)
        }
    }

    @Test func `another topology shares the host's network by its own name`() async throws {
        try folder.write("other.yaml", "services: {a: {network_mode: 'container:lab-beside'}}\n")
        try await inPrivateNamespaces {
            try apply(Self.file)
            let result = try WeftProgram.run("apply", "other.yaml", in: folder.path)
            #expect(result.status == 1)
            let complaint =
                "other.yaml:1:30: error: service `a` uses the network of container `lab-beside` of topology lab, which is the "
                + "host's\n"
            #expect(result.stderr.hasPrefix(complaint) && result.stderr.hasSuffix("  hint: write network_mode: host\n"))
        }
    }

    @Test func `names on the host's network go without a record too`() async throws {
        try await inPrivateNamespaces {
            try apply(Self.file)
            try output(of: "rm", "/run/weft/lab.json")
            #expect(try WeftProgram.run("ls").stdout.contains("lab"))
            #expect(try WeftProgram.run("down", "lab").status == 0)
            #expect(try run(["test", "-e", "/etc/netns"]).status != 0)
        }
    }

    @Test func `in a lab a container's own names are over those of its host`() async throws {
        try await inPrivateNamespaces {
            try apply(
                """
                name: lab
                hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
                services:
                  a: {host: node1, network_mode: host, extra_hosts: ["x=192.0.2.9"]}
                  b: {host: node2, network_mode: host, hostname: beta}
                  c: {network_mode: "service:b"}
                """)
            let places = try output(
                of: "sh", "-c", "for n in 1 2; do ip netns exec lab-node$n readlink /proc/self/ns/net; done"
            )
            .split(separator: "\n").map { "\($0)\n" }
            #expect(
                try ["a", "b", "c"].map { try seen($0, "readlink", "/proc/self/ns/net") } == [
                    places[0], places[1], places[1],
                ])
            #expect(try seen("a", "getent", "hosts", "x").hasPrefix("192.0.2.9 "))
            #expect(try !seen("a", "cat", "/etc/hosts").contains("node2"))
            for container in ["b", "c"] {
                #expect(try seen(container, "getent", "hosts", "node1").hasPrefix("192.168.205.10 "))
                #expect(try seen(container, "hostname") == "beta\n")
            }
            #expect(try WeftProgram.run("plan", "lab.yaml", in: folder.path).status == 0)
            #expect(try WeftProgram.run("down", "lab").status == 0)
            #expect(try run(["test", "-e", "/etc/netns"]).status != 0)
        }
    }
}
