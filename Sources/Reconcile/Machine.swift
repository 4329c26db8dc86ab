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
    /// The namespaces that are not the host's.
    private var others: [Planning.Namespace: Place] = [:]
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
        guard namespace != .host else { return host }
        try open([namespace])
        guard let place = others[namespace] else { preconditionFailure("open(_:) throws where it cannot open") }
        return place
    }

    /// Opens those of `namespaces` that are not open yet, all on one thread.
    func open(_ namespaces: [Planning.Namespace]) throws(ReconcileError) {
        let missing = namespaces.filter { $0 != .host && others[$0] == nil }
        guard !missing.isEmpty else { return }
        let opened = try calling { () throws(SystemCallError) in
            var opened: [NetworkNamespace] = []
            for namespace in missing { opened.append(try NetworkNamespace(namespace)) }
            return opened
        }
        let sockets = try talking { () throws(NetlinkError) in
            try NetworkNamespace.visit(opened) { (namespace) throws(NetlinkError) in
                try NetlinkSocket(.route, of: namespace.name)
            }
        }
        for (name, (namespace, socket)) in zip(missing, zip(opened, sockets)) {
            others[name] = Place(namespace: namespace, routing: socket)
        }
    }

    /// Takes over a namespace that was just made.
    func adopt(_ place: Place, as name: String) { others[.named(name)] = place }

    /// Lets go of a namespace, which would stay alive as long as it is held open.
    func close(_ namespace: Planning.Namespace) {
        others[namespace] = nil
        sockets[namespace] = nil
    }

    /// Runs `body` on a thread in each of the namespaces in turn; the host's is the caller's own.
    func visit(
        _ namespaces: [Planning.Namespace], _ body: (Planning.Namespace) throws(SystemCallError) -> Void
    ) throws(ReconcileError) {
        let rest = namespaces.filter { $0 != .host }
        try open(rest)
        try calling { () throws(SystemCallError) in
            if namespaces.contains(.host) { try body(.host) }
            guard !rest.isEmpty else { return }
            var next = rest.makeIterator()
            _ = try NetworkNamespace.visit(rest.compactMap { others[$0]?.namespace }) {
                (_) throws(SystemCallError) in
                if let namespace = next.next() { try body(namespace) }
            }
        }
    }
}

extension NetworkNamespace {
    /// Opens the namespace that plans call `namespace`.
    fileprivate convenience init(_ namespace: Planning.Namespace) throws(SystemCallError) {
        switch namespace {
        case .host: try self.init(path: "/proc/thread-self/ns/net")
        case .named(let name): try self.init(named: name)
        case .path(let path): try self.init(path: path)
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
