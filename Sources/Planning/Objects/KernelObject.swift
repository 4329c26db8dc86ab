/// Anything that a topology is made of on a machine.
public enum KernelObject: Hashable, Sendable {
    case table(Table)
    case chain(Chain)
    case rule(Rule)
    case set(NamedSet)
    case native(NativeRule)
    case element(Element)
    case namespace(NamespaceObject)
    case link(Link)
    case port(BridgePort)
    case qdisc(Qdisc)
    case filter(PacketFilter)
    case sysctl(Sysctl)
    case up(LinkUp)
    case address(Address)
    case neighbour(Neighbour)
    case forwarding(ForwardingEntry)
    case route(Route)
    case routingRule(RoutingRule)
    case file(ConfigurationFile)

    private var object: any Reconcilable {
        switch self {
        case .table(let object): object
        case .chain(let object): object
        case .rule(let object): object
        case .set(let object): object
        case .native(let object): object
        case .element(let object): object
        case .namespace(let object): object
        case .link(let object): object
        case .port(let object): object
        case .qdisc(let object): object
        case .filter(let object): object
        case .sysctl(let object): object
        case .up(let object): object
        case .address(let object): object
        case .neighbour(let object): object
        case .forwarding(let object): object
        case .route(let object): object
        case .routingRule(let object): object
        case .file(let object): object
        }
    }

    /// The object without what `desired` leaves to the kernel, so that the two compare.
    public func normalised(to desired: KernelObject) -> KernelObject {
        switch (self, desired) {
        case (.link(let link), .link(let wanted)): .link(link.normalised(to: wanted))
        case (.port(let port), .port(let wanted)): .port(port.normalised(to: wanted))
        default: self
        }
    }
}

extension KernelObject: Reconcilable {
    /// The object's identity.
    public var id: ObjectID { object.id }
    /// Every identity that others may refer to the object by.
    public var identities: [ObjectID] { object.identities }
    /// What must exist before the object.
    public var requires: [ObjectID] { object.requires }
    /// What the kernel deletes the object together with.
    public var owners: [ObjectID] { object.owners }
    /// Whether the plan must delete it even when an owner goes.
    public var outlivesOwners: Bool { object.outlivesOwners }

    /// What the kernel does away with when the object is made or deleted.
    public var displaces: [ObjectID] { object.displaces }

    /// What the kernel does away with when the object is changed in place.
    public func losses(becoming other: KernelObject) -> [ObjectID] {
        func losses<Object: Reconcilable>(_ object: Object) -> [ObjectID] {
            (other.object as? Object).map(object.losses) ?? []
        }
        return losses(object)
    }

    /// Whether the difference can be changed in place.
    public func canBecome(_ other: KernelObject) -> Bool {
        func canBecome<Object: Reconcilable>(_ object: Object) -> Bool {
            (other.object as? Object).map(object.canBecome) ?? false
        }
        return canBecome(object)
    }
}
