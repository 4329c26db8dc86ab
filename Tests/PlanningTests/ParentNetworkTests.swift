import Planning
import TestSupport
import Testing
import Topology
import YAML

private func layout(_ text: String, interfaces: [String: UInt32]? = nil, host: String? = nil) throws -> Layout {
    let topology = try Topology(decoding: try Document.parse(Array(text.utf8)), defaultName: "lab")
    return try Layout(
        of: topology, leases: Leases(), surroundings: Surroundings(interfaces: interfaces), host: host)
}

/// What is made for macvlan and ipvlan networks.
@Suite struct ParentNetworkTests {
    /// The objects but namespaces and files, in words.
    private func objects(_ text: String, interfaces: [String: UInt32]? = nil) throws -> [String] {
        let state = State<KernelObject>(desiredBy: try layout(text, interfaces: interfaces), firewall: .iptables)
        return state.objects.values.filter { object in
            switch object {
            case .namespace, .file: false
            default: true
            }
        }.map { "\($0)" }.sorted()
    }

    /// A file with one network of these settings, and a service on it.
    private func file(_ driver: String, _ options: String, _ rest: String = "") -> String {
        let gateway = rest.contains("internal") ? "" : ", gateway: 10.5.0.1"
        let ipam = "ipam: {config: [{subnet: 10.5.0.0/24\(gateway)}]}"
        return """
            name: lab
            networks: {lan: {driver: \(driver), driver_opts: {\(options)}, \(ipam)\(rest)}}
            services: {a: {networks: [lan]}}
            """
    }

    @Test func `a macvlan network is an interface upon the parent, and nothing on the host`() throws {
        #expect(
            try objects(file("macvlan", "parent: ens3"), interfaces: ["ens3": 1500]) == [
                "address lab-a:eth0 10.5.0.2/24", "macvlan lab-a:eth0 on ens3",
                "route lab-a:default via 10.5.0.1 dev eth0", "sysctl lab-a:net.ipv6.conf.eth0.disable_ipv6 = 1",
                "up lab-a:eth0",
            ])
    }

    @Test func `a VLAN that is not there is made, and one that is there is used`() throws {
        let text = file("macvlan", "parent: ens3.10")
        let made = try objects(text, interfaces: ["ens3": 1500])
        #expect(made.contains("vlan ens3.10 on ens3"))
        #expect(made.contains("up ens3.10"))
        let used = try objects(text, interfaces: ["ens3": 1500, "ens3.10": 1500])
        #expect(!used.contains { $0.contains("vlan ens3.10") || $0 == "up ens3.10" })
        #expect(used.contains("macvlan lab-a:eth0 on ens3.10"))
    }

    @Test func `an ipvlan that is routed needs no next hop`() throws {
        for mode in ["l3", "l3s"] {
            let objects = try objects(file("ipvlan", "parent: ens3, ipvlan_mode: \(mode)"))
            #expect(objects.contains("route lab-a:default dev eth0"))
            #expect(objects.contains("ipvlan lab-a:eth0 on ens3"))
        }
        #expect(
            try objects(file("ipvlan", "parent: ens3")).contains("route lab-a:default via 10.5.0.1 dev eth0"))
    }

    @Test func `without a parent, and where the network is internal, it is a dummy`() throws {
        for text in [file("macvlan", ""), file("ipvlan", "parent: ens3", ", internal: true")] {
            let dummies = try objects(text, interfaces: [:]).filter { $0.hasPrefix("dummy dm-") }
            #expect(dummies.count == 1)
            #expect(dummies.first?.count == "dummy dm-".count + 12)
        }
        let shut = try objects(file("macvlan", "", ", internal: true"))
        #expect(!shut.contains { $0.hasPrefix("route") })
    }

    @Test func `a parent that is not there is named with those that are`() throws {
        do {
            _ = try layout(file("macvlan", "parent: eth9"), interfaces: ["ens3": 1500, "wlan0": 1500])
            Issue.record("it was laid out")
        } catch let findings as Diagnostics {
            let text = "\(findings)"
            #expect(text.contains("parent `eth9` of network `lan` is not an interface of this host"))
            #expect(text.contains("there is ens3, wlan0"))
        }
    }

    @Test(arguments: [
        ("macvlan", "macvlan_mode: bridge", [true]), ("macvlan", "macvlan_mode: private", [false]),
        ("macvlan", "macvlan_mode: vepa", []), ("ipvlan", "ipvlan_flag: bridge", [true]),
        ("ipvlan", "ipvlan_flag: private", [false]), ("ipvlan", "ipvlan_flag: vepa", []),
    ])
    func `endpoints on one parent reach each other as its mode says`(
        _ driver: String, _ mode: String, _ expected: [Bool]
    ) throws {
        let text = file(driver, "parent: ens3, \(mode)").replacing(
            "{a: {networks: [lan]}}", with: "{a: {networks: [lan]}, b: {networks: [lan]}, c: }")
        let promises = try layout(text).promises(firewall: .iptables)
        func echoes(_ from: String, _ to: String) -> [Bool] {
            promises.filter {
                guard case .echo = $0.trial else { return false }
                return $0.from == .named(from) && $0.to == .named(to)
            }.map(\.isToSucceed)
        }
        #expect(echoes("lab-a", "lab-b") == expected)
        // Whether a router outside leads from one to the other is not for the file to say.
        #expect(echoes("lab-c", "lab-a") == [])
        #expect(echoes("lab-a", "lab-c") == [])
        #expect(!promises.contains { $0.from == .host && $0.to != .named("lab-c") })
    }

    @Test func `endpoints on several hosts share the addresses, which hosts have too, and meet outside`() throws {
        let text = """
            name: lab
            hosts: {one: {address: 192.0.2.2/24}, two: {address: 192.0.2.3/24}}
            networks: {lan: {driver: macvlan, driver_opts: {parent: eth0}, ipam: {config: [{subnet: 192.0.2.0/24}]}}}
            services: {a: {host: one, networks: [lan]}, b: {host: two, networks: [lan]}}
            """
        let whole = try layout(text)
        #expect(
            whole.containers.flatMap(\.endpoints).flatMap(\.addresses).map { "\($0)" } == [
                "192.0.2.4/24", "192.0.2.5/24",
            ])
        let objects = State<KernelObject>(desiredBy: whole, firewall: .iptables).objects.values.map { "\($0)" }
        #expect(objects.contains("macvlan lab-a:eth0 on lab-one:eth0"))
        #expect(objects.contains("macvlan lab-b:eth0 on lab-two:eth0"))
        let promises = whole.promises(firewall: .iptables)
        #expect(promises.contains { $0.from == .named("lab-a") && $0.to == .named("lab-b") && $0.isToSucceed })
        let own = try layout(text, interfaces: ["eth0": 1500], host: "two")
        #expect(own.containers == whole.containers)
    }

    /// Three hosts, one of them behind a router; the network's parent is on what is between them.
    private static let spread = """
        name: lab
        hosts: {one: {address: 192.0.2.2/24}, two: {address: 192.0.2.3/24}, far: {address: 198.51.100.2/24}}
        networks:
          lan: {driver: macvlan, driver_opts: {parent: eth0}, ipam: {config: [{subnet: 192.0.2.0/24}]}}
          local: {}
        services:
          a: {host: one, networks: [lan]}
          b: {host: two, networks: {lan: {aliases: [bee]}}}
          c: {host: far, networks: [lan]}
          d: {host: one, networks: [local]}
        """

    /// The hosts file of a container in a layout.
    private func hostsFile(of container: String, in layout: Layout) throws -> String {
        try #require(
            State<KernelObject>(desiredBy: layout, firewall: .none).objects.values.compactMap { object -> String? in
                guard case .file(let file) = object, file.container == container, file.name == "hosts" else {
                    return nil
                }
                return file.content
            }.first)
    }

    @Test(arguments: ["macvlan", "ipvlan"])
    func `endpoints on several hosts know the names of those that they meet outside`(_ driver: String) throws {
        let text = Self.spread.replacing("macvlan", with: driver)
        for host in [nil, "one"] {
            let lines = try hostsFile(of: "lab-a", in: layout(text, interfaces: ["eth0": 1500], host: host))
                .split(separator: "\n")
            #expect(lines.suffix(2).map { withoutIdentifier($0) } == ["192.0.2.4\tlab-a a", "192.0.2.5\tlab-b b bee"])
        }
        let far = try hostsFile(of: "lab-c", in: layout(text))
        #expect(!far.contains("lab-a") && !far.contains("lab-b"))
        // A dummy is each host's own, and packets that hosts route go where their routers say.
        for change in [("parent: eth0", ""), ("parent: eth0", "parent: eth0, ipvlan_mode: l3")] where driver == "ipvlan"
        {
            let alone = try hostsFile(of: "lab-a", in: layout(text.replacing(change.0, with: change.1)))
            #expect(!alone.contains("lab-b"))
        }
    }

    @Test func `the names of containers on other hosts are promised, and of the echoes those that the file decides`()
        throws
    {
        let promises = try layout(Self.spread).promises(firewall: .iptables)
        func echoes(_ from: String, _ to: String) -> [Bool] {
            promises.filter {
                guard case .echo = $0.trial else { return false }
                return $0.from == .named(from) && $0.to == .named(to)
            }.map(\.isToSucceed)
        }
        #expect(echoes("lab-a", "lab-b") == [true])
        #expect(echoes("lab-a", "lab-c") == [])
        // The host of lab-d has an interface where lab-b is.
        #expect(echoes("lab-d", "lab-b") == [])
        let names = promises.compactMap { promise -> [String]? in
            guard case .names(let lists) = promise.trial, promise.from == .named("lab-a") else { return nil }
            return lists.joined().map(\.container)
        }
        #expect(names == [["lab-a", "lab-b"]])
        let alone = try layout(Self.spread, interfaces: ["eth0": 1500], host: "one").promises(firewall: .iptables)
        let distant = alone.filter { $0.distant != nil }
        #expect(distant.map(\.from) == [.named("lab-a")])
        #expect(distant.map(\.target) == [.named("lab-b")])
        #expect(distant.allSatisfy { $0.to == nil && $0.isToSucceed && $0.packet == 1500 })
    }
}
