import Addressing
import Links
public import Topology

extension Leases {
    /// What the objects of `topology` that exist tell of addresses given out, so that no record of ours is needed.
    ///
    /// - Parameter state: Objects as observed, whatever topology they belong to.
    public init(observedIn state: State<KernelObject>, topology: String) {
        self.init()
        let addresses = AddressesByLink(of: state)
        let outside = state.namespacesOutsideContainers
        for case .link(let link) in state.objects.values {
            guard let mark = OwnershipMark(link.alias), let network = mark.part else { continue }
            switch link.kind {
            case .device(.bridge) where mark.topology == topology || mark.topology == OwnershipMark.sharedTopology:
                let known = addresses[link.namespace, link.name].map(\.subnet).sorted()
                if !known.isEmpty { subnets[network] = known }
            case .veth(let peer) where mark.topology == topology && outside.contains(link.namespace):
                let known = addresses[peer.namespace, peer.name].map(\.address).sorted()
                guard let container = link.container, !known.isEmpty else { continue }
                self.addresses[container, default: [:]][network] = known
            case .device where mark.topology == topology && link.isOnParent && !mark.isOfLink:
                guard let container = link.container else { continue }
                let known = addresses[link.namespace, link.name].sorted()
                if !known.isEmpty { self.addresses[container, default: [:]][network] = known.map(\.address) }
            default: continue
            }
        }
    }

    /// These leases, with those of `other` for whatever these say nothing about.
    public func completed(by other: Leases) -> Leases {
        Leases(
            subnets: subnets.merging(other.subnets) { own, _ in own },
            addresses: addresses.merging(other.addresses) { own, rest in own.merging(rest) { own, _ in own } },
            ports: ports.merging(other.ports) { own, rest in own.merging(rest) { own, _ in own } })
    }
}

extension Link {
    /// The container that a pair leads to, or whose link upon a parent it is, by the name for people on a pair's end at the
    /// host; `nil` for other links.
    ///
    /// That says it also of a container in a namespace of another name.
    public var container: String? {
        guard peer != nil || isOnParent else { return nil }
        let (namespace, name) = (peer?.namespace ?? namespace, peer?.name ?? name)
        if let known = alternativeName, known.hasSuffix(".\(name)") { return String(known.dropLast(name.count + 1)) }
        if case .named(let container) = namespace { return container }
        return nil
    }

    /// Whether it is of a kind that shares another link.
    public var isOnParent: Bool {
        switch kind {
        case .device(.macvlan), .device(.ipvlan): true
        default: false
        }
    }
}

extension State<KernelObject> {
    /// The host, and the namespaces that are no containers: those that hold the other ends of containers' interfaces.
    public var namespacesOutsideContainers: Set<Namespace> {
        objects.values.reduce(into: [.host]) { result, object in
            guard case .namespace(let namespace) = object, OwnershipMark(namespace.alias)?.isOfContainer == false
            else { return }
            result.insert(.named(namespace.name))
        }
    }
}

/// The addresses of a state by the link that has them.
private struct AddressesByLink {
    private var addresses: [ObjectID: [InterfaceAddress]] = [:]

    init(of state: State<KernelObject>) {
        for case .address(let address) in state.objects.values {
            addresses[Link.id(address.namespace, address.link), default: []].append(address.address)
        }
    }

    subscript(namespace: Namespace, link: String) -> [InterfaceAddress] {
        addresses[Link.id(namespace, link)] ?? []
    }
}
