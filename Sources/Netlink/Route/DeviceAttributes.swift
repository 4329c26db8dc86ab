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
}

extension DeviceAttributes {
    static func lower(in data: RawSpan) throws(NetlinkError) -> Int32? { nil }
}

extension Device {
    /// The settings with their attributes.
    private var wire: any DeviceAttributes {
        switch self {
        case .bridge(let settings): settings
        case .vxlan(let settings): settings
        }
    }

    /// Reads the settings of a link of the kind called `kind`; `nil` for one that is no device, such as a veth or hardware.
    init?(kind: String, parsing data: RawSpan) throws(NetlinkError) {
        if Bridge.kinds.contains(kind) {
            self = .bridge(try Bridge(kind: kind, parsing: data))
        } else if VXLAN.kinds.contains(kind) {
            self = .vxlan(try VXLAN(kind: kind, parsing: data))
        } else {
            return nil
        }
    }

    func attributes(lower: Int32?) -> Attribute<LinkInfo>? {
        func nest<Settings: DeviceAttributes>(_ settings: Settings) -> Attribute<LinkInfo>? {
            let attributes = settings.attributes(lower: lower)
            guard attributes.contains(where: { $0 != nil }) else { return nil }
            return Attribute<LinkInfo>(IFLA_INFO_DATA, nest: attributes)
        }
        return nest(wire)
    }

    func lower(in data: RawSpan) throws(NetlinkError) -> Int32? { try type(of: wire).lower(in: data) }
}

extension LinkKind {
    /// The kind of `device`, above the link with the index `lower`, which is one of the socket's namespace.
    ///
    /// Equivalent to: `ip link add [link LOWER] … type KIND [dev LOWER] …`.
    public static func device(_ device: Device, lower: Int32? = nil) -> LinkKind {
        LinkKind(device, lower: lower)
    }
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
}
