extension OwnershipMark {
    /// The mark of the namespace that connects the hosts of a lab.
    public static func underlay(of topology: String) -> OwnershipMark {
        OwnershipMark(topology: topology, part: "underlay/")
    }

    /// The mark of the namespace that holds the bridges of the overlay `network` on `host`, or on this machine.
    public static func overlay(_ network: String, on host: String?, of topology: String) -> OwnershipMark {
        OwnershipMark(topology: topology, part: "overlay/\(network)" + (host.map { "/\($0)" } ?? ""))
    }

    /// The host on which a namespace of this mark holds the bridges of an overlay, if there are hosts and it does.
    public var overlayHost: String? {
        let words = (part ?? "").split(separator: "/")
        return words.count == 3 && words[0] == "overlay" ? String(words[2]) : nil
    }
}
