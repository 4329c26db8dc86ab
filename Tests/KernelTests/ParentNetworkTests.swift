import Addressing
import Planning
import Reconcile
import TestSupport
import Testing
import Topology

/// macvlan and ipvlan networks, from the file to packets, upon an interface that leads to a neighbour.
@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct ParentNetworkTests {
    /// A file with a network upon a parent, and two services on it.
    private func file(_ driver: String, _ options: String, _ rest: String = "") -> String {
        let gateway = rest.contains("internal") ? "" : ", gateway: 10.5.0.1"
        let ipam = "ipam: {config: [{subnet: 10.5.0.0/24\(gateway)}]}"
        return """
            name: lab
            networks: {lan: {driver: \(driver), driver_opts: {\(options)}, \(ipam)\(rest)}}
            services: {a: {networks: [lan]}, b: {networks: [lan]}}
            """
    }

    /// Makes a veth `nic0` to a namespace `out`, whose end has `addresses` in VLAN `vlan` or in none.
    private func makeOutside(_ address: String = "10.5.0.1/24", vlan: Int? = nil) throws {
        try shell("ip netns add out && ip link add nic0 type veth peer name nic1 netns out")
        try shell("ip link set nic0 up && ip -n out link set nic1 up")
        if let vlan {
            try shell("ip -n out link add link nic1 name tagged type vlan id \(vlan) && ip -n out link set tagged up")
        }
        try shell("ip -n out addr add \(address) dev \(vlan == nil ? "nic1" : "tagged")")
        // The kernel says later, on a thread of its own, that there is a carrier.
        #expect(try eventually { try shell("ip -o link show dev nic0").contains("state UP") })
    }

    /// Applies the file and takes it away again without a trace, also on the interfaces that were there.
    private func checkLife(of text: String, while body: () throws -> Void) throws {
        func parents() throws -> [String] {
            try json(of: "ip", "-j", "-d", "link").elements.filter { $0["ifname"].string != "lo" }
                .map { "\($0["ifindex"]) \($0["address"]) \($0["mtu"]) \($0["flags"])" }
        }
        let before = try parents()
        try checkLifecycle(of: text, while: body)
        let after = try parents()
        #expect(after == before)
    }

    private func reaches(_ from: String, _ address: String) throws -> Bool {
        try isEchoed(by: address, from: from)
    }

    private func link(_ name: String) throws -> JSON {
        try json(of: "ip", "-n", name, "-j", "-d", "addr", "show", "dev", "eth0")[0]
    }

    @Test(.requires(.macvlan)) func `containers on a macvlan network are neighbours of what is outside`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            try shell("ip addr add 10.5.0.9/24 dev nic0")
            let text = file("macvlan", "parent: nic0")
            try checkLife(of: text) { () throws in
                let shown = try link("lab-a")
                #expect(shown["linkinfo"]["info_kind"].string == "macvlan")
                #expect(shown["linkinfo"]["info_data"]["mode"].string == "bridge")
                #expect(shown["address"].string == "02:42:0a:05:00:02")
                #expect(shown["addr_info"][0]["local"].string == "10.5.0.2")
                #expect(shown["addr_info"][0]["prefixlen"].int == 24)
                let way = try json(of: "ip", "-n", "lab-a", "-j", "route").first(where: "dst", is: "default")
                #expect(way["gateway"].string == "10.5.0.1")
                #expect(try reaches("out", "10.5.0.2"))
                #expect(try reaches("lab-b", "10.5.0.1"))
                #expect(try reaches("lab-a", "10.5.0.3"))
                // The kernel keeps the parent and what is upon it apart.
                #expect(try !isEchoed(by: "10.5.0.2", from: nil))
            }
        }
    }

    @Test(.requires(.macvlan)) func `the modes of macvlan networks are the kernel's`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            for mode in ["private", "vepa"] {
                try checkLife(of: file("macvlan", "parent: nic0, macvlan_mode: \(mode)")) { () throws in
                    #expect(try link("lab-a")["linkinfo"]["info_data"]["mode"].string == mode)
                    #expect(try reaches("out", "10.5.0.2"))
                    #expect(try !reaches("lab-a", "10.5.0.3"))
                }
            }
            let alone = file("macvlan", "parent: nic0, macvlan_mode: passthru").replacing(
                ", b: {networks: [lan]}", with: "")
            try checkLife(of: alone) { () throws in
                let parent = try json(of: "ip", "-j", "link", "show", "dev", "nic0")[0]
                #expect(try link("lab-a")["address"] == parent["address"])
                #expect(try reaches("lab-a", "10.5.0.1"))
            }
        }
    }

    @Test(
        .requires(.macvlan),
        arguments: [
            "ip -n lab-a link del eth0", "ip -n lab-a addr flush dev eth0", "ip -n lab-a link set eth0 down",
            "ip -n lab-a link set eth0 down address 02:00:00:00:00:07",
            "ip -n lab-a link set eth0 type macvlan mode vepa",
            "ip netns del lab-a",
        ])
    func `what is changed by hand on a macvlan network is found and repaired`(_ change: String) async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            let text = file("macvlan", "parent: nic0")
            try apply(text)
            try shell(change)
            #expect(try plan(text) != [])
            try apply(text)
            #expect(try plan(text) == [])
            #expect(try reaches("out", "10.5.0.2"))
        }
    }

    @Test(.requires(.macvlan)) func `a container keeps its address without any record`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            let text = file("macvlan", "parent: nic0")
            try apply(text)
            try shell("rm -r /run/weft")
            let more = text.replacing(
                "{a: {networks: [lan]}, b", with: "{c: {networks: [lan]}, a: {networks: [lan]}, b")
            try apply(more)
            #expect(try link("lab-a")["addr_info"][0]["local"].string == "10.5.0.2")
            #expect(try link("lab-c")["addr_info"][0]["local"].string == "10.5.0.4")
        }
    }

    @Test func `a parent that is not there is refused before anything changes`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            let before = try Census.take()
            #expect(throws: ReconcileError.self) { try apply(file("macvlan", "parent: eth9")) }
            var after = try Census.take()
            after.files.removeAll { $0.hasPrefix("/run/weft") }
            #expect(after == before)
        }
    }

    @Test(.requires(.ipvlan)) func `containers on an ipvlan network share the parent's Ethernet address`() async throws
    {
        try await inPrivateNamespaces {
            try makeOutside()
            try checkLife(of: file("ipvlan", "parent: nic0")) { () throws in
                let shown = try link("lab-a")
                let parent = try json(of: "ip", "-j", "link", "show", "dev", "nic0")[0]
                #expect(shown["linkinfo"]["info_kind"].string == "ipvlan")
                #expect(shown["linkinfo"]["info_data"]["mode"].string == "l2")
                #expect(shown["address"] == parent["address"])
                #expect(try reaches("out", "10.5.0.2"))
                #expect(try reaches("lab-a", "10.5.0.3"))
            }
        }
    }

    @Test(.requires(.ipvlan), arguments: ["l3", "l3s"])
    func `containers on a routed ipvlan network have a default route without a next hop`(_ mode: String) async throws {
        try await inPrivateNamespaces {
            try makeOutside("192.0.2.1/24")
            try shell("ip addr add 192.0.2.2/24 dev nic0 && ip -n out route add 10.5.0.0/24 via 192.0.2.2")
            try checkLife(of: file("ipvlan", "parent: nic0, ipvlan_mode: \(mode)")) { () throws in
                #expect(try link("lab-a")["linkinfo"]["info_data"]["mode"].string == mode)
                let way = try json(of: "ip", "-n", "lab-a", "-j", "route").first(where: "dst", is: "default")
                #expect(way["dev"].string == "eth0")
                #expect(way["gateway"].string == nil)
                #expect(try reaches("lab-a", "10.5.0.3"))
                #expect(try reaches("lab-a", "192.0.2.1"))
            }
        }
    }

    @Test(.requires(.ipvlan)) func `containers on a private ipvlan network do not reach each other`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            try checkLife(of: file("ipvlan", "parent: nic0, ipvlan_flag: private")) { () throws in
                #expect(try reaches("lab-a", "10.5.0.1"))
                #expect(try !reaches("lab-a", "10.5.0.3"))
            }
        }
    }

    @Test(.requires(.vlan), .requires(.macvlan)) func `a VLAN of the parent is made, and goes with the network`()
        async throws
    {
        try await inPrivateNamespaces {
            try makeOutside(vlan: 10)
            try checkLife(of: file("macvlan", "parent: nic0.10")) { () throws in
                let vlan = try json(of: "ip", "-j", "-d", "link", "show", "dev", "nic0.10")[0]
                #expect(vlan["linkinfo"]["info_data"]["id"].int == 10)
                #expect(vlan["link"].string == "nic0")
                #expect(try reaches("out", "10.5.0.2"))
            }
        }
    }

    @Test(.requires(.vlan), .requires(.macvlan)) func `a VLAN that is there is used, and stays`() async throws {
        try await inPrivateNamespaces {
            try makeOutside(vlan: 10)
            try shell("ip link add link nic0 name nic0.10 type vlan id 10 && ip link set nic0.10 up")
            try checkLife(of: file("macvlan", "parent: nic0.10")) { () throws in #expect(try reaches("out", "10.5.0.2"))
            }
        }
    }

    @Test(.requires(.vlan), .requires(.macvlan)) func `containers on several hosts meet in a VLAN of the underlay`()
        async throws
    {
        let text = """
            name: lab
            hosts: {one: {address: 192.0.2.1/24}, two: {address: 192.0.2.2/24}}
            networks: {lan: {driver: macvlan, driver_opts: {parent: eth0.10}}, other: {driver: macvlan, driver_opts: {parent: eth0.11}}}
            services: {a: {host: one, networks: [lan]}, b: {host: two, networks: [lan]}, c: {host: two, networks: [other]}}
            """
        try await inPrivateNamespaces {
            try checkLife(of: text) { () throws in
                let vlan = try json(of: "ip", "-n", "lab-one", "-j", "-d", "link", "show", "dev", "eth0.10")[0]
                #expect(vlan["link"].string == "eth0")
                let session = try Session.open(forChange: false) {}
                let layout = try session.layout(of: "lab")
                let addresses = layout.containers.map { "\($0.endpoints[0].addresses[0].address)" }
                #expect(try reaches("lab-a", addresses[1]))
                #expect(try reaches("lab-a", "b"))
                #expect(try reaches("lab-b", "lab-a"))
                #expect(try !reaches("lab-a", "c"))
                try shell("ip -n lab-c route add \(addresses[0])/32 dev eth0")
                #expect(try !reaches("lab-c", addresses[0]))
            }
        }
    }

    @Test(.requires(.dummy), .requires(.macvlan)) func `a network without a parent is on a dummy of its own`()
        async throws
    {
        try await inPrivateNamespaces {
            for text in [file("macvlan", ""), file("macvlan", "parent: nic0", ", internal: true")] {
                try checkLife(of: text) { () throws in
                    let links = try json(of: "ip", "-j", "-d", "link").elements
                    let dummies = links.filter { $0["linkinfo"]["info_kind"].string == "dummy" }
                    #expect(dummies.count == 1)
                    #expect(dummies.first?["ifname"].string?.wholeMatch(of: /dm-[0-9a-f]{12}/) != nil)
                    #expect(try reaches("lab-a", "10.5.0.3"))
                }
            }
        }
    }
}
