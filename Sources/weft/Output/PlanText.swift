import Planning

/// A plan as people read it.
struct PlanText {
    /// The operations.
    let operations: [Operation<KernelObject>]
    /// Whether each comes with the commands that would do the same.
    let hasEquivalents: Bool
    /// Whether to colour the lines.
    let color: Bool

    /// A line per operation, each with its commands below where they are wanted.
    var lines: [String] {
        operations.flatMap { operation in
            [operation.line(color: color)]
                + (hasEquivalents ? operation.equivalents.map { Style.dim.apply(to: "    \($0)", color) } : [])
        }
    }
}

extension Operation<KernelObject> {
    /// `+ namespace shop-web`, `~ veth … mtu 1500 → 9000` or `- rule …`.
    func line(color: Bool) -> String {
        switch self {
        case .create(let object): Style.green.apply(to: "+ \(object)", color)
        case .update(let old, let new):
            Style.yellow.apply(
                to: (["~ \(new)"] + [old.changes(to: new).joined(separator: ", ")])
                    .filter { !$0.isEmpty }.joined(separator: " "), color)
        case .delete(let object): Style.red.apply(to: "- \(object)", color)
        }
    }
}

/// How long something took, as people say it: `34 ms`, `12.3 s`.
func duration(nanoseconds: UInt64) -> String {
    if nanoseconds < 10_000_000_000 { return "\((nanoseconds + 500_000) / 1_000_000) ms" }
    let tenths = (nanoseconds + 50_000_000) / 100_000_000
    return "\(tenths / 10).\(tenths % 10) s"
}
