import Linux
import TestSupport
import Testing

/// What one host of a topology is, alone on a machine.
@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct HostTests {
    private static let file = """
        name: lab
        hosts:
          node1: {address: 192.168.205.10/24}
          node2: {address: 192.168.205.11/24}
          node3: {address: 192.168.205.12/24}
        networks:
          demo: {driver: overlay}
          wide: {driver: overlay, ipam: {config: [{subnet: 10.1.0.0/24}, {subnet: 10.1.1.0/24}]}}
          local: {ipam: {config: [{subnet: 10.5.0.0/24}]}}
          pods: {driver: routed, ipam: {config: [{subnet: 10.244.0.0/16}]}}
        services:
          a: {host: node1, networks: [demo, wide, pods], ports: ["8080:80"]}
          b: {host: node2, networks: [demo, local, pods], ports: ["8080:80"]}
          c: {host: node3, networks: {demo: , wide: {ipv4_address: 10.1.1.9}}}
          d: {host: node3, networks: [demo], scale: 2}
          e: {host: node2, network_mode: host}
          r: {host: node3, network_mode: none}
        links:
          - type: vxlan
            id: 9
            learning: false
            endpoints:
              - {host: node1, interface: vx0, addresses: [10.9.0.1/30]}
              - {host: node3, interface: vx0, addresses: [10.9.0.2/30], routes: [{destination: 10.10.0.0/16, via: 10.9.0.1}]}
          - type: veth
            endpoints: [{host: node3, interface: c0, addresses: [10.8.0.1/30]}, {service: r, interface: c0, addresses: [10.8.0.2/30]}]
          - {type: bridge, host: node2, interface: br7, addresses: [10.7.0.1/24]}
        """

    @Test func `the hosts' parts on three machines are the whole lab on one, object for object`() async throws {
        try await MachineRoom.compareParts(of: Self.file, hosts: 3, firewall: "iptables") { machines, file in
            for machine in machines {
                let ping = try machine.weft("ping", file).stdout
                #expect(ping.contains("  c, d-1, d-2, r on host node3\n"), "\(ping)")
            }
            // What others have is pinged too, and has a column, though only its addresses are known here.
            let first = try machines[0].weft("ping", "--host", "node1", file)
            #expect(first.stdout.split(separator: "\n")[1].split(separator: " ") == ["b", "c", "d-1", "d-2"])
            let document = try JSON(text: try machines[0].weft("ping", file, "--json").stdout)
            let distant = document["checks"].elements.filter { $0["to_host"].string != nil }
            #expect(
                distant.compactMap { $0["to"].string } == ["lab-b", "lab-b", "lab-c", "lab-d-1", "lab-d-2", "lab-c"])
            #expect(distant.allSatisfy { $0["kind"].string == "ping" && $0["observed"].string == "reachable" })
            let pair = try JSON(text: try machines[0].weft("ping", "a", "b", "--json").stdout)["checks"].elements
            #expect(pair.map { $0["kind"].string } == ["names", "ping", "ping"])
            #expect(pair.allSatisfy { $0["observed"].string == "reachable" && $0["to_host"].string == "node2" })
            _ = try machines[1].run("ip", "-n", "lab-b", "link", "set", "eth0", "down")
            let broken = try machines[0].weft("ping", file, "--timeout", "0.2")
            #expect(broken.status == 1)
            #expect(broken.stdout.contains("✗ a → b 10.0.0.3: should answer, but: "), "\(broken.stdout)")
            _ = try machines[1].weft("apply", file)
        }
    }

    @Test func `a machine with another address, interface or MTU than the host has is not taken for it`() async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("lab.yaml", Self.file)
        try await inPrivateNamespaces {
            let stranger = try WeftProgram.run("apply", "--host", "node1", file)
            #expect(stranger.status == 1)
            #expect(
                stranger.stderr == """
                    weft: this machine is not host node1: none of its interfaces has the address 192.168.205.10
                      hint: choose another --host, or give the address to the interface first

                    """)
            try output(of: "ip", "link", "add", "nic", "mtu", "1400", "type", "veth", "peer", "name", "wire")
            try output(of: "ip", "addr", "add", "192.168.205.10/24", "dev", "nic")
            let narrow = try WeftProgram.run("plan", "--host", "node1", file)
            #expect(narrow.status == 1)
            #expect(
                narrow.stderr == """
                    weft: host node1 has an MTU of 1500 in the file, but nic of this machine one of 1400
                      hint: write `mtu: 1400` for the host, so that no overlay makes larger packets

                    """)
            try output(of: "ip", "link", "set", "nic", "mtu", "1500")
            let elsewhere = try WeftProgram.run("plan", "--host", "node1", file)
            #expect(elsewhere.status == 1)
            #expect(
                elsewhere.stderr == """
                    weft: host node1 has the interface eth0 in the file, but its address 192.168.205.10 is on nic here
                      hint: write `interface: nic` for the host: routes to other hosts lead by it

                    """)
            #expect(try run(["ip", "netns"]).stdout == "")
        }
    }

    @Test func `a machine stays the host that it was, also when the record is lost`() async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("lab.yaml", Self.file)
        try await inPrivateNamespaces {
            try output(of: "ip", "link", "add", "eth0", "type", "veth", "peer", "name", "wire")
            try output(of: "ip", "link", "set", "eth0", "up")
            try output(of: "ip", "addr", "add", "192.168.205.10/24", "dev", "eth0")
            #expect(try WeftProgram.run("apply", "--host", "node1", file).status == 0)
            #expect(try WeftProgram.run("plan", file).status == 0)
            let other = try WeftProgram.run("down", "--host", "node2", "lab")
            #expect(
                other.stderr
                    == "weft: this machine is not host node2 of lab, but host node1\n  hint: leave --host out\n")
            try output(of: "rm", "/run/weft/lab.json")
            #expect(try WeftProgram.run("plan", file).status == 0)
            #expect(try WeftProgram.run("down", file).status == 0)
            #expect(try run(["ip", "netns"]).stdout == "")
        }
    }

    @Test func `a second topology on a machine is told whose identifier and bridge it would take`() async throws {
        func file(_ name: String, options: String = "", bridge: String = "") -> String {
            """
            name: \(name)
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            networks: {net: {driver: overlay, driver_opts: {\(options)}}, weft_gwbridge: {driver_opts: {\(bridge)}}}
            services: {a: {host: node1, networks: [net]}, b: {host: node2, networks: [net]}}

            """
        }
        let folder = try ScratchFolder()
        let first = try folder.write("one.yaml", file("one"))
        let second = try folder.write("two.yaml", file("two"))
        let other = try folder.write(
            "other.yaml",
            file(
                "two", options: "com.docker.network.driver.overlay.vxlanid_list: '7'",
                bridge: "com.docker.network.bridge.name: gw1"))
        try await inPrivateNamespaces {
            try output(of: "ip", "link", "add", "nic", "type", "veth", "peer", "name", "wire")
            try output(of: "ip", "addr", "add", "192.168.205.10/24", "dev", "nic")
            #expect(try WeftProgram.run("apply", "--host", "node1", first).status == 0)
            let clash = try WeftProgram.run("apply", "--host", "node1", second)
            #expect(clash.status == 1)
            #expect(
                clash.stderr.contains(
                    "a vxlan with the identifier 4096 exists on the same underlay and is of topology one"))
            #expect(clash.stderr.contains("a bridge link named weft_gwbridge exists and is of topology one"))
            let apply = try WeftProgram.run("apply", "--host", "node1", other)
            #expect(apply.status == 0, "\(apply.stderr)")
            #expect(try WeftProgram.run("down", "--all").status == 0)
        }
    }

    @Test func `a cable between two machines is refused by line, and a route of the machine is left alone`()
        async throws
    {
        let folder = try ScratchFolder()
        let cable =
            "  - {type: veth, endpoints: [{host: node2, interface: c9}, {host: node1, interface: c9}]}"
        let file = try folder.write("lab.yaml", Self.file + "\n" + cable + "\n")
        let routed = try folder.write("routed.yaml", Self.file)
        try await inPrivateNamespaces {
            try output(of: "ip", "link", "add", "nic", "type", "veth", "peer", "name", "wire")
            try output(of: "ip", "addr", "add", "192.168.205.10/24", "dev", "nic")
            try output(of: "ip", "addr", "add", "192.168.205.12/24", "dev", "nic")
            try output(of: "ip", "link", "set", "nic", "up")
            let refused = try WeftProgram.run("apply", "--host", "node1", file)
            #expect(refused.status == 65)
            #expect(
                refused.stderr.hasPrefix(
                    "\(file):28:5: error: a veth link joins host `node2` and host `node1`, and does not leave the machine"
                ), "\(refused.stderr)")
            try output(of: "ip", "route", "add", "10.10.0.0/16", "dev", "nic")
            let taken = try WeftProgram.run("apply", "--host", "node3", routed)
            #expect(taken.status == 1)
            #expect(taken.stderr.contains("a route to 10.10.0.0/16 by nic exists"), "\(taken.stderr)")
            #expect(try run(["ip", "netns"]).stdout == "")
        }
    }

    @Test func `a host that the file does not have is a usage error, with the hosts that it has`() throws {
        let folder = try ScratchFolder()
        let file = try folder.write("lab.yaml", Self.file)
        let single = try folder.write("single.yaml", "services: {a: {}}")
        #expect(try WeftProgram.run("validate", "--host", "node3", file).status == 0)
        for command in ["validate", "plan", "apply", "ping", "down"] {
            let near = try WeftProgram.run(command, "--host", "nod1", file)
            #expect(near.status == 64, "\(command)")
            #expect(
                near.stderr.hasPrefix(
                    """
                    weft: \(command): --host must be one of node1, node2, node3 in \(file), not 'nod1'
                      hint: did you mean `node1`?
                      usage: weft \(command) [OPTIONS]
                    """), "\(near.stderr)")
            let far = try WeftProgram.run(command, "--host", "elsewhere", file)
            #expect(far.status == 64)
            #expect(far.stderr.contains("one of node1, node2, node3 in") && !far.stderr.contains("hint"))
            let none = try WeftProgram.run(command, "--host", "node1", single)
            #expect(none.status == 64)
            #expect(
                none.stderr.hasPrefix(
                    "weft: \(command): --host 'node1' is a host of the file, and \(single) has no hosts\n"
                        + "  hint: leave --host out\n"), "\(none.stderr)")
        }
        let damaged = try folder.write("damaged.yaml", "name: lab\nservices: {a: 5}")
        #expect(try WeftProgram.run("validate", "--host", "nod1", damaged, file).status == 65)
    }
}
