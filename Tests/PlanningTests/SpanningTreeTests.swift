import Links
import Planning
import Testing

@Suite struct SpanningTreeTests {
    /// A state with the bridge `br0` of these settings.
    private func state(_ bridge: Bridge) -> State<KernelObject> {
        State([
            .link(Link(namespace: .named("sw"), name: "br0", kind: .device(.bridge(bridge)), alias: "weft:lab/link-1"))
        ])
    }

    @Test func `a bridge that speaks the protocol is told of with its delay`() {
        let note =
            "bridge sw:br0 speaks the spanning tree protocol: a port of it forwards 30 s after it comes up, "
            + "and until then nothing gets through"
        let silent = state(Bridge(ageing: 100))
        let speaking = state(Bridge(spanningTree: true))
        #expect(Plan(from: State(), to: speaking).spanningTreeNotes == [note])
        #expect(Plan(from: silent, to: speaking).spanningTreeNotes == [note])
        let fast = Plan(from: State(), to: state(Bridge(spanningTree: true, forwardDelay: 200)))
        #expect(fast.spanningTreeNotes == [note.replacing("30 s", with: "4 s")])
    }

    @Test func `nothing is told of one that does not, and of one that did before`() {
        #expect(Plan(from: State(), to: state(Bridge(ageing: 100))).spanningTreeNotes == [])
        let speaking = state(Bridge(spanningTree: true))
        #expect(Plan(from: speaking, to: state(Bridge(spanningTree: true, ageing: 100))).spanningTreeNotes == [])
        #expect(Plan(from: speaking, to: State()).spanningTreeNotes == [])
    }
}
