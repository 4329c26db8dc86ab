public import Addressing
import CLinux
import Glibc

/// Where a bridge or a VXLAN sends frames for a hardware address: an entry of its FDB (`bridge-fdb(8)`).
public struct ForwardingEntry: Hashable, Sendable {
    /// The index of the port, or of the VXLAN itself.
    public var link: Int32
    /// The hardware address; all zeros is every address that has no entry (`NDA_LLADDR`).
    public var macAddress: MACAddress
    /// The machine to send to, of a VXLAN (`NDA_DST`).
    public var destination: IPAddress?
    /// The VXLAN's number at the other end, where it is not this one's (`NDA_VNI`).
    public var vni: UInt32?
    /// The UDP port of the other end, where it is not this one's (`NDA_PORT`).
    public var port: UInt16?
    /// The VLAN, of a bridge that filters by them (`NDA_VLAN`).
    public var vlan: UInt16?
    /// The index of the bridge that the entry is in, as a dump tells it (`NDA_MASTER`).
    public var master: Int32?
    /// What the kernel knows of it.
    public var state: Neighbour.State = .permanent
    /// Whose table it is in: `own` or `master`.
    public var flags: Neighbour.Flags

    /// A permanent entry of the link with the index `link`, or of its bridge if `flags` are `.master`.
    public init(
        _ macAddress: MACAddress, to destination: IPAddress? = nil, link: Int32, flags: Neighbour.Flags = .own
    ) {
        self.macAddress = macAddress
        self.destination = destination
        self.link = link
        self.flags = flags
    }

    /// Reads what follows the header of an `RTM_NEWNEIGH` message of the family `AF_BRIDGE`.
    init?(parsing body: RawSpan) throws(NetlinkError) {
        let header = try body.structure(ndmsg.self)
        var macAddress: MACAddress?
        var entry = ForwardingEntry(MACAddress(bits: 0), link: header.ndm_ifindex)
        try body.forEachAttribute(after: ndmsg.self) { type, value throws(NetlinkError) in
            switch type {
            case NDA_LLADDR: macAddress = MACAddress(bytes: value.array())
            case NDA_DST: entry.destination = try value.address()
            case NDA_VNI: entry.vni = try value.integer()
            case NDA_PORT: entry.port = try value.bigEndian()
            case NDA_VLAN: entry.vlan = try value.integer()
            case NDA_MASTER: entry.master = try value.integer(Int32.self)
            default: break
            }
        }
        guard let macAddress else { return nil }
        entry.macAddress = macAddress
        entry.state = Neighbour.State(rawValue: header.ndm_state)
        entry.flags = Neighbour.Flags(rawValue: header.ndm_flags)
        self = entry
    }

    fileprivate var header: ndmsg {
        // An entry that is not bound to time has both bits.
        let state = state == .permanent ? [.permanent, .noARP] : state
        return ndmsg(family: UInt8(AF_BRIDGE), link: link, state: state, flags: flags)
    }

    fileprivate var attributes: [Attribute<Neighbour>?] {
        [
            .init(NDA_LLADDR, bytes: macAddress.bytes),
            destination.map { .init(NDA_DST, bytes: $0.bytes) },
            port.map { .init(NDA_PORT, bigEndian: $0) },
            vni.map { .init(NDA_VNI, $0) },
            vlan.map { .init(NDA_VLAN, $0) },
        ]
    }

    fileprivate var subject: String { "forwarding entry \(macAddress) of link #\(link)" }
}

extension Request {
    /// Makes an entry; `EEXIST` if there is one for the hardware address.
    ///
    /// Equivalent to: `bridge fdb add MAC dev LINK [self | master] [dst ADDRESS] permanent`.
    public static func addForwardingEntry(_ entry: ForwardingEntry) -> Request {
        Request(
            .newNeighbour, [.create, .exclusive], about: entry.subject, header: entry.header, entry.attributes)
    }

    /// Makes an entry, in the place of the one for the hardware address.
    ///
    /// Equivalent to: `bridge fdb replace MAC dev LINK [self | master] [dst ADDRESS] permanent`.
    public static func replaceForwardingEntry(_ entry: ForwardingEntry) -> Request {
        Request(.newNeighbour, [.create, .replace], about: entry.subject, header: entry.header, entry.attributes)
    }

    /// Makes a further entry for a hardware address: frames go to each of the destinations.
    ///
    /// Equivalent to: `bridge fdb append MAC dev LINK self dst ADDRESS permanent`.
    public static func appendForwardingEntry(_ entry: ForwardingEntry) -> Request {
        Request(.newNeighbour, [.create, .append], about: entry.subject, header: entry.header, entry.attributes)
    }

    /// Deletes an entry; `ENOENT` if there is none.
    ///
    /// Equivalent to: `bridge fdb delete MAC dev LINK [self | master] [dst ADDRESS]`.
    public static func deleteForwardingEntry(_ entry: ForwardingEntry) -> Request {
        Request(.deleteNeighbour, about: entry.subject, header: entry.header, entry.attributes)
    }
}

extension NetlinkSocket {
    /// The entries of all bridges and VXLANs of the namespace, or of the ports of one bridge.
    ///
    /// Equivalent to: `bridge fdb show [br BRIDGE]`.
    public func forwardingEntries(ofBridge bridge: Int32? = nil) throws(NetlinkError) -> [ForwardingEntry] {
        let request = Request(
            .getNeighbour, about: "forwarding entries", header: ndmsg(family: UInt8(AF_BRIDGE)),
            [bridge.map { Attribute<Neighbour>(NDA_MASTER, $0) }])
        return try dump(request) { body throws(NetlinkError) in try ForwardingEntry(parsing: body) }
    }
}
