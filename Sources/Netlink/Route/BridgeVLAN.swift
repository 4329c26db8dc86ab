import CLinux
import Glibc
public import Links

/// The space of `IFLA_BRIDGE_*`, inside `IFLA_AF_SPEC` of a message of the family `AF_BRIDGE`.
enum BridgeSpace {}

extension Request {
    /// Makes a port, or the bridge itself, a part of VLANs.
    ///
    /// Equivalent to: `bridge vlan add dev LINK vid VID[-VID] [pvid] [untagged] [self]`.
    /// - Parameters:
    ///   - link: The index of the port, or of the bridge.
    ///   - isBridge: Whether it is the bridge.
    public static func addVLANs(_ runs: [PortVLANs.Run], to link: Int32, isBridge: Bool = false) -> Request {
        vlans(.newBridgeLink, runs, of: link, isBridge: isBridge)
    }

    /// Takes a port, or the bridge itself, out of VLANs.
    ///
    /// Equivalent to: `bridge vlan delete dev LINK vid VID[-VID] [self]`.
    public static func deleteVLANs(_ runs: [PortVLANs.Run], of link: Int32, isBridge: Bool = false) -> Request {
        vlans(.deleteLink, runs, of: link, isBridge: isBridge)
    }

    private static func vlans(
        _ type: MessageType, _ runs: [PortVLANs.Run], of link: Int32, isBridge: Bool
    ) -> Request {
        var header = ifinfomsg(index: link)
        header.ifi_family = UInt8(AF_BRIDGE)
        let flags = UInt16(isBridge ? BRIDGE_FLAGS_SELF : BRIDGE_FLAGS_MASTER)
        return Request(
            type, about: "VLANs of link #\(link)", header: header,
            [
                Attribute<Link>(
                    IFLA_AF_SPEC,
                    nest: [Attribute<BridgeSpace>(IFLA_BRIDGE_FLAGS, flags)] + runs.flatMap(\.attributes))
            ])
    }
}

extension MessageType {
    static let newBridgeLink = MessageType(RTM_SETLINK, "RTM_SETLINK")
}

extension PortVLANs.Run {
    /// One entry, or those of a range's two ends.
    fileprivate var attributes: [Attribute<BridgeSpace>] {
        let flags =
            (isPVID ? UInt16(BRIDGE_VLAN_INFO_PVID) : 0) | (isUntagged ? UInt16(BRIDGE_VLAN_INFO_UNTAGGED) : 0)
        func entry(_ id: UInt16, _ place: Int32) -> Attribute<BridgeSpace> {
            let info = bridge_vlan_info(flags: flags | UInt16(place), vid: id)
            return .init(IFLA_BRIDGE_VLAN_INFO, bytes: wireBytes(of: info))
        }
        guard ids.count > 1 else { return [entry(ids.lowerBound, 0)] }
        return [
            entry(ids.lowerBound, BRIDGE_VLAN_INFO_RANGE_BEGIN), entry(ids.upperBound, BRIDGE_VLAN_INFO_RANGE_END),
        ]
    }
}

extension NetlinkSocket {
    /// The VLANs of the ports and bridges of the namespace, by the index of the link; only of bridges that can filter.
    ///
    /// Equivalent to: `bridge -compressvlans vlan show`.
    public func portVLANs() throws(NetlinkError) -> [Int32: PortVLANs] {
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        let request = Request(
            .getLink, about: "VLANs of ports", header: header,
            [Attribute<Link>(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_BRVLAN_COMPRESSED))])
        let found = try dump(request) { body throws(NetlinkError) -> (Int32, PortVLANs)? in
            let link = try body.structure(ifinfomsg.self).ifi_index
            return try PortVLANs(parsing: body).map { (link, $0) }
        }
        return Dictionary(found) { first, _ in first }
    }
}

extension PortVLANs {
    /// Reads what follows the header of an `RTM_NEWLINK` message of the family `AF_BRIDGE`; `nil` if it tells of no VLAN.
    init?(parsing body: RawSpan) throws(NetlinkError) {
        var vlans = PortVLANs()
        var isTold = false
        var first: UInt16?
        try body.forEachAttribute(after: ifinfomsg.self) { type, value throws(NetlinkError) in
            guard type == IFLA_AF_SPEC else { return }
            try value.forEachAttribute { type, value throws(NetlinkError) in
                guard type == IFLA_BRIDGE_VLAN_INFO else { return }
                let info = try value.structure(bridge_vlan_info.self)
                isTold = true
                if info.has(BRIDGE_VLAN_INFO_RANGE_BEGIN) {
                    first = info.vid
                } else {
                    try vlans.add(from: first ?? info.vid, info)
                    first = nil
                }
            }
        }
        guard isTold else { return nil }
        self = vlans
    }

    private mutating func add(from first: UInt16, _ info: bridge_vlan_info) throws(NetlinkError) {
        guard first <= info.vid else { throw .malformedReply("VLANs \(first) to \(info.vid)") }
        if info.has(BRIDGE_VLAN_INFO_PVID) { pvid = info.vid }
        if info.has(BRIDGE_VLAN_INFO_UNTAGGED) {
            untagged.formUnion(first...info.vid)
        } else {
            tagged.formUnion(first...info.vid)
        }
    }
}

extension bridge_vlan_info {
    fileprivate func has(_ flag: Int32) -> Bool { Int32(flags) & flag != 0 }
}
