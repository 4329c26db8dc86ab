import Linux
import TestSupport
import Testing

/// Live connections where there are hosts: of a lab, and of several machines.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct ConnectHostTests {
    private static let file = """
        name: lab
        hosts:
          node1: {address: 192.168.205.10/24}
          node2: {address: 192.168.205.11/24}
          node3: {address: 192.168.205.12/24}
        networks:
          wide: {driver: overlay, ipam: {config: [{subnet: 10.9.0.0/24}]}}
          pods: {driver: routed, ipam: {config: [{subnet: 10.244.0.0/16}]}}
          net: {ipam: {config: [{subnet: 10.5.0.0/24}]}}
          shut: {driver: overlay, internal: true, ipam: {config: [{subnet: 10.8.0.0/24}]}}
        services:
          a: {host: node1, networks: [shut, pods]}
          b: {host: node2, networks: [shut, pods]}
          d: {host: node3, networks: [net]}
        """

    @Test(arguments: ["iptables", "nftables"])
    func `a lab's first overlay endpoint has a way out by a gateway bridge, which goes with it`(
        firewall: String
    ) async throws {
        let folder = try ScratchFolder()
        try folder.write("lab.yaml", Self.file)
        try await inPrivateNamespaces {
            try folder.succeed("apply", "--firewall", firewall, "lab.yaml")
            func bridges() throws -> [String] {
                try json(of: "ip", "-n", "lab-node3", "-j", "link", "show", "type", "bridge").elements
                    .compactMap { $0["ifname"].string }
            }
            #expect(try !bridges().contains("weft_gwbridge"))
            try folder.succeed("network", "disconnect", "net", "d")
            #expect(try !isEchoed(by: "192.168.205.10", from: "lab-d"))
            try folder.succeed("network", "connect", "wide", "d")
            #expect(try bridges().contains("weft_gwbridge"))
            let route = try json(of: "ip", "-n", "lab-d", "-j", "route", "show", "default")[0]
            #expect(route["dev"].string == "eth1")
            #expect(route["gateway"].string == "172.18.0.1")
            #expect(try isEchoed(by: "192.168.205.10", from: "lab-d"))
            let check = try WeftProgram.run("ping", "lab")
            #expect(check.status == 0, "\(check.stdout)\(check.stderr)")
            try folder.succeed("network", "disconnect", "wide", "d")
            #expect(try !bridges().contains("weft_gwbridge"))
            #expect(try !isEchoed(by: "192.168.205.10", from: "lab-d"))
            try folder.succeed("network", "connect", "net", "d")
            #expect(try WeftProgram.run("plan", "lab.yaml", in: folder.path).status == 0)
            try folder.succeed("network", "connect", "wide", "d")
            try folder.succeed("down", "lab")
            #expect(try output(of: "ip", "netns") == "")
        }
    }

    @Test func `on several machines each is told of a live endpoint with the command that the first one says`()
        async throws
    {
        let folder = try ScratchFolder()
        let file = try folder.write("lab.yaml", Self.file)
        try await inPrivateNamespaces {
            try MachineRoom.connect()
            let machines = try (1...3).map { try MachineRoom(number: $0) }
            @discardableResult
            func succeed(_ number: Int, _ words: String...) throws -> ProgramResult {
                let result = try TestSupport.run(machines[number - 1].command([WeftProgram.path] + words))
                #expect(result.status == 0, "\(words): \(result.stderr)")
                return result
            }
            func pings(_ number: Int, _ container: String, _ target: String) throws -> Bool {
                try machines[number - 1].run("ip", "netns", "exec", container, "ping", "-c1", "-w3", target).status == 0
            }
            for machine in machines {
                let apply = try machine.weft("apply", "--host", machine.host, file)
                #expect(apply.status == 0, "\(apply.stderr)")
            }

            // On the host that it is on: the addresses are chosen, and the others named.
            let note = try succeed(3, "network", "connect", "--alias", "cache,store", "shut", "d").stderr
            #expect(
                note == """
                    weft: note: the other hosts (node1, node2) have no entries for lab-d yet, and cannot answer it: run \
                    `weft network connect --ip 10.8.0.4 --alias cache,store lab_shut lab-d` on each

                    """)
            #expect(try !pings(3, "lab-d", "10.8.0.3"))
            for number in [1, 2] {
                let told = try succeed(
                    number, "network", "connect", "--ip", "10.8.0.4", "--alias", "cache,store", "lab_shut", "lab-d")
                #expect(told.stderr == "")
            }
            // What was asked for in vain is asked for again after a while.
            #expect(try eventually { try pings(3, "lab-d", "lab-b") })
            #expect(try pings(2, "lab-b", "store"))
            let entries = try machines[1].run(
                "ip", "netns", "exec", "lab-node2-shut", "bridge", "fdb", "show", "dev", "vxlan0"
            ).stdout
            #expect(entries.contains("02:42:0a:08:00:04 dst 192.168.205.12 "))
            let neighbours = try machines[1].run("ip", "-n", "lab-node2-shut", "neigh", "show", "nud", "permanent")
                .stdout
            #expect(neighbours.contains("10.8.0.4 dev vxlan0 lladdr 02:42:0a:08:00:04"))
            for machine in machines {
                #expect(try machine.weft("ping", "lab").status == 0)
                #expect(try machine.weft("plan", file).status == 2)
            }

            // A network that the host had no part of, with a gateway bridge of its own, and one with plain routes.
            try succeed(3, "network", "connect", "pods", "d")
            let routed = try succeed(1, "network", "connect", "--ip", "10.244.2.2", "pods", "d", "--json").stdout
            #expect((try JSON(text: routed)["created"].int ?? 0) > 0)
            #expect(try machines[0].run("ip", "route").stdout.contains("10.244.2.0/24 via 192.168.205.12 dev eth0"))
            #expect(try pings(1, "lab-a", "10.244.2.2"))

            // Two machines that give the same address away find out when they tell each other.
            try succeed(1, "network", "connect", "wide", "a")
            try succeed(2, "network", "connect", "wide", "b")
            let taken = try machines[1].weft("network", "connect", "--ip", "10.9.0.2", "wide", "a")
            #expect(taken.status == 1)
            #expect(taken.stderr.hasPrefix("weft: 10.9.0.2 is taken"))
            let elsewhere = try machines[0].weft("network", "disconnect", "net", "d")
            #expect(elsewhere.status == 1)
            #expect(
                elsewhere.stderr.hasPrefix(
                    "weft: lab-d is on host node3, and network lab_net is another one on each host\n"),
                "\(elsewhere.stderr)")

            let gone = try succeed(3, "network", "disconnect", "shut", "d").stderr
            #expect(
                gone == """
                    weft: note: the other hosts (node1, node2) still have entries for lab-d: run \
                    `weft network disconnect lab_shut lab-d` on each

                    """)
            try succeed(2, "network", "disconnect", "lab_shut", "lab-d")
            #expect(
                !(try machines[1].run("ip", "-n", "lab-node2-shut", "neigh").stdout.contains("10.8.0.4")))
            for number in 1...3 { try succeed(number, "apply", file) }
            for number in 1...3 {
                try succeed(number, "plan", file)
                try succeed(number, "ping", file)
            }
            for number in 1...3 { try succeed(number, "down", "lab") }
            #expect(try machines.allSatisfy { try $0.run("ip", "netns").stdout == "" })
        }
    }
}
