import Linux
import TestSupport
import Testing

/// A namespace with mounts of its own that stands for a machine, on a switch with the others.
final class MachineRoom {
    /// The host that the machine is to be.
    let host: String
    private let keeper: ChildProcess

    /// Makes the switch.
    static func connect() throws {
        try output(of: "ip", "link", "add", "switch", "up", "type", "bridge")
    }

    /// A machine with the address 192.168.205.10, .11 and so on.
    init(number: Int) throws {
        host = "node\(number)"
        let script = """
            set -e
            mount -t tmpfs tmpfs /run; mkdir -p /run/netns /run/etc/.machine
            find /etc -maxdepth 1 -type l -exec cp -P -t /run/etc/ {} +
            mount --rbind /etc/.machine /run/etc/.machine; mount --rbind /run/etc /etc
            ip link set lo up; ip addr add 192.168.205.\(9 + number)/24 dev eth0
            echo ready; exec sleep infinity
            """
        // The name is taken away once the machine is in the namespace: only it is to keep it.
        try output(of: "ip", "netns", "add", host)
        try output(
            of: "ip", "link", "add", "port\(number)", "master", "switch", "up", "type", "veth", "peer", "name", "eth0",
            "netns", host)
        try output(of: "ip", "-n", host, "link", "set", "eth0", "up")
        keeper = try start(["ip", "netns", "exec", host, "unshare", "-m", "sh", "-c", script])
        // Beside other tests a shell under User Mode Linux takes its time.
        try keeper.waitForOutput(containing: "ready", timeout: 120)
        try output(of: "ip", "netns", "del", host)
    }

    deinit { keeper.kill(9) }

    /// A command line on the machine.
    func command(_ words: [String]) -> [String] { ["nsenter", "-t", "\(keeper.identifier)", "-m", "-n"] + words }

    /// Runs a program on the machine.
    func run(_ words: String...) throws -> ProgramResult { try TestSupport.run(command(words)) }

    /// Runs the program under test on the machine.
    func weft(_ words: String...) throws -> ProgramResult { try TestSupport.run(command([WeftProgram.path] + words)) }
}

extension MachineRoom {
    /// Compares what so many machines make of their parts of the file `text`, called `lab`, with what one makes of the whole, and
    /// sees that they reach each other.
    ///
    /// - Parameter check: What else is to be seen, given the machines and the file's path.
    static func compareParts(
        of text: String, hosts: Int, firewall: String,
        while check: @Sendable ([MachineRoom], String) throws -> Void = { _, _ in }
    ) async throws {
        let folder = try ScratchFolder()
        try folder.write("lab.yaml", text)
        try await inPrivateNamespaces {
            let file = "\(folder.path)/lab.yaml"
            let lab = try WeftProgram.run("apply", "--firewall", firewall, file)
            #expect(lab.status == 0, "\(lab.stderr)")
            let whole = try KernelDump(of: "/run/netns", hosts: (1...hosts).map { "node\($0)" }) { $0 }
            #expect(try WeftProgram.run("down", file).status == 0)

            try MachineRoom.connect()
            let machines = try (1...hosts).map { try MachineRoom(number: $0) }
            for machine in machines {
                let apply = try machine.weft("apply", "--host", machine.host, "--firewall", firewall, file)
                #expect(apply.status == 0, "\(apply.stderr)")
                let again = try machine.weft("apply", file)
                #expect(again.stdout.hasPrefix("0 created, 0 changed, 0 removed"), "\(again.stdout)\(again.stderr)")
            }
            for machine in machines {
                let ping = try machine.weft("ping", file)
                #expect(ping.status == 0, "\(ping.stdout)\(ping.stderr)")
                #expect(ping.stdout.contains("✓ pairs"))
            }
            try check(machines, file)
            var parts = KernelDump()
            for machine in machines {
                parts.merge(try KernelDump(of: "/run/netns", hosts: [machine.host], machine.command))
            }
            #expect(Set(parts.namespaces.keys) == Set(whole.namespaces.keys))
            for (name, lines) in whole.namespaces {
                #expect(parts.namespaces[name] == lines, "\(name)")
            }
            for machine in machines {
                #expect(try machine.weft("down", "lab").status == 0)
                #expect(try machine.run("ip", "netns").stdout == "")
            }
        }
    }
}

/// What `ip`, `bridge` and `iptables-save` tell of hosts, sandboxes and containers, as far as weft makes it.
struct KernelDump {
    /// Lines by the namespace; a host's by the host's name.
    var namespaces: [String: [String]] = [:]

    init() {}

    /// The namespaces below `folder` on a machine, of which each of `hosts` is one, or the machine itself is.
    ///
    /// - Parameter command: Makes a command line one on the machine.
    init(of folder: String, hosts: [String], _ command: ([String]) -> [String]) throws {
        for line in try Self.output(command(["python3", "-c", Self.lister, folder])) {
            let name = String(line)
            guard name != "lab-underlay" else { continue }
            let host = hosts.first { name == "lab-\($0)" }
            let isolated = ["ip", "netns", "exec", name, "python3", "-c", Self.script, host == nil ? "" : "eth0"]
            namespaces[host ?? name] = try Self.output(command(isolated))
        }
        for host in hosts where namespaces[host] == nil {
            namespaces[host] = try Self.output(command(["python3", "-c", Self.script, "eth0"]))
        }
    }

    /// Adds what another machine has.
    mutating func merge(_ other: KernelDump) { namespaces.merge(other.namespaces) { $0 + $1 } }

    private static func output(_ words: [String]) throws -> [String] {
        let result = try run(words)
        guard result.status == 0 else { throw Refusal(description: "\(words.prefix(5)): \(result.stderr)") }
        return result.stdout.split(separator: "\n").map(String.init)
    }

    private struct Refusal: Error { var description: String }

    private static let lister = "import os, sys; print('\\n'.join(sorted(os.listdir(sys.argv[1]))))"

    /// Prints links, addresses, routes, neighbours, forwarding entries, rules and switches, without what the kernel numbers or
    /// chooses at random; the link named by the argument, the way to the underlay, is left out.
    private static let script = """
        import json, subprocess, sys
        def tell(*words):
            return subprocess.run(words, check=True, capture_output=True, text=True).stdout
        def told(*words):
            return json.loads(tell(*words) or '[]')
        skipped = {'lo', sys.argv[1]}
        lines = []
        for link in told('ip', '-j', '-d', 'addr'):
            if link['ifname'] in skipped: continue
            info = link.get('linkinfo', {})
            data = {} if info.get('info_kind') == 'bridge' else info.get('info_data', {})
            mac = link['address'] if not link['ifname'].startswith('veth') else ''
            lines.append(('link', link['ifname'], link['mtu'], link.get('group'), link.get('ifalias'),
                'UP' in link['flags'], link.get('master'), info.get('info_kind'), sorted(data.items()), mac,
                sorted(link.get('altnames', []))))
            lines += [('address', link['ifname'], a['local'], a['prefixlen'])
                for a in link['addr_info'] if a['scope'] != 'link']
        for family in '-4', '-6':
            for route in told('ip', family, '-j', 'route'):
                if route['dev'] in skipped and route.get('protocol') == 'kernel': continue
                if route['dst'].startswith('fe80'): continue
                lines.append(('route', route['dst'], route.get('gateway'), route['dev'], route.get('protocol'),
                    route.get('prefsrc')))
            for entry in told('ip', family, '-j', 'neigh', 'show', 'nud', 'permanent'):
                lines.append(('neighbour', entry['dst'], entry['dev'], entry['lladdr']))
        for entry in told('bridge', '-j', 'fdb'):
            if 'dst' in entry: lines.append(('fdb', entry['mac'], entry['ifname'], entry['dst'], entry.get('state')))
        lines.sort(key=str)
        for path in 'ipv4/ip_forward', 'ipv6/conf/all/forwarding':
            lines.append((path, open('/proc/sys/net/' + path).read().strip()))
        rules = [line.split(' [')[0] for line in tell('iptables-save').splitlines() if not line.startswith('#')]
        print(*lines, *rules, sep='\\n')
        """
}
