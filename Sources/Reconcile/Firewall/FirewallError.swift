import Linux
import Netlink
import Planning

/// Why the firewall could not be read or changed.
enum FirewallError: Error, Hashable, Sendable {
    /// The kernel did not do what it was asked, or could not be asked.
    case netlink(NetlinkError)
    /// The kernel has no such type of expression, match or target, which the rule needs.
    case unsupported(expression: String, rule: String, Errno)
    /// The kernel has no nf_tables for the family of the table.
    case unsupportedFamily(table: String, Errno)
    /// A chain has the name of one of iptables', but does not see packets where that one does.
    case otherHook(Chain)
    /// A set of another kind has the name of one of ours.
    case otherSet(NamedSet)
    /// The rule set changed each time before it could be changed.
    case contended
}

extension FirewallError {
    /// The kernel's refusal, as what is missing where it is a type of expression, a match or a target.
    init(_ error: NetlinkError) {
        if case .refused(let refusal) = error, let expression = refusal.missingExpression {
            self = .unsupported(expression: expression, rule: refusal.request.subject, refusal.errno)
        } else if case .refused(let refusal) = error, refusal.isUnknownFamily {
            self = .unsupportedFamily(table: refusal.request.subject, refusal.errno)
        } else {
            self = .netlink(error)
        }
    }
}

extension ReconcileError {
    /// What the firewall of `namespace` refused, in words.
    init(_ error: FirewallError, in namespace: Planning.Namespace) {
        let place = namespace == .host ? "" : "namespace \(namespace): "
        switch error {
        case .netlink(let error):
            self.init(error)
            if case .kernel(let text, let object) = self { self = .kernel(place + text, object: object) }
        case .unsupported, .unsupportedFamily, .contended: self = .kernel("\(place)\(error)", object: nil)
        case .otherHook(let chain): self = Self.conflict(error, about: .chain(chain), in: namespace, place)
        case .otherSet(let set): self = Self.conflict(error, about: .set(set), in: namespace, place)
        }
    }

    private static func conflict(
        _ error: FirewallError, about object: KernelObject, in namespace: Planning.Namespace, _ place: String
    ) -> ReconcileError {
        .kernel("\(place)\(error)", object: object.relocated(from: .host, to: namespace))
    }
}

extension FirewallError: CustomStringConvertible {
    /// What happened, why, and what can be done.
    var description: String {
        switch self {
        case .netlink(let error): "\(error)"
        case .unsupported(let expression, let rule, let errno):
            """
            \(rule): the kernel has no \(expression) for nf_tables (\(errno.name)), which this kind of firewall needs; \
            load its module, for rules of iptables also nft_compat, or choose another --firewall
            """
        case .unsupportedFamily(let table, let errno):
            """
            \(table): the kernel has no nf_tables for this family (\(errno.name); CONFIG_NF_TABLES_IPV4, CONFIG_NF_TABLES_IPV6), \
            which a firewall needs; choose --firewall none
            """
        case .otherHook(let chain):
            "\(KernelObject.chain(chain)): it hooks into another place than the chain of iptables, which can't list it"
        case .otherSet(let set):
            "\(KernelObject.set(set)): somebody made one of the same name and another type; delete it"
        case .contended: "rule set: somebody changed it each time before we could (ERESTART)"
        }
    }
}
