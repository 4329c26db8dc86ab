import Addressing
import Topology

/// A container's place on a network that has a bridge: a veth pair with one end on the bridge, the other in the sandbox.
struct BridgedEndpoint {
    let endpoint: Layout.Endpoint
    let container: Layout.Container
    let network: Layout.Network
    let layout: Layout
    /// Where the bridge is.
    let bridgeNamespace: Namespace
    /// The bridge.
    let bridge: String
    /// Whether frames may leave the bridge by the port that they came in by.
    let isHairpin: Bool

    var namespace: Namespace { container.namespace ?? .named(container.name) }
    var interface: String { endpoint.interface }
    /// The pair's end on the bridge: a name that is the same in every run.
    var bridgeEnd: String { layout.hostEnd(of: container, on: network) }
    /// What the container has of it.
    var inside: SandboxInterface { SandboxInterface(endpoint: endpoint, network: network, namespace: namespace) }
    var port: BridgePort {
        BridgePort(namespace: bridgeNamespace, link: bridgeEnd, bridge: bridge, isHairpin: isHairpin)
    }

    /// A bridge takes the lowest address of its ports for its own unless it was given one (br_stp_recalculate_bridge_id): that
    /// of somebody else keeps what it has.
    private var bridgeEndMAC: MACAddress? {
        guard network.isForeign else { return nil }
        return MACAddress(bits: 0xfe << 40 | StableHash.value(bridgeEnd) & 0xff_ffff_ffff)
    }

    private var mark: OwnershipMark { OwnershipMark(topology: layout.name, part: network.declaration.key) }

    var objects: [KernelObject] {
        let end = Link.Peer(namespace: namespace, name: interface, mac: endpoint.mac)
        let pair = Link(
            namespace: bridgeNamespace, name: bridgeEnd, kind: .veth(peer: end), mac: bridgeEndMAC, mtu: network.mtu,
            alias: mark.text, alternativeName: Self.alternativeName("\(container.name).\(interface)"),
            group: mark.linkGroup)
        return [.link(pair), .port(port), .up(LinkUp(namespace: bridgeNamespace, link: bridgeEnd))] + inside.objects()
    }

    /// `name`, unless it is too long for the kernel (`ALTIFNAMSIZ`, linux/if.h).
    static func alternativeName(_ name: String) -> String? { name.utf8.count < 128 ? name : nil }
}

extension Layout {
    /// Name of the end, at the bridge, of the pair that puts `container` on a network.
    func hostEnd(of container: Container, on network: Network) -> String {
        "veth" + StableHash.hex("\(name)/\(container.name)/\(network.declaration.key)", digits: 11)
    }
}

extension Subnet {
    /// The destination of a default route.
    static func everything(_ family: IPFamily) -> Subnet {
        guard let subnet = Subnet(containing: .unspecified(family), prefixLength: 0) else {
            preconditionFailure("a prefix of length 0 is in range")
        }
        return subnet
    }
}
