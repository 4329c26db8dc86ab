/// What a document may still take of its limits; an alias takes as much as the node it names.
struct Budget {
    /// What a part of the tree takes.
    struct Cost {
        var nodes: Int
        /// Levels of collections.
        var levels: Int
    }

    private let limits: Limits
    private var nodes = 0
    private var depth = 0
    /// The deepest level within the subtree that is measured.
    private var deepest = 0

    init(limits: Limits) { self.limits = limits }

    mutating func spend(_ count: Int, at mark: Mark) throws(Diagnostic) {
        nodes += count
        guard nodes <= limits.maxNodes else {
            throw Diagnostic(
                "the document has more than \(limits.maxNodes) nodes, aliases expanded", at: mark,
                hint: "split the topology, or use fewer aliases of large nodes")
        }
    }

    mutating func descend(at mark: Mark) throws(Diagnostic) {
        depth += 1
        try reach(depth, at: mark)
    }

    mutating func ascend() { depth -= 1 }

    /// Takes the cost of a node again.
    mutating func spend(_ cost: Cost, at mark: Mark) throws(Diagnostic) {
        try spend(cost.nodes, at: mark)
        try reach(depth + cost.levels, at: mark)
    }

    private mutating func reach(_ level: Int, at mark: Mark) throws(Diagnostic) {
        deepest = max(deepest, level)
        guard level <= limits.maxDepth else {
            throw Diagnostic(
                "collections are nested more than \(limits.maxDepth) deep, aliases expanded", at: mark,
                hint: "flatten the structure")
        }
    }

    /// Begins to measure a subtree; gives what ``endSubtree(in:)`` takes.
    mutating func beginSubtree() -> Cost {
        defer { deepest = depth }
        return Cost(nodes: nodes, levels: deepest)
    }

    /// The cost of all since the beginning that gave `outer`.
    mutating func endSubtree(in outer: Cost) -> Cost {
        defer { deepest = max(deepest, outer.levels) }
        return Cost(nodes: nodes - outer.nodes, levels: deepest - depth)
    }
}

/// A node that aliases may name.
struct Anchor {
    /// Where `&` is.
    let mark: Mark
    /// The node and its cost; `nil` until it is read.
    let target: (node: Node, cost: Budget.Cost)?
}
