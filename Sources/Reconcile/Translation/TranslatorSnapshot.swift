import Netlink
import Planning

/// What there is at the link on which packets change their version.
struct TranslatorSnapshot {
    private let namespace: Planning.Namespace
    /// Whether the link has hooks for programs.
    let hasHooks: Bool
    /// What packets go through that leave by it.
    let program: PacketFilter.Program?

    init(of host: NamespaceSnapshot, _ socket: NetlinkSocket) throws(NetlinkError) {
        namespace = host.namespace
        guard let link = host.link(named: Translator.link)?.index else {
            (hasHooks, program) = (false, nil)
            return
        }
        hasHooks = try socket.queueingDisciplines().contains {
            $0.link == link && $0.kind == QueueingDiscipline.hooks
        }
        let filters = hasHooks ? try socket.filters(of: link) : []
        program = filters.first(where: \.isFirst).map { PacketFilter.Program(named: $0.name ?? "") }
    }

    /// The hooks and the program, as objects of a plan.
    var objects: [KernelObject] {
        let qdisc = KernelObject.qdisc(Qdisc(namespace: namespace, link: Translator.link))
        let filter = program.map {
            KernelObject.filter(PacketFilter(namespace: namespace, link: Translator.link, program: $0))
        }
        return (hasHooks ? [qdisc] : []) + (filter.map { [$0] } ?? [])
    }
}
