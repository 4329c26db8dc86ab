import CLinux
public import Linux

/// The space of the attributes `TCA_*`.
enum TrafficControlSpace {}

/// The space of `TCA_BPF_*`, inside `TCA_OPTIONS`.
enum PacketProgramSpace {}

/// A queueing discipline as the kernel tells of it (`tc-qdisc`, linux/rtnetlink.h).
public struct QueueingDiscipline: Hashable, Sendable {
    /// The number of its link.
    public var link: Int32
    /// Its kind, such as `clsact` (`TCA_KIND`).
    public var kind: String

    /// The kind that only has hooks for programs, and no queue.
    public static let hooks = "clsact"

    /// Reads what follows the header of an `RTM_NEWQDISC` message.
    init(parsing body: RawSpan) throws(NetlinkError) {
        link = try body.structure(tcmsg.self).tcm_ifindex
        var kind = ""
        try body.forEachAttribute(after: tcmsg.self) { type, value in
            if type == TCA_KIND { kind = value.text() }
        }
        self.kind = kind
    }
}

/// A filter at the way out of a link that is a program (tc-bpf(8)).
public struct ProgramFilter: Hashable, Sendable {
    /// The filter's number among those of its preference.
    public var handle: UInt32
    /// Its place: lower ones come first.
    public var preference: UInt16
    /// What its maker called the program (`TCA_BPF_NAME`); absent for filters of other kinds.
    public var name: String?

    /// Where ours is.
    static let first = (preference: UInt16(1), handle: UInt32(1))

    /// Whether the filter is where ours is.
    public var isFirst: Bool { (preference, handle) == Self.first }

    /// Reads what follows the header of an `RTM_NEWTFILTER` message; `nil` for the head of a list, which is no filter itself.
    init?(parsing body: RawSpan) throws(NetlinkError) {
        let header = try body.structure(tcmsg.self)
        guard header.tcm_handle != 0 else { return nil }
        handle = header.tcm_handle
        preference = UInt16(truncatingIfNeeded: header.tcm_info >> 16)
        var name: String?
        try body.forEachAttribute(after: tcmsg.self) { type, value throws(NetlinkError) in
            guard type == TCA_OPTIONS else { return }
            try value.forEachAttribute { type, value in
                if type == TCA_BPF_NAME { name = value.text() }
            }
        }
        self.name = name
    }
}

extension MessageType {
    static let newQdisc = MessageType(RTM_NEWQDISC, "RTM_NEWQDISC")
    static let deleteQdisc = MessageType(RTM_DELQDISC, "RTM_DELQDISC")
    static let getQdisc = MessageType(RTM_GETQDISC, "RTM_GETQDISC", modifies: false)
    static let newFilter = MessageType(RTM_NEWTFILTER, "RTM_NEWTFILTER")
    static let deleteFilter = MessageType(RTM_DELTFILTER, "RTM_DELTFILTER")
    static let getFilter = MessageType(RTM_GETTFILTER, "RTM_GETTFILTER", modifies: false)
}

extension Request {
    /// Gives a link hooks for programs; `EEXIST` if it has some.
    ///
    /// Equivalent to: `tc qdisc add dev LINK clsact`.
    public static func addHooks(to link: Int32) -> Request {
        Request(
            .newQdisc, [.create, .exclusive], about: "hooks of link #\(link)", header: tcmsg.hooks(of: link),
            [Attribute<TrafficControlSpace>(TCA_KIND, QueueingDiscipline.hooks)])
    }

    /// Takes a link's hooks away, and the programs with them; `EINVAL` or `ENOENT` if it has none.
    ///
    /// Equivalent to: `tc qdisc delete dev LINK clsact`.
    public static func deleteHooks(of link: Int32) -> Request {
        Request(
            .deleteQdisc, about: "hooks of link #\(link)", header: tcmsg.hooks(of: link),
            [Attribute<TrafficControlSpace>?]()
        )
    }

    /// Has all packets that leave by a link go through a program, which decides what becomes of them, and takes the place of
    /// the one before.
    ///
    /// The request must be sent while `program` is held.
    /// Equivalent to: `tc filter replace dev LINK egress pref 1 handle 1 bpf direct-action …`.
    public static func setProgram(_ program: Descriptor, name: String, at link: Int32) -> Request {
        Request(
            .newFilter, [.create], about: "program \(name) of link #\(link)", header: tcmsg.wayOut(of: link),
            [
                Attribute<TrafficControlSpace>(TCA_KIND, "bpf"),
                Attribute(
                    TCA_OPTIONS,
                    nest: [
                        Attribute<PacketProgramSpace>(TCA_BPF_FD, program.rawValue), Attribute(TCA_BPF_NAME, name),
                        Attribute(TCA_BPF_FLAGS, UInt32(TCA_BPF_FLAG_ACT_DIRECT)),
                    ]),
            ])
    }

    /// Takes the program away that `setProgram` put there; `ENOENT` if there is none.
    ///
    /// Equivalent to: `tc filter delete dev LINK egress pref 1 handle 1 bpf`.
    public static func deleteProgram(of link: Int32) -> Request {
        Request(
            .deleteFilter, about: "program of link #\(link)", header: tcmsg.wayOut(of: link),
            [Attribute<TrafficControlSpace>(TCA_KIND, "bpf")])
    }
}

extension NetlinkSocket {
    /// The queueing disciplines of all links.
    ///
    /// Equivalent to: `tc qdisc show`.
    public func queueingDisciplines() throws(NetlinkError) -> [QueueingDiscipline] {
        let request = Request(
            .getQdisc, about: "queueing disciplines", header: tcmsg(), [Attribute<TrafficControlSpace>?]())
        return try dump(request) { body throws(NetlinkError) in try QueueingDiscipline(parsing: body) }
    }

    /// The filters at the way out of a link with hooks.
    ///
    /// Equivalent to: `tc filter show dev LINK egress`.
    public func filters(of link: Int32) throws(NetlinkError) -> [ProgramFilter] {
        var header = tcmsg()
        header.tcm_ifindex = link
        header.tcm_parent = CLINUX_TC_EGRESS
        let request = Request(
            .getFilter, about: "filters of link #\(link)", header: header, [Attribute<TrafficControlSpace>?]())
        return try dump(request) { body throws(NetlinkError) in try ProgramFilter(parsing: body) }
    }
}

extension tcmsg {
    fileprivate static func hooks(of link: Int32) -> tcmsg {
        var header = tcmsg()
        header.tcm_ifindex = link
        header.tcm_parent = TC_H_CLSACT
        header.tcm_handle = CLINUX_TC_CLSACT
        return header
    }

    fileprivate static func wayOut(of link: Int32) -> tcmsg {
        var header = tcmsg()
        header.tcm_ifindex = link
        header.tcm_parent = CLINUX_TC_EGRESS
        header.tcm_handle = ProgramFilter.first.handle
        // The preference, and the protocol in network order.
        header.tcm_info = UInt32(ProgramFilter.first.preference) << 16 | UInt32(UInt16(ETH_P_ALL).bigEndian)
        return header
    }
}
