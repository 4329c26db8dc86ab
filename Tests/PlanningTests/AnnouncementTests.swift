import Addressing
import Planning
import Testing
import Topology

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
}
