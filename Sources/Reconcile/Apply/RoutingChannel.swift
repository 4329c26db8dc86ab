import Addressing
import Linux
import Netlink
import Planning

/// Carries out the operations of one stage in one namespace, as many messages at once as can be.
struct RoutingChannel {
    /// A message and the object that it is about.
    private struct Entry {
        let request: Request
        let object: KernelObject
        /// Whether what is not there any more is as it should be.
        let isDeletion: Bool
    }

    private var entries: [Entry] = []
    private let operations: [Operation<KernelObject>]
    private let machine: Machine
    let routing: NetlinkSocket
    /// What another operation's message has carried out: ports and ups of new links, links of a deleted group.
    private var folded: Set<ObjectID> = []
    private var ports: [ObjectID: Planning.BridgePort] = [:]
    private var ups: Set<ObjectID> = []
    /// Links that are to be made and are not yet.
    private var waiting: [ObjectID: Planning.Link] = [:]
    private var indexes: [String: Int32] = [:]
    /// Programs that requests refer to, which must be there until these are sent.
    private var programs: [Descriptor] = []

    init(_ operations: [Operation<KernelObject>], in place: Machine.Place, on machine: Machine) {
        self.operations = operations
        self.machine = machine
        routing = place.routing
        for operation in operations {
            switch operation {
            case .create(.port(let port)) where !port.isBridge:
                ports[Planning.Link.id(port.namespace, port.link)] = port
            case .create(.up(let up)): ups.insert(up.id)
            default: continue
            }
        }
    }

    /// Sends everything; the first refusal is thrown with the object that it is about.
    ///
    /// Links are made first, and what goes to them by name only when they are known to be ours: after a refusal the kernel
    /// goes on with the next message, which would then change the link of somebody else that has the name.
    mutating func run() throws(ReconcileError) {
        try deleteRoutes()
        try deleteGroups()
        for case .create(.link(let link)) in operations { waiting[link.id] = link }
        for case .create(.link(let link)) in operations { try make(link) }
        try flush()
        for case .create(.link(let link)) in operations { try mark(link) }
        for operation in operations where !folded.contains(operation.object.id) { try add(operation) }
        try flush()
    }

    /// Deletes routes while their links, by whose numbers they are told, are there: nothing requires a route.
    private mutating func deleteRoutes() throws(ReconcileError) {
        for case .delete(.route(let route)) in operations {
            try delete(.route(route))
            folded.insert(route.id)
        }
    }

    /// Deletes links that have a group to themselves with one message: each message costs the kernel a grace period.
    private mutating func deleteGroups() throws(ReconcileError) {
        var doomed: [UInt32: [Planning.Link]] = [:]
        for case .delete(.link(let link)) in operations where link.group != 0 {
            doomed[link.group, default: []].append(link)
        }
        guard doomed.values.contains(where: { $0.count > 1 }) else { return }
        let present = try talking { () throws(NetlinkError) in try routing.links() }
        for (group, links) in doomed where links.count > 1 {
            let names = Set(links.map(\.name))
            guard present.allSatisfy({ $0.group != group || names.contains($0.name) }) else { continue }
            append(.deleteLinks(group: group), .link(links[0]), isDeletion: true)
            folded.formUnion(links.map(\.id))
        }
    }

    private mutating func add(_ operation: Operation<KernelObject>) throws(ReconcileError) {
        switch operation {
        case .create(let object): try create(object)
        case .update(let old, let new): try update(old, to: new)
        case .delete(let object): try delete(object)
        }
    }

    mutating func append(_ request: Request, _ object: KernelObject, isDeletion: Bool = false) {
        entries.append(Entry(request: request, object: object, isDeletion: isDeletion))
    }

    private mutating func create(_ object: KernelObject) throws(ReconcileError) {
        switch object {
        case .link: break
        case .port(let port):
            if !port.isBridge { append(.setLink(.name(port.link), [.master(try index(of: port.bridge))]), object) }
            // The bridge that is told of the treatment is the link's master from before the request.
            try treat(port)
        case .up(let up): append(.setLink(.name(up.link), isUp: true), object)
        case .address(let address):
            append(.addAddress(try wire(address)), object)
        case .neighbour(let neighbour): append(.replaceNeighbour(try wire(neighbour)), object)
        case .forwarding(let entry):
            let wire = try wire(entry)
            append(entry.isDefault ? .appendForwardingEntry(wire) : .replaceForwardingEntry(wire), object)
        // By a link that is not ours there may be others' routes, which stay.
        case .route(let route) where route.holder != nil: append(.addRoute(try wire(route)), object)
        case .route(let route): append(.replaceRoute(try wire(route)), object)
        case .qdisc(let qdisc): append(.addHooks(to: try index(of: qdisc.link)), object)
        case .filter(let filter): try install(filter)
        case .routingRule(let rule): append(.addRoutingRule(wire(rule)), object)
        case .table, .chain, .rule, .set, .native, .element, .namespace, .sysctl, .file:
            preconditionFailure("\(object) has a channel of its own")
        }
    }

    /// Makes `link` after the bridge that it is born as a port of, which may be made in the same stage.
    private mutating func make(_ link: Planning.Link) throws(ReconcileError) {
        guard waiting.removeValue(forKey: link.id) != nil else { return }
        let bridge = ports[link.id].map { Planning.Link.id($0.namespace, $0.bridge) }
        for required in link.requires + (bridge.map { [$0] } ?? []) {
            if let other = waiting[required] { try make(other) }
        }
        try create(link)
    }

    /// One message makes the link whole: a pair with both ends named, this end a port and up, the other in its namespace.
    private mutating func create(_ link: Planning.Link) throws(ReconcileError) {
        let port = ports[link.id]
        let master = if let port { try index(of: port.bridge) } else { Int32?.none }
        let up = LinkUp.id(link.namespace, link.name)
        let isUp = ups.contains(up) && link.peer != nil
        let attributes: [Attribute<Netlink.Link>?] = [
            link.mac.map { .macAddress($0) }, link.mtu.map { .mtu($0) }, master.map { .master($0) },
            link.group == 0 ? nil : .group(link.group),
            // What goes into a pair comes out at once: nothing waits, as in Docker's.
            link.peer == nil ? nil : .queueLength(0),
        ]
        if let lower = link.lower, lower.namespace != link.namespace {
            try flush()
            try BirthElsewhere(of: link, from: lower, on: machine).run(attributes)
        } else {
            append(
                .addLink(
                    link.name, try kind(of: link), isUp: isUp, hasNeighbours: link.hasNeighbours, attributes),
                .link(link))
        }
        if let port { folded.insert(port.id) }
        if isUp { folded.insert(up) }
    }

    private mutating func kind(of link: Planning.Link) throws(ReconcileError) -> LinkKind {
        switch link.kind {
        case .device(let device):
            let lower = if let name = link.lower?.link { try index(of: name) } else { Int32?.none }
            return .device(device, lower: lower)
        case .veth(let peer):
            let namespace = try machine.place(peer.namespace).namespace
            return .veth(
                peer: peer.name,
                [
                    peer.mac.map { .macAddress($0) }, link.mtu.map { .mtu($0) }, .queueLength(0),
                    .namespace(namespace),
                ])
        }
    }

    /// What the message that makes a link has no place for.
    private mutating func mark(_ link: Planning.Link) throws(ReconcileError) {
        append(.setLink(.name(link.name), [.alias(link.alias)]), .link(link))
        if let port = ports[link.id] { try treat(port) }
        if let name = link.alternativeName { append(.addAlternativeNames([name], to: .name(link.name)), .link(link)) }
    }

    private mutating func update(_ old: KernelObject, to new: KernelObject) throws(ReconcileError) {
        switch (old, new) {
        case (.link(let link), .link(let wanted)): try update(link, to: wanted, new)
        case (.port(let old), .port(let port)) where old.bridge == port.bridge: try treat(port, from: old)
        case (.route, .route(let route)): append(.replaceRoute(try wire(route)), new)
        case (.port, .port), (.up, .up), (.neighbour, .neighbour), (.forwarding, .forwarding), (.filter, .filter):
            try create(new)
        default: break
        }
    }

    private mutating func update(
        _ old: Planning.Link, to new: Planning.Link, _ object: KernelObject
    ) throws(ReconcileError) {
        append(
            .setLink(
                .name(new.name), hasNeighbours: old.hasNeighbours == new.hasNeighbours ? nil : new.hasNeighbours,
                [
                    old.mac == new.mac ? nil : new.mac.map { .macAddress($0) },
                    old.mtu == new.mtu ? nil : new.mtu.map { .mtu($0) },
                    old.alias == new.alias ? nil : .alias(new.alias),
                    old.group == new.group ? nil : .group(new.group),
                    settings(of: new, from: old),
                ]), object)
        if old.alternativeName != new.alternativeName {
            if let name = old.alternativeName {
                append(.deleteAlternativeNames([name], of: .name(new.name)), object, isDeletion: true)
            }
            if let name = new.alternativeName { append(.addAlternativeNames([name], to: .name(new.name)), object) }
        }
        try update(old, toPeerOf: new, object)
    }

    private func settings(of new: Planning.Link, from old: Planning.Link) -> Attribute<Netlink.Link>? {
        guard let wanted = new.device, let device = old.device, wanted != device else { return nil }
        return .settings(wanted, from: device)
    }

    /// The other end has a socket of its own.
    private mutating func update(
        _ old: Planning.Link, toPeerOf new: Planning.Link, _ object: KernelObject
    ) throws(ReconcileError) {
        guard let peer = new.peer, old.peer != peer || old.mtu != new.mtu else { return }
        try flush()
        let place = try machine.place(peer.namespace)
        let request = Request.setLink(.name(peer.name), [peer.mac.map { .macAddress($0) }, new.mtu.map { .mtu($0) }])
        try talking(about: object) { () throws(NetlinkError) in try place.routing.send(request) }
    }

    private mutating func delete(_ object: KernelObject) throws(ReconcileError) {
        switch object {
        case .link(let link): append(.deleteLink(.name(link.name)), object, isDeletion: true)
        case .port(let port) where port.isBridge: try resetVLANs(of: port)
        case .port(let port): append(.setLink(.name(port.link), [.master(0)]), object, isDeletion: true)
        case .up(let up): append(.setLink(.name(up.link), isUp: false), object, isDeletion: true)
        case .address(let address):
            append(.deleteAddress(try wire(address)), object, isDeletion: true)
        case .neighbour(let neighbour): append(.deleteNeighbour(try wire(neighbour)), object, isDeletion: true)
        case .forwarding(let entry): append(.deleteForwardingEntry(try wire(entry)), object, isDeletion: true)
        case .route(let route): append(.deleteRoute(try wire(route)), object, isDeletion: true)
        case .qdisc(let qdisc): append(.deleteHooks(of: try index(of: qdisc.link)), object, isDeletion: true)
        case .filter(let filter): append(.deleteProgram(of: try index(of: filter.link)), object, isDeletion: true)
        case .routingRule(let rule): append(.deleteRoutingRule(wire(rule)), object, isDeletion: true)
        case .table, .chain, .rule, .set, .native, .element, .namespace, .sysctl, .file:
            preconditionFailure("\(object) has a channel of its own")
        }
    }

    /// Puts the program of ours at the way out of a link; another's is none that a plan asks for.
    private mutating func install(_ filter: PacketFilter) throws(ReconcileError) {
        let link = try index(of: filter.link)
        let program = try calling { () throws(SystemCallError) in try Translator.program.load() }
        programs.append(program)
        append(.setProgram(program, name: Translator.program.name, at: link), .filter(filter))
    }

    /// The number of a link; what was collected so far is sent first, since it may be what makes the link.
    mutating func index(of name: String) throws(ReconcileError) -> Int32 {
        if let index = indexes[name] { return index }
        try flush()
        let index = try talking { () throws(NetlinkError) in try routing.link(.name(name)).index }
        indexes[name] = index
        return index
    }

    /// Sends what was collected.
    private mutating func flush() throws(ReconcileError) {
        let sent = entries
        entries = []
        defer { programs = [] }
        guard !sent.isEmpty else { return }
        let outcomes = try talking { () throws(NetlinkError) in try routing.outcomes(of: sent.map(\.request)) }
        let clearance = Clearance()
        for (entry, outcome) in zip(sent, outcomes) {
            let refusal = try clearance.wait(for: entry.object, outcome) { () throws(ReconcileError) in
                try talking { () throws(NetlinkError) in try routing.outcomes(of: [entry.request])[0] }
            }
            guard let error = refusal, !(entry.isDeletion && error.isNotFound) else { continue }
            throw ReconcileError(error, about: entry.object)
        }
    }
}
