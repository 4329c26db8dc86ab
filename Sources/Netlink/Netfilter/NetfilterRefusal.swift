import CLinux
import Linux

extension Refusal {
    /// The type of expression, match or target of a refused rule that the kernel has not got, such as `match addrtype`.
    ///
    /// The kernel says at which expression it stopped. Where it has no such type it says `ENOENT`, and for a revision that it
    /// does not know `EOPNOTSUPP`; but `ENOENT` at a verdict is a chain that is not there, and at a
    /// look-up a set.
    public var missingExpression: String? {
        guard errno == .noEntry || errno == .notSupported, request.type == .newRule, let offset else { return nil }
        do throws(NetlinkError) {
            switch try request.expression(at: offset) {
            case .match(let match): return "match \(match.name)"
            case .target(let target): return "target \(target.name)"
            case .verdict, .lookup, nil: return nil
            case let expression?: return "expression \(expression.name)"
            }
        } catch {
            // The kernel's offset points at something else.
            return nil
        }
    }
}

extension Refusal {
    /// Whether the kernel has no nf_tables for the family of the table that was to be made.
    public var isUnknownFamily: Bool { errno == .notSupported && request.type == .newTable }
}

extension Request {
    /// The expression that begins at `offset` bytes in the message of a new rule.
    fileprivate func expression(at offset: Int) throws(NetlinkError) -> Netfilter.Expression? {
        let message = try encoded()
        guard message.indices.contains(offset) else { return nil }
        var expression: Netfilter.Expression?
        try message.span.bytes.extracting(offset...).forEachAttribute { type, element throws(NetlinkError) in
            guard expression == nil, type == NFTA_LIST_ELEM.rawValue else { return }
            expression = try Netfilter.Expression(parsing: element)
        }
        return expression
    }
}
