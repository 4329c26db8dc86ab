import Linux
import Netlink
import Planning

/// What there is on the machine, as far as a topology can be concerned by it: read once, then asked many things.
struct Snapshot {
    let machine: Machine
    let host: NamespaceSnapshot
    /// Namespaces that carry a mark of ours, by name.
    let named: [String: NamespaceSnapshot]
    /// Namespaces that are not weft's, and have interfaces of containers that join them.
    let joined: JoinedNamespaces
    /// Names below `/run/netns` that are namespaces without our mark.
    let foreign: Set<String>
    /// Names below `/run/netns` at which nothing is mounted: what an interrupted creation leaves.
    let unmounted: Set<String>
    /// The rule sets of the host and of the namespaces that stand for hosts.
    let firewalls: [Planning.Namespace: FirewallObservation]
    /// Files below `/etc/netns`, whoever wrote them.
    let files: [ConfigurationFile]
    let pairs: VethPairs
    /// What there is at the link on which packets change their version, by host.
    let translators: [Planning.Namespace: TranslatorSnapshot]

    /// Reads the machine.
    ///
    /// - Parameter joined: Namespaces to look into, though they are not weft's.
    init(of machine: Machine, joined: [Planning.Namespace]) throws(ReconcileError) {
        self.machine = machine
        let names = try calling { () throws(SystemCallError) in try NetworkNamespace.list() }
        let mounted = try calling { () throws(SystemCallError) in
            var mounted: [String] = []
            for name in names where try NetworkNamespace.isMounted(name) { mounted.append(name) }
            return mounted
        }
        unmounted = Set(names).subtracting(mounted)
        try machine.open(mounted.map { .named($0) })
        var named: [String: NamespaceSnapshot] = [:]
        for name in mounted {
            let place = try machine.place(.named(name))
            let snapshot = try talking { () throws(NetlinkError) -> NamespaceSnapshot? in
                let mark = try place.routing.link("lo").alias.flatMap { OwnershipMark($0) }
                return mark == nil ? nil : try NamespaceSnapshot(.named(name), place.routing)
            }
            named[name] = snapshot
            if snapshot == nil { machine.close(.named(name)) }
        }
        self.named = named
        foreign = Set(mounted.filter { named[$0] == nil })
        let here = try machine.place(.host)
        let host = try talking { () throws(NetlinkError) in try NamespaceSnapshot(.host, here.routing) }
        self.host = host
        var firewalls: [Planning.Namespace: FirewallObservation] = [:]
        var translators: [Planning.Namespace: TranslatorSnapshot] = [:]
        for snapshot in [host] + named.values.filter({ $0.mark?.host != nil }) {
            let namespace = snapshot.namespace
            let socket = try machine.socket(.netfilter, in: namespace)
            let routing = try machine.place(namespace).routing
            firewalls[namespace] = try talking { () throws(NetlinkError) in try FirewallObservation.read(socket) }
            translators[namespace] = try talking { () throws(NetlinkError) in
                try TranslatorSnapshot(of: snapshot, routing)
            }
        }
        self.firewalls = firewalls
        self.translators = translators
        files = try Self.readFiles()
        self.joined = try JoinedNamespaces(joined, on: machine)
        pairs = VethPairs([host] + named.values + self.joined.snapshots.values, machine: machine)
    }

    /// The names of all topologies that have a mark somewhere.
    var topologies: Set<String> {
        let links = host.links.compactMap { $0.alias.flatMap { OwnershipMark($0) } }
        let marks =
            links + named.values.compactMap(\.mark) + files.compactMap { ConfigurationFile.owner(of: $0.content) }
        return Set(marks.map(\.topology) + firewalls.values.flatMap(\.topologies)).subtracting([
            OwnershipMark.sharedTopology
        ])
    }

    /// The namespace, if it is the host's, carries a mark of ours, or was to be looked into.
    subscript(namespace: Planning.Namespace) -> NamespaceSnapshot? {
        switch namespace {
        case .host: host
        case .named(let name): named[name] ?? joined.snapshots[namespace]
        case .path: joined.snapshots[namespace]
        }
    }

    private static func readFiles() throws(ReconcileError) -> [ConfigurationFile] {
        try calling { () throws(SystemCallError) in
            var files: [ConfigurationFile] = []
            for container in try contents(of: "/etc/netns") {
                for name in ConfigurationFile.names {
                    var file = ConfigurationFile(container: container, name: name, content: "")
                    do throws(SystemCallError) {
                        file.content = String(decoding: try readFile(file.path, limit: 16 << 20), as: UTF8.self)
                    } catch {
                        guard error.errno == .noEntry || error.errno == .notDirectory else { throw error }
                        continue
                    }
                    files.append(file)
                }
            }
            return files
        }
    }

    private static func contents(of directory: String) throws(SystemCallError) -> [String] {
        do throws(SystemCallError) { return try listDirectory(directory) } catch {
            guard error.errno == .noEntry else { throw error }
            return []
        }
    }
}
