import CLinux

/// A pair of links, what goes into one comes out of the other (`veth(4)`).
///
/// Also the space of the attributes `VETH_INFO_*`, inside `IFLA_INFO_DATA`.
public enum Veth {
    /// The kind's name.
    public static let kind = "veth"
}

extension LinkKind {
    /// A veth pair, whose other end is named `peer` and born with the `attributes`, in its own namespace if they
    /// say so: nothing has to be moved or renamed later.
    ///
    /// The kernel ignores a master and addresses of that end here, and it stays down. Equivalent to:
    /// `ip link add … type veth peer name PEER [netns NAME] [address …] [mtu …]`.
    /// - Parameter index: The number of the other end; heeded only if the request gives one for this end too.
    public static func veth(peer: String, index: Int32? = nil, _ attributes: [Attribute<Link>?] = []) -> LinkKind {
        LinkKind(
            Veth.kind,
            [
                Attribute<Veth>(
                    VETH_INFO_PEER, header: wireBytes(of: ifinfomsg(index: index ?? 0)),
                    nest: [.name(peer)] + attributes)
            ])
    }
}
