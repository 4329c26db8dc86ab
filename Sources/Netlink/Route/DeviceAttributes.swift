import Addressing
import CLinux
public import Links

/// The settings of a kind of link, as they go to the kernel in `IFLA_INFO_DATA` and come back in it.
protocol DeviceAttributes: DeviceSettings {
    /// The attributes; `lower` is the index of the link below, for the kinds that are told of it here.
    func attributes(lower: Int32?) -> [Attribute<Self>?]
    /// Reads the attributes of a link of one of the kind's names.
    init(kind: String, parsing data: RawSpan) throws(NetlinkError)
    /// The index of the link below, for the kinds that tell of it here.
    static func lower(in data: RawSpan) throws(NetlinkError) -> Int32?
    /// Settings that a new link has without being told; `nil` for kinds that are told everything.
    static var unsaid: Self? { get }
}

extension DeviceAttributes {
    static func lower(in data: RawSpan) throws(NetlinkError) -> Int32? { nil }
    static var unsaid: Self? { nil }

    /// What turns a link with the settings `old` into one with these, or makes a new one.
    fileprivate func changes(from old: Device?, lower: Int32?) -> Attribute<LinkInfo>? {
        let old = old.flatMap { $0.settings as? Self } ?? Self.unsaid
        let known = Set((old?.attributes(lower: nil) ?? []).compactMap(\.self))
        let attributes = attributes(lower: lower).compactMap(\.self).filter { !known.contains($0) }
        return attributes.isEmpty ? nil : Attribute<LinkInfo>(IFLA_INFO_DATA, nest: attributes)
    }
}

extension Device {
    /// The settings with their attributes.
    private var wire: any DeviceAttributes {
        switch self {
        case .bridge(let settings): settings
        case .dummy(let settings): settings
        case .geneve(let settings): settings
        case .gre(let settings): settings
        case .ipTunnel(let settings): settings
        case .ipvlan(let settings): settings
        case .macvlan(let settings): settings
        case .vlan(let settings): settings
        case .vrf(let settings): settings
        case .vxlan(let settings): settings
        }
    }

    /// Reads the settings of a link of the kind called `kind`; `nil` for one that is no device, such as a veth or hardware.
    init?(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        switch kind {
        case _ where Bridge.kinds.contains(kind): self = .bridge(try .init(kind: kind, parsing: data))
        case _ where Dummy.kinds.contains(kind): self = .dummy(try .init(kind: kind, parsing: data))
        case _ where Geneve.kinds.contains(kind): self = .geneve(try .init(kind: kind, parsing: data))
        case _ where GRE.kinds.contains(kind): self = .gre(try .init(kind: kind, parsing: data))
        case _ where IPTunnel.kinds.contains(kind): self = .ipTunnel(try .init(kind: kind, parsing: data))
        case _ where IPVLAN.kinds.contains(kind): self = .ipvlan(try .init(kind: kind, parsing: data))
        case _ where MACVLAN.kinds.contains(kind): self = .macvlan(try .init(kind: kind, parsing: data))
        case _ where VLAN.kinds.contains(kind): self = .vlan(try .init(kind: kind, parsing: data))
        case _ where VRF.kinds.contains(kind): self = .vrf(try .init(kind: kind, parsing: data))
        case _ where VXLAN.kinds.contains(kind): self = .vxlan(try .init(kind: kind, parsing: data))
        default: return nil
        }
    }

    /// What turns a link that is `old` into this one, or makes a new one.
    func changes(from old: Device?, lower: Int32?) -> Attribute<LinkInfo>? { wire.changes(from: old, lower: lower) }

    func lower(in data: RawSpan) throws(NetlinkError) -> Int32? { try type(of: wire).lower(in: data) }
}

extension LinkKind {
    /// The kind of `device`, above the link with the index `lower`, which is one of the socket's namespace.
    ///
    /// Equivalent to: `ip link add [link LOWER] … type KIND [dev LOWER] …`.
    public static func device(_ device: Device, lower: Int32? = nil) -> LinkKind { LinkKind(device, lower: lower) }
}

extension Attribute {
    /// A byte that is 0 or 1; absent if there is no value.
    static func flag(_ type: some BinaryInteger, _ value: Bool?) -> Self? {
        value.map { .init(type, UInt8($0 ? 1 : 0)) }
    }
}

extension RawSpan {
    /// The value of an attribute that holds a byte that is 0 or 1.
    func flag() throws(NetlinkError) -> Bool { try integer(UInt8.self) != 0 }

    /// The value of an attribute that holds an integer in which 0 stands for none.
    func nonzero<Value: FixedWidthInteger & BitwiseCopyable>() throws(NetlinkError) -> Value? {
        let value: Value = try integer()
        return value == 0 ? nil : value
    }

    /// The value of an attribute that holds an address in which the unspecified one stands for none.
    func specifiedAddress() throws(NetlinkError) -> IPAddress? {
        let address = try address()
        return address.bits == 0 ? nil : address
    }

    /// The index of a link in the attribute `type` among these; `nil` where it is not there or 0.
    func lower(_ type: Int) throws(NetlinkError) -> Int32? {
        var lower: Int32?
        try forEachAttribute { found, value throws(NetlinkError) in
            if found == type { lower = try value.nonzero() }
        }
        return lower
    }
}
