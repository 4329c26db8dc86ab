import Addressing
import Links

extension [KernelObject] {
    /// The objects with the MTUs that links get from others, so that these are kept too, and without IPv6's sysctls of links whose
    /// packets are too small for it: the kernel has none there (`addrconf_notify`, net/ipv6/addrconf.c).
    func sized() -> [KernelObject] {
        let sizes = LinkSizes(self)
        guard sizes.isNeeded else { return self }
        return compactMap { object in
            switch object {
            case .link(var link):
                if link.mtu == nil { link.mtu = sizes.mtu(of: link.id) }
                return .link(link)
            case .sysctl(let sysctl):
                guard let link = sysctl.link, sysctl.path.starts(with: ["net", "ipv6"]),
                    let mtu = sizes.mtu(of: Link.id(sysctl.namespace, link)), mtu < LinkSizes.leastOfIPv6
                else { return object }
                return nil
            default: return object
            }
        }
    }
}

/// The MTUs of links, told from each other as the kernel does when it makes them.
private struct LinkSizes {
    /// The least MTU that IPv6 works with (RFC 8200 §5).
    static let leastOfIPv6: UInt32 = 1280
    private var links: [ObjectID: Link] = [:]
    private var ports: [ObjectID: [ObjectID]] = [:]

    init(_ objects: [KernelObject]) {
        for case .link(let link) in objects {
            for identity in link.identities { links[identity] = link }
        }
        guard isNeeded else { return }
        for case .port(let port) in objects where port.link != port.bridge {
            ports[Link.id(port.namespace, port.bridge), default: []].append(Link.id(port.namespace, port.link))
        }
    }

    /// Whether there is a link that has no MTU of its own, or a small one.
    var isNeeded: Bool { links.values.contains { $0.mtu.map { $0 < Self.leastOfIPv6 } ?? true } }

    /// The MTU of a link, as far as it can be known: a bridge has the least of its ports', a link that shares another one that
    /// one's, and a tunnel by a certain link what its headers leave of it.
    func mtu(of id: ObjectID) -> UInt32? {
        guard let link = links[id] else { return nil }
        if let mtu = link.mtu { return mtu }
        switch link.device {
        case .dummy: return 1500
        case .bridge:
            let mtus = (ports[id] ?? []).map(mtu)
            return mtus.contains(nil) ? nil : mtus.compactMap(\.self).min() ?? 1500
        case .some(let device):
            guard let lower = link.lower, let below = lower.link, let mtu = mtu(of: Link.id(lower.namespace, below))
            else { return nil }
            let overhead = device.overhead(over: device.underlayFamily ?? .v4)
            return mtu - min(mtu, overhead)
        case nil: return nil
        }
    }
}
