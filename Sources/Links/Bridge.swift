/// The settings of a bridge (`ip-link(8)`, type bridge); `nil` leaves one to the kernel.
public struct Bridge: Hashable, Sendable, Codable {
    /// Whether it speaks the spanning tree protocol; the kernel's default is off.
    public var spanningTree: Bool?
    /// Hundredths of a second after which a hardware address that was learned is forgotten; the kernel's default is
    /// 30000.
    public var ageing: UInt32?
    /// Whether it filters by VLAN.
    public var vlanFiltering: Bool
    /// The VLAN that a new port has its untagged frames in, 0 for none; the kernel's default is 1.
    public var defaultPVID: UInt16?
    /// Hundredths of a second before a port of a bridge that has just come up forwards, if the spanning tree
    /// protocol is spoken; the kernel's default is 1500.
    public var forwardDelay: UInt32?
    /// Whether it learns who listens to which group, and floods only to those; the kernel's default is on.
    public var multicastSnooping: Bool?
    /// Which frames to `01:80:c2:00:00:0X` are forwarded nevertheless: bit X, of which 0, 1 and 2 stay off; the kernel's
    /// default is 0.
    public var groupForwardMask: UInt16?

    /// A bridge with these settings; `nil` leaves the kernel's default.
    public init(
        spanningTree: Bool? = nil, ageing: UInt32? = nil, vlanFiltering: Bool = false, defaultPVID: UInt16? = nil,
        forwardDelay: UInt32? = nil, multicastSnooping: Bool? = nil, groupForwardMask: UInt16? = nil
    ) {
        self.spanningTree = spanningTree
        self.ageing = ageing
        self.vlanFiltering = vlanFiltering
        self.defaultPVID = defaultPVID
        self.groupForwardMask = groupForwardMask
        self.forwardDelay = forwardDelay
        self.multicastSnooping = multicastSnooping
    }
}

extension Bridge {
    /// What a new bridge has without being told, but for `defaultPVID`, which only one with VLAN filtering has (`br_dev_setup`,
    /// net/bridge/br_device.c).
    public static let new = Bridge(
        spanningTree: false, ageing: 30_000, forwardDelay: 1500, multicastSnooping: true, groupForwardMask: 0)

    /// The bridge with nothing left to the kernel: what is not chosen is as a new one has it.
    public var complete: Bridge {
        Bridge(
            spanningTree: spanningTree ?? Self.new.spanningTree, ageing: ageing ?? Self.new.ageing,
            vlanFiltering: vlanFiltering, defaultPVID: defaultPVID ?? (vlanFiltering ? 1 : nil),
            forwardDelay: forwardDelay ?? Self.new.forwardDelay,
            multicastSnooping: multicastSnooping ?? Self.new.multicastSnooping,
            groupForwardMask: groupForwardMask ?? Self.new.groupForwardMask)
    }
}

extension Bridge: DeviceSettings {
    /// The kind's name.
    public static let kind = "bridge"
    /// `bridge`.
    public static var kinds: [String] { [kind] }
    /// `bridge`.
    public var kind: String { Self.kind }
    /// Such as `stp_state 1`; nothing of what a new bridge has without being told.
    public var words: [String] { words(besides: .new) }

    /// What is not as `other` has it.
    public func words(besides other: Bridge) -> [String] {
        func word<Value: Equatable>(_ name: String, _ value: (Bridge) -> Value?) -> [String] {
            value(self).flatMap { $0 == value(other) ? nil : [name, "\($0)"] } ?? []
        }
        func flag(_ name: String, _ value: (Bridge) -> Bool?) -> [String] {
            word(name) { bridge in value(bridge).map { $0 ? 1 : 0 } }
        }
        return word("forward_delay", \.forwardDelay) + word("ageing_time", \.ageing) + flag("stp_state", \.spanningTree)
            + flag("vlan_filtering", \.vlanFiltering) + word("vlan_default_pvid", \.defaultPVID)
            + flag("mcast_snooping", \.multicastSnooping) + word("group_fwd_mask", \.groupForwardMask)
    }
    /// Ethernet bridging, and what filters.
    public var option: KernelOption {
        vlanFiltering ? KernelOption("CONFIG_BRIDGE_VLAN_FILTERING") : KernelOption("CONFIG_BRIDGE", module: "bridge")
    }
    /// All settings change in place.
    public func canBecome(_ other: Bridge) -> Bool { true }

    /// The bridge without the settings that `desired` leaves to the kernel.
    public func normalised(to desired: Bridge) -> Bridge {
        var copy = self
        if desired.spanningTree == nil { copy.spanningTree = nil }
        if desired.ageing == nil { copy.ageing = nil }
        if desired.defaultPVID == nil { copy.defaultPVID = nil }
        if desired.groupForwardMask == nil { copy.groupForwardMask = nil }
        if desired.forwardDelay == nil { copy.forwardDelay = nil }
        // A kernel that cannot snoop does not tell of it.
        if desired.multicastSnooping == nil || multicastSnooping == nil {
            copy.multicastSnooping = desired.multicastSnooping
        }
        return copy
    }
}
