import CLinux

extension MessageType {
    static let newLink = MessageType(RTM_NEWLINK, "RTM_NEWLINK")
    static let deleteLink = MessageType(RTM_DELLINK, "RTM_DELLINK")
    static let getLink = MessageType(RTM_GETLINK, "RTM_GETLINK", modifies: false)
    static let newLinkProperty = MessageType(RTM_NEWLINKPROP, "RTM_NEWLINKPROP")
    static let deleteLinkProperty = MessageType(RTM_DELLINKPROP, "RTM_DELLINKPROP")
}

extension Request {
    /// Makes a link; `EEXIST` if its name is taken.
    ///
    /// The kernel heeds an alias and alternative names only in a later request; sent together with this one, they are
    /// there by the time that `send` returns or the process is killed.
    /// Equivalent to: `ip link add NAME [index N] [mtu …] type KIND …`.
    /// - Parameters:
    ///   - index: The number that it gets; the kernel's choice if `nil`.
    ///   - isUp: Whether it comes up at once.
    ///   - hasNeighbours: Whether it finds out others' hardware addresses.
    public static func addLink(
        _ name: String, _ kind: LinkKind, index: Int32? = nil, isUp: Bool = false, hasNeighbours: Bool = true,
        _ attributes: [Attribute<Link>?] = []
    ) -> Request {
        Request(
            .newLink, [.create, .exclusive], about: "link \(name)",
            header: ifinfomsg(
                index: index ?? 0, isUp: isUp ? true : nil, hasNeighbours: hasNeighbours ? nil : false),
            [.name(name), kind.lower] + attributes + [.kind(kind)])
    }

    /// Changes a link.
    ///
    /// Equivalent to: `ip link set dev LINK [up | down] [mtu …] [master …] …`. A new name works if the link is given
    /// by its index.
    public static func setLink(
        _ link: LinkReference, isUp: Bool? = nil, hasNeighbours: Bool? = nil, _ attributes: [Attribute<Link>?] = []
    ) -> Request {
        Request(
            .newLink, about: "link \(link)",
            header: ifinfomsg(index: link.index, isUp: isUp, hasNeighbours: hasNeighbours),
            [link.attribute] + attributes)
    }

    /// Deletes a link, and with a veth its other end.
    ///
    /// Equivalent to: `ip link delete dev LINK`.
    public static func deleteLink(_ link: LinkReference) -> Request {
        Request(.deleteLink, about: "link \(link)", header: ifinfomsg(index: link.index), [link.attribute])
    }

    /// Deletes all links of a group, much faster than one by one; `ENODEV` if there is none.
    ///
    /// Equivalent to: `ip link delete group GROUP`.
    public static func deleteLinks(group: UInt32) -> Request {
        Request(.deleteLink, about: "links of group \(group)", header: ifinfomsg(), [Attribute<Link>.group(group)])
    }

    /// Gives a link further names, of at most 127 bytes each.
    ///
    /// Equivalent to: `ip link property add dev LINK altname NAME`.
    public static func addAlternativeNames(_ names: [String], to link: LinkReference) -> Request {
        property(.newLinkProperty, [.create, .exclusive, .append], names, of: link)
    }

    /// Takes further names from a link.
    ///
    /// Equivalent to: `ip link property del dev LINK altname NAME`.
    public static func deleteAlternativeNames(_ names: [String], of link: LinkReference) -> Request {
        property(.deleteLinkProperty, [], names, of: link)
    }

    private static func property(
        _ type: MessageType, _ flags: Flags, _ names: [String], of link: LinkReference
    ) -> Request {
        Request(
            type, flags, about: "link \(link)", header: ifinfomsg(index: link.index),
            [
                link.attribute,
                .init(IFLA_PROP_LIST, nest: names.map { Attribute<Link>.alternativeName($0) }),
            ])
    }
}

extension NetlinkSocket {
    /// All links of the namespace.
    ///
    /// Equivalent to: `ip link show`.
    public func links() throws(NetlinkError) -> [Link] {
        try dump(.links(about: "links", ifinfomsg(), nil)) { body throws(NetlinkError) in try Link(parsing: body) }
    }

    /// One link; `ENODEV` if it is not there.
    ///
    /// Equivalent to: `ip link show dev LINK`.
    public func link(_ link: LinkReference) throws(NetlinkError) -> Link {
        let request = Request.links(about: "link \(link)", ifinfomsg(index: link.index), link.attribute)
        return try get(request) { body throws(NetlinkError) in try Link(parsing: body) }
    }
}

extension Request {
    /// The statistics are half of the answer, and nobody reads them here.
    fileprivate static func links(about subject: String, _ header: ifinfomsg, _ which: Attribute<Link>?) -> Request {
        Request(
            .getLink, about: subject, header: header, [which, .init(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))])
    }
}

extension ifinfomsg {
    /// - Parameters:
    ///   - isUp: The state to change to; `nil` leaves it.
    ///   - hasNeighbours: Whether hardware addresses are found out; `nil` leaves it.
    init(index: Int32 = 0, isUp: Bool? = nil, hasNeighbours: Bool? = nil) {
        self.init()
        ifi_index = index
        if let isUp { set(.up, isUp) }
        if let hasNeighbours { set(.noNeighbours, !hasNeighbours) }
    }

    private mutating func set(_ flag: Link.Flags, _ value: Bool) {
        ifi_flags |= value ? flag.rawValue : 0
        ifi_change |= flag.rawValue
    }
}
