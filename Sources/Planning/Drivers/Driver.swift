public import Topology

/// Turns a network of a layout and its endpoints into kernel objects.
///
/// A driver reads nothing and decides nothing about order; taking a network down is planning towards a state without it.
public protocol Driver: Sendable {
    /// What `network` and its endpoints need in the kernel.
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject]
}

extension Topology.Network.Driver {
    /// The driver of that name.
    var driver: any Driver.Type {
        switch self {
        case .bridge: BridgeDriver.self
        case .overlay: OverlayDriver.self
        case .macvlan, .ipvlan: ParentDriver.self
        case .routed: RoutedDriver.self
        case .host: HostDriver.self
        case .none: NoneDriver.self
        }
    }
}

/// The host's own network: there is nothing to make.
enum HostDriver: Driver {
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject] { [] }
}

/// No network: the sandbox and its loopback are all there is.
enum NoneDriver: Driver {
    static func objects(for network: Layout.Network, in layout: Layout) -> [KernelObject] { [] }
}
