public import Addressing
import Links
public import Topology

/// What the neighbours on a bridge or a shared interface should hear: an endpoint has new addresses, or a new MAC address.
///
/// Whoever had one of the addresses before may be known to them at another MAC address (RFC 5227 §3, RFC 4861 §7.2.6).
public struct Announcement: Hashable, Sendable {
    /// The endpoint's sandbox.
    public var namespace: Namespace
    /// The endpoint's interface.
    public var interface: String
    /// The interface's MAC address.
    public var mac: MACAddress
    /// The bridge's port that leads to the endpoint; `nil` where the endpoint is made upon an interface of the host.
    public var port: String?
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
    /// file asks for it: each message goes to every port, and the cost of them all grows with the square of the endpoints. So it is
    /// on an interface that the plan makes and a macvlan network shares; behind another one there may be neighbours.
    ///
    /// Of ipvlan's endpoints nothing is said: only a link with an Ethernet address of its own can be made to speak.
    public func announcements(in layout: Layout) -> [Announcement] {
        let news = News(operations)
        guard !news.families.isEmpty else { return [] }
        let networks = Dictionary(layout.networks.map { ($0.declaration.key, $0) }) { first, _ in first }
        return layout.containers.filter { $0.sandbox == .own }.flatMap { container in
            container.endpoints.compactMap { endpoint -> Announcement? in
                let id = Link.id(.named(container.name), endpoint.interface)
                guard let families = news.families[id], let network = networks[endpoint.network],
                    let place = layout.place(of: container, on: network)
                else { return nil }
                let options = network.declaration.options
                let count = options.announcementCount ?? (news.origins[place.shared] == nil ? 1 : 0)
                guard count > 0 else { return nil }
                return Announcement(
                    namespace: .named(container.name), interface: endpoint.interface, mac: endpoint.mac,
                    port: place.port,
                    portNamespace: layout.hostNamespace(of: container), families: families,
                    isOnOldInterface: news.origins[id] == nil, count: count,
                    interval: options.announcementInterval ?? 1000)
            }
        }
    }
}

extension Layout {
    /// Where `container` is among neighbours who can be told: the link that they share, and the bridge's port if it is a bridge.
    fileprivate func place(of container: Container, on network: Network) -> (shared: ObjectID, port: String?)? {
        let host = hostNamespace(of: container)
        if network.declaration.driver.hasBridge {
            return (Link.id(host, network.bridge), hostEnd(of: container, on: network))
        }
        guard case .macvlan(let macvlan)? = network.declaration.deviceOnParent, macvlan.mode != .passthru,
            let parent = network.parent
        else { return nil }
        // A VLAN that the network makes leads to whoever was on it before.
        if case .vlan(_, let base) = parent.origin { return (Link.id(host, base), nil) }
        return (Link.id(host, parent.interface), nil)
    }
}

/// What operations bring that neighbours should hear of.
private struct News {
    /// Families of new addresses by the interface that has them.
    var families: [ObjectID: Set<IPFamily>] = [:]
    /// Where the links are that are made, or a pair's first end, by either end.
    var origins: [ObjectID: Namespace] = [:]

    init(_ operations: [Operation<KernelObject>]) {
        for operation in operations {
            switch operation {
            case .create(.address(let address)):
                families[Link.id(address.namespace, address.link), default: []].insert(address.address.address.family)
            case .create(.link(let link)):
                for id in link.identities { origins[id] = link.namespace }
            case .update(.link(let old), .link(let new)):
                if case .device(.macvlan) = new.kind, old.mac != new.mac { families[new.id] = [.v4, .v6] }
                guard let end = new.peer, old.peer?.mac != end.mac else { break }
                families[Link.id(end.namespace, end.name)] = [.v4, .v6]
            default: break
            }
        }
    }
}
