import Addressing

/// The marks by which what is ours is recognised in the kernel, without any file.
///
/// Links and namespaces carry the mark as an alias (`IFLA_IFALIAS`; a namespace on its loopback), firewall rules as a comment.
public struct OwnershipMark: Hashable, Sendable {
    /// Name of the topology.
    public var topology: String
    /// What of the topology it is: a network's, a service's or a cable's name; absent in firewall rules.
    public var part: String?

    /// The mark of `part` of `topology`.
    public init(topology: String, part: String? = nil) {
        self.topology = topology
        self.part = part
    }

    /// Reads a mark; `nil` for text that is none, which is somebody else's.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix) else { return nil }
        let parts = text.dropFirst(Self.prefix.count).split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else { return nil }
        self.init(topology: String(name), part: parts.count > 1 ? String(parts[1]) : nil)
    }

    /// `weft:<topology>/<part>`, or `weft:<topology>`.
    public var text: String { Self.prefix + topology + (part.map { "/" + $0 } ?? "") }

    /// The mark of the interface `name`, or of the cable with the number `name`, of the file's `links`.
    public static func link(_ name: String, of topology: String) -> OwnershipMark {
        OwnershipMark(topology: topology, part: linkPrefix + name)
    }

    /// Whether it is the mark of something of the file's `links`.
    public var isOfLink: Bool { part?.hasPrefix(Self.linkPrefix) ?? false }

    private static let prefix = "weft:"
    private static let linkPrefix = "link-"

    /// The mark of the namespace that stands for the host `name` of a lab.
    public static func host(_ name: String, of topology: String) -> OwnershipMark {
        OwnershipMark(topology: topology, part: hostPrefix + name)
    }

    /// The host of a lab that a namespace of this mark stands for, if it does.
    public var host: String? {
        guard let part, part.hasPrefix(Self.hostPrefix) else { return nil }
        return String(part.dropFirst(Self.hostPrefix.count))
    }

    /// Whether a namespace of this mark is a container: whatever else has one has a slash in its part, a service's name none.
    public var isOfContainer: Bool { part.map { !$0.contains("/") } ?? false }

    private static let hostPrefix = "host/"

    /// The number that the topology's links are born with (`IFLA_GROUP`), by which they are deleted at one go.
    ///
    /// Never 0, which is everybody's.
    public var linkGroup: UInt32 { UInt32(truncatingIfNeeded: StableHash.value(topology)) & 0x7fff_ffff | 1 }

    /// Stands for the topology in the marks of what all topologies share: the predefined bridge.
    public static let sharedTopology = "*"
}

/// `rtm_protocol`, `ifa_proto` and `NDA_PROTOCOL` of what we add: `w`; none of the values in `/etc/iproute2/rt_protos`.
public let ownProtocol: UInt8 = 0x77
