public import Addressing
public import Topology

/// What the neighbours on a bridge should hear: an endpoint has new addresses, or a new MAC address.
///
/// Whoever had one of the addresses before may be known to them at another MAC address (RFC 5227 §3, RFC 4861 §7.2.6).
public struct Announcement: Hashable, Sendable {
    /// The endpoint's sandbox.
    public var namespace: Namespace
    /// The endpoint's interface.
    public var interface: String
    /// The interface's MAC address.
    public var mac: MACAddress
    /// The bridge's port that leads to the endpoint.
    public var port: String
    /// Where the port is.
    public var portNamespace = Namespace.host
    /// Families of the new addresses.
    public var families: Set<IPFamily>
    /// Whether the interface was there before.
    public var isOnOldInterface: Bool
    /// How often it is to be said.
    public var count: Int
    /// Milliseconds from one time to the next.
    public var interval: Int
}

extension Plan<KernelObject> {
    /// What is to be said once the plan, which leads to `layout`, is carried out.
    ///
    /// On a bridge that the plan makes there is nobody who could know an address elsewhere, so nothing is said there unless the
    /// file asks for it: each message goes to every port, and the cost of them all grows with the square of the endpoints.
    public func announcements(in layout: Layout) -> [Announcement] {
        let news = News(operations)
        guard !news.families.isEmpty else { return [] }
        let networks = Dictionary(layout.networks.map { ($0.declaration.key, $0) }) { first, _ in first }
        return layout.containers.filter { $0.sandbox == .own }.flatMap { container in
            container.endpoints.compactMap { endpoint -> Announcement? in
                let id = Link.id(.named(container.name), endpoint.interface)
                guard let network = networks[endpoint.network], network.declaration.driver.hasBridge,
                    let families = news.families[id]
                else { return nil }
                let options = network.declaration.options
                let count = options.announcementCount ?? (news.links.contains(network.bridge) ? 0 : 1)
                guard count > 0 else { return nil }
                return Announcement(
                    namespace: .named(container.name), interface: endpoint.interface, mac: endpoint.mac,
                    port: layout.hostEnd(of: container, on: network),
                    portNamespace: layout.hostNamespace(of: container), families: families,
                    isOnOldInterface: news.origins[id] == nil, count: count,
                    interval: options.announcementInterval ?? 1000)
            }
        }
    }
}

/// What operations bring that neighbours should hear of.
private struct News {
    /// Families of new addresses by the interface that has them.
    var families: [ObjectID: Set<IPFamily>] = [:]
    /// Names of links that are made, bridges among them.
    var links: Set<String> = []
    /// Where the first ends are of the pairs that are made, by either end.
    var origins: [ObjectID: Namespace] = [:]

    init(_ operations: [Operation<KernelObject>]) {
        for operation in operations {
            switch operation {
            case .create(.address(let address)):
                families[Link.id(address.namespace, address.link), default: []].insert(address.address.address.family)
            case .create(.link(let link)):
                links.insert(link.name)
                for id in link.identities { origins[id] = link.namespace }
            case .update(.link(let old), .link(let new)):
                guard let end = new.peer, old.peer?.mac != end.mac else { break }
                families[Link.id(end.namespace, end.name)] = [.v4, .v6]
            default: break
            }
        }
    }
}
