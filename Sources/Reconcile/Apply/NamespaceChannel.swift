import Linux
import Netlink
import Planning

/// Makes and deletes namespaces.
struct NamespaceChannel {
    let machine: Machine

    /// The kernel spends most of an apply here, and two threads get twice as much done.
    private static let threads = 2

    func run(_ operations: [Operation<KernelObject>]) throws(ReconcileError) {
        var created: [NamespaceObject] = []
        for operation in operations {
            switch operation {
            case .create(.namespace(let namespace)): created.append(namespace)
            case .update(_, .namespace(let namespace)): try update(namespace)
            case .delete(.namespace(let namespace)): try delete(namespace)
            default: preconditionFailure("\(operation.object) has a channel of its own")
            }
        }
        try create(created)
    }

    /// The mark is set before the name appears, so that there is never a namespace of ours without it.
    private func create(_ namespaces: [NamespaceObject]) throws(ReconcileError) {
        guard !namespaces.isEmpty else { return }
        let aliases = Dictionary(uniqueKeysWithValues: namespaces.map { ($0.name, $0.alias) })
        var failure: ReconcileError?
        try talking { () throws(NetlinkError) in
            try NetworkNamespace.create(
                namespaces.map(\.name), threads: Self.threads,
                prepare: { (namespace) throws(NetlinkError) -> Machine.Place in
                    let socket = try NetlinkSocket(.route, of: namespace.name)
                    try socket.send(Self.loopback(alias: aliases[namespace.name] ?? ""))
                    return Machine.Place(namespace: namespace, routing: socket)
                },
                consume: { index, outcome in
                    switch outcome {
                    case .success(let place): machine.adopt(place, as: namespaces[index].name)
                    case .failure(let error):
                        failure = failure ?? ReconcileError(error, about: .namespace(namespaces[index]))
                    }
                })
        }
        if let failure { throw failure }
    }

    private func update(_ namespace: NamespaceObject) throws(ReconcileError) {
        let place = try machine.place(.named(namespace.name))
        try talking(about: .namespace(namespace)) { () throws(NetlinkError) in
            try place.routing.send(Self.loopback(alias: namespace.alias))
        }
    }

    private func delete(_ namespace: NamespaceObject) throws(ReconcileError) {
        machine.close(.named(namespace.name))
        do throws(SystemCallError) { try NetworkNamespace.delete(namespace.name) } catch {
            guard error.errno == .noEntry else { throw .system(error) }
        }
    }

    /// Loopback up, with the mark of the namespace.
    private static func loopback(alias: String) -> Request { .setLink("lo", isUp: true, [.alias(alias)]) }
}
