import Planning
@testable import Reconcile
import Testing
import Topology

/// The path of an apply below the file: objects instead of a topology, under the name `lab`.
enum LinkLab {
    /// What is still to do so that the machine holds just `objects`.
    static func plan(_ objects: [KernelObject]) throws -> [String] {
        try proposal(objects, Session.open(forChange: false) {}).plan.lines
    }

    /// Makes the machine hold just `objects`.
    @discardableResult
    static func apply(_ objects: [KernelObject]) throws -> Summary {
        let session = try Session.open(forChange: true) {}
        return try session.apply(try proposal(objects, session), progress: { _ in }, isCancelled: { false })
    }

    /// Makes the machine hold `objects`, which is then as it should be, and nothing when they go.
    static func checkLife(of objects: [KernelObject], while body: () throws -> Void) throws {
        try apply(objects)
        #expect(try plan(objects) == [])
        #expect(try apply(objects) == Summary(of: []))
        try body()
        try apply([])
    }

    private static func proposal(_ objects: [KernelObject], _ session: Session) throws -> Proposal {
        let snapshot = try session.snapshot()
        let layout = Layout(name: "lab")
        let desired = State(objects)
        let observed = try session.observe("lab", for: desired, intent: session.intent(of: "lab"), in: snapshot)
        try session.check(layout, desired, observed, in: snapshot)
        return Proposal(
            name: "lab", file: nil, layout: layout, observed: observed, desired: desired,
            plan: Plan(from: observed, to: desired), firewall: .none, notes: [])
    }

    /// A namespace of the lab.
    static func namespace(_ name: String) -> KernelObject {
        .namespace(NamespaceObject(name: name, alias: "weft:lab/\(name)"))
    }

    /// A link of the lab.
    static func link(
        _ namespace: Planning.Namespace, _ name: String, _ kind: Planning.Link.Kind,
        lower: Planning.Link.Lower? = nil, mtu: UInt32? = nil
    ) -> Planning.Link {
        Planning.Link(
            namespace: namespace, name: name, kind: kind, lower: lower, mtu: mtu, alias: "weft:lab/\(name)",
            group: OwnershipMark(topology: "lab").linkGroup)
    }
}
