import Addressing
import Planning
import Testing

@testable import weft

@Suite struct PlanTextTests {
    static let namespace = KernelObject.namespace(NamespaceObject(name: "shop-web", alias: "weft:shop/web"))
    static let bridge = Link(namespace: .host, name: "br-1", kind: .bridge, alias: "weft:shop/front")
    static var wideBridge: Link {
        var link = bridge
        link.mtu = 9000
        return link
    }
    static let up = KernelObject.up(LinkUp(namespace: .named("shop-web"), link: "eth0"))
    static let operations: [Operation<KernelObject>] = [
        .delete(up), .create(namespace), .update(from: .link(bridge), to: .link(wideBridge)),
    ]

    @Test func `a plan has a line per operation`() {
        let text = PlanText(operations: Self.operations, hasEquivalents: false, color: false)
        #expect(text.lines == ["- up shop-web:eth0", "+ namespace shop-web", "~ bridge br-1 mtu 1500 → 9000"])
    }

    @Test func `the commands that would do the same stand below each line`() {
        let text = PlanText(operations: Self.operations, hasEquivalents: true, color: false)
        #expect(
            text.lines == [
                "- up shop-web:eth0", "    ip -n shop-web link set eth0 down",
                "+ namespace shop-web", "    ip netns add shop-web", "    ip -n shop-web link set lo up",
                "    ip -n shop-web link set lo alias weft:shop/web",
                "~ bridge br-1 mtu 1500 → 9000", "    ip link set br-1 mtu 9000",
            ])
    }

    @Test func `on a terminal what is made is green, changed yellow, removed red`() {
        let text = PlanText(operations: Self.operations, hasEquivalents: false, color: true)
        #expect(
            text.lines == [
                "\u{1b}[31m- up shop-web:eth0\u{1b}[0m", "\u{1b}[32m+ namespace shop-web\u{1b}[0m",
                "\u{1b}[33m~ bridge br-1 mtu 1500 → 9000\u{1b}[0m",
            ])
    }

    @Test func `an apply's log tells a stage when all of it is done`() {
        let state = State([Self.namespace, .link(Self.bridge), .up(LinkUp(namespace: .host, link: "br-1"))])
        let plan = Plan(from: State(), to: state)
        var log = StageLog(plan)
        #expect(log.advance(to: 0) == [])
        var told: [Operation<KernelObject>] = []
        for done in 1...plan.operations.count { told += log.advance(to: done) }
        #expect(Set(told) == Set(plan.operations))
        #expect(told.count == plan.operations.count)
        #expect(log.advance(to: plan.operations.count) == [])
    }

    @Test func `an apply's log stops before a stage that is not complete`() throws {
        let state = State([Self.namespace, .link(Self.bridge), .up(LinkUp(namespace: .host, link: "br-1"))])
        let plan = Plan(from: State(), to: state)
        let last = try #require(plan.stages.last)
        var log = StageLog(plan)
        #expect(log.advance(to: plan.operations.count - 1).count == plan.operations.count - last.count)
    }

    @Test(arguments: [
        (UInt64(34_499_999), "34 ms"), (34_500_000, "35 ms"), (200, "0 ms"), (9_999_999_999, "10000 ms"),
        (10_000_000_000, "10.0 s"), (12_340_000_000, "12.3 s"),
    ])
    func `a duration is in the unit that people read`(nanoseconds: UInt64, text: String) {
        #expect(duration(nanoseconds: nanoseconds) == text)
    }
}
