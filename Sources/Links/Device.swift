/// A link that stands alone, told by its kind's settings: every kind but veth, of which there are always two.
public enum Device: Hashable, Sendable, Codable {
    case bridge(Bridge)
    case dummy(Dummy)
    case geneve(Geneve)
    case gre(GRE)
    case ipTunnel(IPTunnel)
    case ipvlan(IPVLAN)
    case macvlan(MACVLAN)
    case vlan(VLAN)
    case vrf(VRF)
    case vxlan(VXLAN)

    /// The settings, whatever the kind.
    public var settings: any DeviceSettings {
        switch self {
        case .bridge(let settings): settings
        case .dummy(let settings): settings
        case .geneve(let settings): settings
        case .gre(let settings): settings
        case .ipTunnel(let settings): settings
        case .ipvlan(let settings): settings
        case .macvlan(let settings): settings
        case .vlan(let settings): settings
        case .vrf(let settings): settings
        case .vxlan(let settings): settings
        }
    }

    /// The name under which the kernel knows the kind, such as `vxlan`.
    public var kind: String { settings.kind }

    /// Whether the kernel lets this become `other` while the link is there.
    public func canBecome(_ other: Device) -> Bool {
        func canBecome<Settings: DeviceSettings>(_ settings: Settings) -> Bool {
            (other.settings as? Settings).map(settings.canBecome) ?? false
        }
        return canBecome(settings)
    }

    /// What `ip link set` takes after `type` so that `other` becomes this.
    public func words(besides other: Device) -> [String] {
        func words<Settings: DeviceSettings>(_ settings: Settings) -> [String] {
            (other.settings as? Settings).map(settings.words(besides:)) ?? settings.words
        }
        return words(settings)
    }

    /// The device without what `desired` leaves to the kernel, so that the two compare.
    public func normalised(to desired: Device) -> Device {
        switch (self, desired) {
        case (.bridge(let own), .bridge(let wanted)): .bridge(own.normalised(to: wanted))
        default: self
        }
    }
}
