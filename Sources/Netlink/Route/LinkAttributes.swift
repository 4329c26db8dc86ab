public import Addressing
import CLinux
public import Links
public import Linux

/// The space of `IFLA_INFO_*`, inside `IFLA_LINKINFO`.
public enum LinkInfo {}

extension Attribute where Space == Link {
    /// The name, at most 15 bytes (`IFLA_IFNAME`).
    public static func name(_ name: String) -> Self { .init(IFLA_IFNAME, name) }

    /// A further name, at most 127 bytes (`IFLA_ALT_IFNAME`).
    static func alternativeName(_ name: String) -> Self { .init(IFLA_ALT_IFNAME, name) }

    /// Text for people, at most 255 bytes; empty to remove it (`IFLA_IFALIAS`).
    ///
    /// The kernel ignores it while it makes a link: it needs a `setLink`.
    public static func alias(_ text: String) -> Self { .init(IFLA_IFALIAS, bytes: Array(text.utf8)) }

    /// The hardware address (`IFLA_ADDRESS`).
    public static func macAddress(_ address: MACAddress) -> Self { .init(IFLA_ADDRESS, bytes: address.bytes) }

    /// Largest layer-3 packet, in bytes (`IFLA_MTU`).
    public static func mtu(_ bytes: UInt32) -> Self { .init(IFLA_MTU, bytes) }

    /// Packets that may wait to be sent; a queueing discipline that is attached later makes 0 the default (`IFLA_TXQLEN`).
    public static func queueLength(_ packets: UInt32) -> Self { .init(IFLA_TXQLEN, packets) }

    /// The index of the link's master, such as a bridge; 0 for none (`IFLA_MASTER`).
    public static func master(_ index: Int32) -> Self { .init(IFLA_MASTER, index) }

    /// The group, for changes to many links at once (`IFLA_GROUP`).
    public static func group(_ group: UInt32) -> Self { .init(IFLA_GROUP, group) }

    /// The index of the link below (`IFLA_LINK`).
    public static func lower(_ index: Int32) -> Self { .init(IFLA_LINK, index) }

    /// The namespace to create the link in, or to move it to (`IFLA_NET_NS_FD`).
    ///
    /// The request must be sent while `namespace` is held.
    public static func namespace(_ namespace: NetworkNamespace) -> Self {
        .init(IFLA_NET_NS_FD, namespace.descriptor.rawValue)
    }

    /// The number of the namespace to create the link in, before it comes into its own: that which `lower` is in
    /// (`IFLA_LINK_NETNSID`).
    public static func lowerNamespace(_ id: Int32) -> Self { .init(IFLA_LINK_NETNSID, id) }

    /// How a bridge treats the link, which must be a port of one in the request or before.
    public static func bridgePort(_ settings: BridgePort) -> Self {
        .init(
            IFLA_LINKINFO,
            nest: [
                Attribute<LinkInfo>(IFLA_INFO_SLAVE_KIND, Bridge.kind),
                Attribute<LinkInfo>(IFLA_INFO_SLAVE_DATA, nest: settings.attributes),
            ])
    }

    /// The settings of a link that is `old` and is to be `new`, of the same kind.
    public static func settings(_ new: Device, from old: Device) -> Self {
        .init(
            IFLA_LINKINFO,
            nest: [Attribute<LinkInfo>(IFLA_INFO_KIND, new.kind), new.changes(from: old, lower: nil)])
    }

    static func kind(_ kind: LinkKind) -> Self {
        .init(IFLA_LINKINFO, nest: [Attribute<LinkInfo>(IFLA_INFO_KIND, kind.name), kind.data])
    }
}

/// A kind of link that can be made, and its own attributes.
public struct LinkKind: Hashable, Sendable {
    /// The kernel's name, such as `veth`.
    public let name: String
    let data: Attribute<LinkInfo>?
    /// The link below, for the kinds that are told of it outside of their own attributes.
    let lower: Attribute<Link>?

    /// The kind `name` with the attributes of its space, if it has any.
    init<Space>(_ name: String, _ attributes: [Attribute<Space>?]) {
        self.name = name
        let isEmpty = attributes.allSatisfy { $0 == nil }
        data = isEmpty ? nil : Attribute<LinkInfo>(IFLA_INFO_DATA, nest: attributes)
        lower = nil
    }

    /// The kind of `device`, above the link with the index `lower`.
    init(_ device: Device, lower: Int32?) {
        name = device.kind
        data = device.changes(from: nil, lower: lower)
        self.lower = type(of: device.settings).lowerKeyword == .link ? lower.map { .lower($0) } : nil
    }
}
