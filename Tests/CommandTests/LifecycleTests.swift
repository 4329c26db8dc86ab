import Linux
import TestSupport
import Testing

/// Whole lives of topologies, from the first apply to a machine on which nothing is left.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)), .requires(.nftables))
struct LifecycleTests {
    @Test(arguments: try ShippedTopology.all())
    func `every topology that comes with weft is applied, keeps its promises and goes`(_ topology: ShippedTopology)
        async throws
    {
        try topology.requireFeatures()
        try await inPrivateNamespaces {
            let path = topology.path
            let before = try Census.take()

            #expect(try WeftProgram.run("validate", path).status == 0)
            #expect(try WeftProgram.run("plan", path).status == 2)
            let apply = try WeftProgram.run("apply", path)
            #expect(apply.status == 0, "\(apply.stderr)")
            #expect(
                apply.stdout.wholeMatch(of: /\d+ created, \d changed, 0 removed in \d+ ms\n/) != nil, "\(apply.stdout)")

            let plan = try WeftProgram.run("plan", path)
            #expect(plan.status == 0)
            #expect(plan.stdout.wholeMatch(of: /[a-z-]+ is as the file says: nothing to do\n/) != nil, "\(plan.stdout)")
            let again = try WeftProgram.run("apply", path)
            #expect(again.stdout.hasPrefix("0 created, 0 changed, 0 removed in "))

            let ping = try WeftProgram.run("ping", path)
            #expect(ping.status == 0, "\(ping.stdout)\(ping.stderr)")
            #expect(try WeftProgram.run("ping").status == 0)

            #expect(try WeftProgram.run("down", path).status == 0)
            let after = try Census.take()
            #expect(after.namespaces == before.namespaces)
            #expect(after.links == before.links)
            #expect(after.rules == before.rules)
            #expect(try run(["ls", "-A", "/etc/netns"]).stdout == "")
            #expect(try listDirectory("/run/weft") == ["lock"])
        }
    }

    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func `what is closed of the standard streams is not mistaken for a file or socket that is opened`(
        redirection: String
    ) async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("lab.yaml", "name: lab\nservices: {a: {ports: [\"80:80\"]}, b: {image: x}}\n")
        try await inPrivateNamespaces {
            let (apply, exec) = ("$weft apply \(file)", "$weft exec a -- sh")
            let isUnwritable = redirection.contains(">&-") && redirection != "2>&-"
            let expected = isUnwritable ? "1" : "0"
            #expect(try WeftProgram.shell("(\(apply) \(redirection)); echo $?").stdout.hasSuffix("\(expected)\n"))
            #expect(try WeftProgram.shell("(\(apply) \(redirection)); echo $?").stdout.hasSuffix("\(expected)\n"))
            #expect(try WeftProgram.run("plan", file).stdout == "lab is as the file says: nothing to do\n")
            // A program that is started finds closed what the caller has closed.
            let open = "test -e /proc/self/fd/0 && test -e /proc/self/fd/1 && test -e /proc/self/fd/2"
            #expect(try WeftProgram.shell("\(exec) -c '\(open)' \(redirection)").status == 1)
            #expect(try WeftProgram.shell("\(exec) -c '\(open)'").status == 0)
            #expect(try WeftProgram.run("down", "lab").status == 0)
            let left = try listDirectory("/run/weft")
            #expect(left == ["lock"])
        }
    }

    @Test func `what is changed by hand is found, named and repaired`() async throws {
        let folder = try ScratchFolder()
        try folder.write("lab.yaml", "name: lab\nservices: {a: {}, b: {}}\n")
        try await inPrivateNamespaces {
            let file = "\(folder.path)/lab.yaml"
            #expect(try WeftProgram.run("apply", file).status == 0)
            try output(of: "ip", "-n", "lab-a", "addr", "flush", "dev", "eth0")
            let ping = try WeftProgram.run("ping", file)
            #expect(ping.status == 1)
            #expect(ping.stdout.contains("✗"))
            let plan = try WeftProgram.run("plan", file)
            #expect(plan.status == 2)
            #expect(
                plan.stdout == """
                    + address lab-a:eth0 172.18.0.2/16
                    + route lab-a:default via 172.18.0.1 dev eth0
                    2 to create, 0 to change, 0 to remove

                    """)
            #expect(try WeftProgram.run("apply", file).stdout.hasPrefix("2 created, 0 changed, 0 removed in "))
            #expect(try WeftProgram.run("ping", file).status == 0)
        }
    }

    @Test func `a changed file changes what differs, and the plan says it with commands`() async throws {
        let folder = try ScratchFolder()
        let header = "name: lab\nservices: {a: {}}\nnetworks: {default: {driver_opts: {com.docker.network.driver.mtu: "
        try folder.write("lab.yaml", header + "\"1400\"}}}\n")
        try await inPrivateNamespaces {
            let file = "\(folder.path)/lab.yaml"
            #expect(try WeftProgram.run("apply", file).status == 0)
            try folder.write("lab.yaml", header + "\"1300\"}}}\n")
            let plan = try WeftProgram.run("plan", "-v", file)
            #expect(plan.status == 2)
            let lines = plan.stdout.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("~ ") && $0.hasSuffix(" mtu 1400 → 1300") } == 2)
            #expect(lines.contains { $0.hasPrefix("    ip link set br-") && $0.hasSuffix(" mtu 1300") })
            #expect(lines.last == "0 to create, 2 to change, 0 to remove")
            #expect(try WeftProgram.run("apply", file).stdout.hasPrefix("0 created, 2 changed, 0 removed in "))
        }
    }

    @Test func `an apply that says what it does says all that the plan said`() async throws {
        let folder = try ScratchFolder()
        try folder.write("lab.yaml", "name: lab\nservices: {a: {image: x}, b: {ports: [\"80\"]}}\n")
        try await inPrivateNamespaces {
            let file = "\(folder.path)/lab.yaml"
            let plan = try WeftProgram.run("plan", file)
            let apply = try WeftProgram.run("apply", "--verbose", file)
            #expect(plan.stderr.hasPrefix("weft: ignored: services.*.image\n"))
            #expect(apply.stderr == plan.stderr)
            let planned = Set(plan.stdout.split(separator: "\n").dropLast())
            #expect(Set(apply.stdout.split(separator: "\n").dropLast()) == planned)
            #expect(planned.count > 30)
        }
    }

    @Test func `a reader that goes away does not stop an apply`() async throws {
        let folder = try ScratchFolder()
        try folder.write("lab.yaml", "name: lab\nservices: {a: {}, b: {}}\n")
        try await inPrivateNamespaces {
            let apply = try WeftProgram.shell("{ $weft apply -v lab.yaml; echo $? >&2; } | true", in: folder.path)
            #expect(apply.stderr == "0\n")
            let plan = try WeftProgram.shell("{ $weft plan lab.yaml; echo $? >&2; } | true", in: folder.path)
            #expect(plan.stderr == "0\n")
        }
    }

    @Test func `without a firewall no rule is made, and a later plan remembers it`() async throws {
        let folder = try ScratchFolder()
        try folder.write("lab.yaml", "name: lab\nservices: {a: {}}\n")
        try await inPrivateNamespaces {
            let file = "\(folder.path)/lab.yaml"
            #expect(try WeftProgram.run("apply", "--firewall", "none", file).status == 0)
            let rules = try output(of: "nft", "list", "ruleset")
            #expect(rules == "")
            #expect(try WeftProgram.run("plan", "--firewall=none", file).status == 0)
            #expect(try WeftProgram.run("plan", file).status == 0)
            #expect(try WeftProgram.run("plan", "--firewall=iptables", file).status == 2)
            #expect(try WeftProgram.run("ping", file).status == 0)
        }
    }

    @Test func `a link that stands in the way is named, and nothing is changed`() async throws {
        let folder = try ScratchFolder()
        try folder.write(
            "lab.yaml",
            "name: lab\nservices: {a: {}}\nnetworks: {default: {driver_opts: {com.docker.network.bridge.name: br7}}}\n")
        try await inPrivateNamespaces {
            try output(of: "ip", "link", "add", "br7", "type", "bridge")
            let before = try Census.take()
            let result = try WeftProgram.run("apply", "\(folder.path)/lab.yaml")
            #expect(result.status == 1)
            #expect(result.stderr.hasPrefix("weft: something stands in the way:\n  bridge br7"))
            #expect(result.stderr.contains("is not weft's\n  hint: "))
            let after = try Census.take()
            #expect(after.namespaces == before.namespaces)
            #expect(after.rules == before.rules)
        }
    }

    @Test(arguments: ["iptables", "nftables", "none"])
    func `a second apply sends no modifying message`(_ firewall: String) async throws {
        let folder = try ScratchFolder()
        try folder.write("lab.yaml", "{name: lab, services: {a: {ports: ['8080:80']}, b: {}}}")
        try await inPrivateNamespaces {
            func messages() throws -> [Substring] {
                let apply = try WeftProgram.run(
                    "apply", "--firewall", firewall, "\(folder.path)/lab.yaml", environment: ["WEFT_NETLINK_TRACE": "1"]
                )
                #expect(apply.status == 0, "\(apply.stderr)")
                return apply.stderr.split(separator: "\n").filter { $0.hasPrefix("netlink ") }
            }
            #expect(try messages().contains { $0.contains(" modify ") })
            let again = try messages()
            #expect(again.contains { $0.contains(" ask ") })
            #expect(again.filter { $0.contains(" modify ") } == [])
        }
    }
}
