/// Something that can be compared, made, changed and deleted; what the planner needs to know of it.
public protocol Reconcilable: Hashable, Sendable {
    /// What makes it the same object in two states.
    var id: ObjectID { get }
    /// Every identity that others may refer to it by: its own, and a veth's other end.
    var identities: [ObjectID] { get }
    /// What must exist before it.
    var requires: [ObjectID] { get }
    /// What the kernel deletes it together with.
    var owners: [ObjectID] { get }
    /// Whether the kernel's deleting an owner comes too late, so that the plan must delete this one itself.
    var outlivesOwners: Bool { get }
    /// Whether the difference can be changed in place; otherwise the object is deleted and made anew.
    func canBecome(_ other: Self) -> Bool
    /// Which of the things that other objects have as their owners the kernel does away with when this one is changed in place.
    func losses(becoming other: Self) -> [ObjectID]
    /// Which of the things that other objects have as their owners the kernel does away with, and puts back bare, when this one is
    /// made or deleted.
    var displaces: [ObjectID] { get }
}

extension Reconcilable {
    /// Its own identity.
    public var identities: [ObjectID] { [id] }
    /// Nothing is lost.
    public func losses(becoming other: Self) -> [ObjectID] { [] }
    /// Nothing else is touched.
    public var displaces: [ObjectID] { [] }
    /// The kernel deletes it at once.
    public var outlivesOwners: Bool { false }
}

/// One step of a plan.
public enum Operation<Object: Reconcilable>: Hashable, Sendable {
    case create(Object)
    case update(from: Object, to: Object)
    case delete(Object)

    /// The object as it is after the step, or as it was before its deletion.
    public var object: Object {
        switch self {
        case .create(let object), .update(_, let object), .delete(let object): object
        }
    }
}

/// A set of objects, one per identity: what there is, or what there should be.
public struct State<Object: Reconcilable>: Hashable, Sendable {
    /// The objects by identity.
    public private(set) var objects: [ObjectID: Object] = [:]

    /// The state in which there is nothing.
    public init() {}

    /// The state that holds `objects`; of two with one identity, the later.
    public init(_ objects: some Sequence<Object>) {
        for object in objects { self.objects[object.id] = object }
    }

    /// The object of that identity.
    public subscript(id: ObjectID) -> Object? {
        get { objects[id] }
        set { objects[id] = newValue }
    }

    /// Does to the set what `operation` does to the kernel, the deletion of what is owned included.
    public mutating func apply(_ operation: Operation<Object>) {
        switch operation {
        case .create(let object), .update(_, let object): objects[object.id] = object
        case .delete(let object):
            for id in ownership.closure(of: [object]) { objects[id] = nil }
        }
    }

    var ownership: Ownership<Object> { Ownership(of: objects.values) }
}

/// Who goes with whom when the kernel deletes an object.
struct Ownership<Object: Reconcilable> {
    private var owned: [ObjectID: [Object]] = [:]

    init(of objects: some Sequence<Object>) {
        for object in objects {
            for owner in object.owners { owned[owner, default: []].append(object) }
        }
    }

    /// `objects`, all that they or `others` own, and all that those own.
    func closure(of objects: some Sequence<Object>, andOwnedBy others: [ObjectID] = []) -> Set<ObjectID> {
        var gone: Set<ObjectID> = []
        var waiting = Array(objects) + others.flatMap { owned[$0] ?? [] }
        while let next = waiting.popLast() {
            guard gone.insert(next.id).inserted else { continue }
            for identity in next.identities { waiting += owned[identity] ?? [] }
        }
        return gone
    }
}
