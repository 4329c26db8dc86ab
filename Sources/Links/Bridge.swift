/// The settings of a bridge (`ip-link(8)`, type bridge); `nil` leaves one to the kernel.
public struct Bridge: Hashable, Sendable {
    /// Whether it speaks the spanning tree protocol; the kernel's default is off.
    public var spanningTree: Bool?
    /// Whether it filters by VLAN; the kernel's default is off.
    public var vlanFiltering: Bool?
    /// Hundredths of a second before a port of a bridge that has just come up forwards, if the spanning tree
    /// protocol is spoken; the kernel's default is 1500.
    public var forwardDelay: UInt32?
    /// Whether it learns who listens to which group, and floods only to those; the kernel's default is on.
    public var multicastSnooping: Bool?

    /// A bridge with these settings; `nil` leaves the kernel's default.
    public init(
        spanningTree: Bool? = nil, vlanFiltering: Bool? = nil, forwardDelay: UInt32? = nil,
        multicastSnooping: Bool? = nil
    ) {
        self.spanningTree = spanningTree
        self.vlanFiltering = vlanFiltering
        self.forwardDelay = forwardDelay
        self.multicastSnooping = multicastSnooping
    }
}

extension Bridge: DeviceSettings {
    /// The kind's name.
    public static let kind = "bridge"
    /// `bridge`.
    public static var kinds: [String] { [kind] }
    /// `bridge`.
    public var kind: String { Self.kind }
    /// Such as `stp_state 1`.
    public var words: [String] {
        func word(_ name: String, _ value: (some CustomStringConvertible)?) -> [String] {
            value.map { [name, "\($0)"] } ?? []
        }
        func flag(_ name: String, _ value: Bool?) -> [String] { word(name, value.map { $0 ? 1 : 0 }) }
        return word("forward_delay", forwardDelay) + flag("stp_state", spanningTree)
            + flag("vlan_filtering", vlanFiltering) + flag("mcast_snooping", multicastSnooping)
    }
    /// Ethernet bridging.
    public var feature: KernelFeature { KernelFeature(option: "CONFIG_BRIDGE", module: "bridge") }
    /// All settings change in place.
    public func canBecome(_ other: Bridge) -> Bool { true }

    /// The bridge without the settings that `desired` leaves to the kernel.
    public func normalised(to desired: Bridge) -> Bridge {
        var copy = self
        if desired.spanningTree == nil { copy.spanningTree = nil }
        if desired.vlanFiltering == nil { copy.vlanFiltering = nil }
        if desired.forwardDelay == nil { copy.forwardDelay = nil }
        if desired.multicastSnooping == nil { copy.multicastSnooping = nil }
        return copy
    }
}
