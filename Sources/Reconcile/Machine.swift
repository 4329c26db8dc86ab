import Linux
import Netlink
import Planning

/// The namespaces of the machine that a run has opened, each with a routing socket that stays in it.
final class Machine {
    /// A namespace and the socket in it.
    struct Place {
        let namespace: NetworkNamespace
        let routing: NetlinkSocket
    }

    private let host: Place
    private var named: [String: Place] = [:]
    /// Sockets of other families than routing's.
    private var sockets: [Planning.Namespace: [NetlinkSocket.Family: NetlinkSocket]] = [:]

    init() throws(ReconcileError) {
        // A namespace and a socket for each container soon are more than the usual 1024.
        try calling { () throws(SystemCallError) in try raiseDescriptorLimit() }
        host = try talking { () throws(NetlinkError) in try Place.ofThisThread(name: "host") }
        for family in [NetlinkSocket.Family.netfilter, .socketDiagnostics] {
            sockets[.host, default: [:]][family] = try talking { () throws(NetlinkError) in try NetlinkSocket(family) }
        }
    }

    /// The socket of `family` in the namespace, opened when first asked for.
    func socket(_ family: NetlinkSocket.Family, in namespace: Planning.Namespace) throws(ReconcileError)
        -> NetlinkSocket
    {
        if let socket = sockets[namespace]?[family] { return socket }
        let place = try place(namespace)
        let socket = try talking { () throws(NetlinkError) in try NetlinkSocket(family, in: place.namespace) }
        sockets[namespace, default: [:]][family] = socket
        return socket
    }

    /// The open namespace; `ENOENT` where it is not there.
    func place(_ namespace: Planning.Namespace) throws(ReconcileError) -> Place {
        guard case .named(let name) = namespace else { return host }
        try open([name])
        guard let place = named[name] else { preconditionFailure("open(_:) throws where it cannot open") }
        return place
    }

    /// Opens those of `names` that are not open yet, all on one thread.
    func open(_ names: [String]) throws(ReconcileError) {
        let missing = names.filter { named[$0] == nil }
        guard !missing.isEmpty else { return }
        let namespaces = try calling { () throws(SystemCallError) in
            var namespaces: [NetworkNamespace] = []
            for name in missing { namespaces.append(try NetworkNamespace(named: name)) }
            return namespaces
        }
        let sockets = try talking { () throws(NetlinkError) in
            try NetworkNamespace.visit(namespaces) { (namespace) throws(NetlinkError) in
                try NetlinkSocket(.route, of: namespace.name)
            }
        }
        for (namespace, socket) in zip(namespaces, sockets) {
            named[namespace.name] = Place(namespace: namespace, routing: socket)
        }
    }

    /// Takes over a namespace that was just made.
    func adopt(_ place: Place, as name: String) { named[name] = place }

    /// Lets go of a namespace, which would stay alive as long as it is held open.
    func close(_ name: String) {
        named[name] = nil
        sockets[.named(name)] = nil
    }

    /// Runs `body` on a thread in each of the namespaces in turn; the host's is the caller's own.
    func visit(
        _ namespaces: [Planning.Namespace], _ body: (Planning.Namespace) throws(SystemCallError) -> Void
    ) throws(ReconcileError) {
        let names = namespaces.compactMap { namespace -> String? in
            if case .named(let name) = namespace { name } else { nil }
        }
        try open(names)
        try calling { () throws(SystemCallError) in
            if namespaces.contains(.host) { try body(.host) }
            guard !names.isEmpty else { return }
            _ = try NetworkNamespace.visit(names.compactMap { named[$0]?.namespace }) {
                (namespace) throws(SystemCallError) in try body(.named(namespace.name))
            }
        }
    }
}

extension Machine.Place {
    /// The namespace of the calling thread, with a new socket in it.
    static func ofThisThread(name: String) throws(NetlinkError) -> Machine.Place {
        let namespace: NetworkNamespace
        do throws(SystemCallError) { namespace = try .current(name: name) } catch { throw .system(error) }
        return Machine.Place(namespace: namespace, routing: try NetlinkSocket(.route))
    }
}
