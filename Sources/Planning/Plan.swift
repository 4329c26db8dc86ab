/// The operations that turn one state into another, in an order that the kernel accepts.
public struct Plan<Object: Reconcilable>: Hashable, Sendable {
    /// The operations in order: deletions, dependents first; then changes and creations, requirements first.
    public let operations: [Operation<Object>]

    /// Whether there is nothing to do.
    public var isEmpty: Bool { operations.isEmpty }

    /// The plan that turns `observed` into `desired`; the same for the same two states.
    ///
    /// What exists and stays, but would be deleted by the kernel along with something that is replaced, is made anew. A
    /// requirement that is in neither state is taken to exist.
    public init(from observed: State<Object>, to desired: State<Object>) {
        let doomed = observed.objects.values.filter { old in
            guard let new = desired[old.id] else { return true }
            return old != new && !old.canBecome(new)
        }
        let losses = observed.objects.values.flatMap { old in
            desired[old.id].map { old == $0 ? [] : old.losses(becoming: $0) } ?? []
        }
        let ownership = observed.ownership
        let displaced =
            desired.objects.values.filter { observed[$0.id] == nil }.flatMap(\.displaces)
            + ownership.closure(of: doomed).flatMap { observed[$0]?.displaces ?? [] }
        let gone = ownership.closure(of: doomed, andOwnedBy: losses + displaced)
        let goneIdentities = Set(gone.flatMap { observed[$0]?.identities ?? [] })
        let deleted = gone.compactMap { observed[$0] }.filter { old in
            old.outlivesOwners || goneIdentities.isDisjoint(with: old.owners)
        }
        let changed = desired.objects.values.filter { new in gone.contains(new.id) || observed[new.id] != new }
        operations =
            dependencyOrder(deleted).reversed().map { .delete($0) }
            + dependencyOrder(changed).map { new in
                guard !gone.contains(new.id), let old = observed[new.id] else { return .create(new) }
                return .update(from: old, to: new)
            }
    }
}

/// The objects, each after all those among them that it requires, else in the order of their identities.
///
/// Objects that require each other in a circle come out in the order of their identities.
func dependencyOrder<Object: Reconcilable>(_ objects: [Object]) -> [Object] {
    // An identity is made anew each time it is asked for, so each is asked once.
    let sorted = objects.map { (id: $0.id, object: $0) }.sorted { $0.id < $1.id }.map(\.object)
    var place: [ObjectID: Int] = [:]
    for (index, object) in sorted.enumerated() {
        for identity in object.identities { place[identity] = index }
    }
    let requirements = sorted.map { object in object.requires.compactMap { place[$0] } }
    var ordered: [Object] = []
    ordered.reserveCapacity(sorted.count)
    var isVisited = [Bool](repeating: false, count: sorted.count)
    for root in sorted.indices where !isVisited[root] {
        isVisited[root] = true
        var path = [(index: root, next: 0)]
        while let (index, next) = path.last {
            guard next < requirements[index].count else {
                ordered.append(sorted[index])
                path.removeLast()
                continue
            }
            path[path.count - 1].next += 1
            let requirement = requirements[index][next]
            guard !isVisited[requirement] else { continue }
            isVisited[requirement] = true
            path.append((requirement, 0))
        }
    }
    return ordered
}
