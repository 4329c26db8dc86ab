import Addressing
import Planning
import Testing
import Topology
import YAML

@Suite struct AnnouncementTests {
    /// What the neighbours hear when `layout` becomes `next`.
    private func announcements(from layout: Layout?, to next: Layout) -> [Announcement] {
        let before = layout.map { State<KernelObject>(desiredBy: $0, firewall: .none) } ?? State()
        return Plan(from: before, to: State(desiredBy: next, firewall: .none)).announcements(in: next)
    }

    @Test func `every endpoint that is made on an old bridge is announced once`() throws {
        let layout = try Layout.bridge(containers: 2)
        let all = announcements(from: try .bridge(containers: 0), to: layout)
        #expect(all.map(\.namespace) == [.named("demo-c0"), .named("demo-c1")])
        #expect(all.allSatisfy { $0.families == [.v4] && $0.count == 1 && !$0.isOnOldInterface })
        #expect(Set(all.map(\.port)).count == 2)
        #expect(all.map(\.mac) == layout.containers.map(\.endpoints[0].mac))
    }

    @Test func `on a new bridge nobody has to be told`() throws {
        #expect(announcements(from: nil, to: try .bridge(containers: 2)) == [])
    }

    @Test func `what stays is not announced again`() throws {
        let layout = try Layout.bridge(containers: 2)
        #expect(announcements(from: layout, to: layout) == [])
        let more = announcements(from: layout, to: try .bridge(containers: 3))
        #expect(more.map(\.namespace) == [.named("demo-c2")])
    }

    @Test func `a MAC address that changes is news of both families`() throws {
        let layout = try Layout.bridge(containers: 2)
        var next = layout
        next.containers[1].endpoints[0].mac = .init(bits: 0x0200_0000_0007)
        let all = announcements(from: layout, to: next)
        #expect(all.map(\.namespace) == [.named("demo-c1")])
        #expect(all.allSatisfy { $0.families == [.v4, .v6] && $0.isOnOldInterface })
    }

    @Test func `a network's options say how often and how far apart, or that nothing is said`() throws {
        var layout = try Layout.bridge(containers: 1)
        layout.networks[0].declaration.options.announcementCount = 3
        layout.networks[0].declaration.options.announcementInterval = 200
        #expect(announcements(from: nil, to: layout).map { [$0.count, $0.interval] } == [[3, 200]])
        layout.networks[0].declaration.options.announcementCount = 0
        #expect(announcements(from: nil, to: layout) == [])
    }

    /// A layout with a network of that driver, and `count` containers on it.
    private func layout(_ driver: String, _ options: String, containers count: Int, hosts: Bool = false) throws
        -> Layout
    {
        let services = (0..<count).map { "c\($0): {networks: [lan]\(hosts ? ", host: one" : "")}" }
        let text = """
            name: demo
            \(hosts ? "hosts: {one: {address: 192.0.2.2/24}}" : "")
            networks: {lan: {driver: \(driver), driver_opts: {\(options)}, ipam: {config: [{subnet: 192.0.2.0/24}]}}}
            services: {\(services.joined(separator: ", "))}
            """
        let topology = try Topology(decoding: try Document.parse(Array(text.utf8)), defaultName: "demo")
        let surroundings = Surroundings(interfaces: ["eth0": 1500])
        return try Layout(of: topology, leases: Leases(), surroundings: surroundings)
    }

    @Test(arguments: ["parent: eth0", "parent: eth0.10", "parent: eth0, macvlan_mode: private"])
    func `on an interface that was there the first endpoint of a macvlan is announced too`(_ options: String) throws {
        let layout = try layout("macvlan", options, containers: 2)
        let all = announcements(from: nil, to: layout)
        #expect(all.map(\.namespace) == [.named("demo-c0"), .named("demo-c1")])
        #expect(all.allSatisfy { $0.port == nil && $0.count == 1 && $0.families == [.v4] && !$0.isOnOldInterface })
        #expect(all.map(\.mac) == layout.containers.map(\.endpoints[0].mac))
        #expect(announcements(from: layout, to: layout) == [])
        var next = layout
        next.containers[1].endpoints[0].mac = .init(bits: 0x0200_0000_0007)
        #expect(announcements(from: layout, to: next).map(\.families) == [[.v4, .v6]])
    }

    @Test func `on an interface that is new nobody has to be told, and later all`() throws {
        for hosts in [false, true] {
            let options = hosts ? "parent: eth0" : ""
            let first = try layout("macvlan", options, containers: 1, hosts: hosts)
            #expect(announcements(from: nil, to: first) == [])
            let more = announcements(from: first, to: try layout("macvlan", options, containers: 2, hosts: hosts))
            #expect(more.map(\.namespace) == [.named("demo-c1")])
        }
    }

    @Test func `what has its parent's Ethernet address can't be made to speak`() throws {
        #expect(announcements(from: nil, to: try layout("ipvlan", "parent: eth0", containers: 2)) == [])
        let passthru = try layout("macvlan", "parent: eth0, macvlan_mode: passthru", containers: 1)
        #expect(announcements(from: nil, to: passthru) == [])
    }
}
