import Addressing
import Topology

/// What an endpoint is inside its container, whatever it is made of: an interface that is up, addresses and routes.
struct SandboxInterface {
    let endpoint: Layout.Endpoint
    let network: Layout.Network
    /// Where the interface is.
    let namespace: Namespace

    private var interface: String { endpoint.interface }

    /// - Parameter below: What must be there or up before the interface is up.
    func objects(after below: [ObjectID] = []) -> [KernelObject] {
        let addresses = (endpoint.addresses + endpoint.linkLocalAddresses).map {
            Address(namespace: namespace, link: interface, address: $0)
        }
        let sysctls = sysctls(hasIPv6: addresses.contains { $0.address.address.family == .v6 })
        let up = LinkUp(namespace: namespace, link: interface, after: sysctls.map(\.id) + below)
        return [.up(up)] + sysctls.map { .sysctl($0) } + addresses.map { .address($0) }
            + defaultRoutes.map { .route($0) }
    }

    private func sysctls(hasIPv6: Bool) -> [Sysctl] {
        let values = [("disable_ipv6", hasIPv6 ? "0" : "1")] + (hasIPv6 ? [("accept_dad", "0")] : [])
        let own = values.map { Sysctl.interface(namespace, interface, family: "ipv6", $0, $1) }
        let declared = endpoint.settings.map { setting in
            Sysctl(namespace: namespace, path: setting.path, value: setting.value, link: interface)
        }
        return own.filter { own in !declared.contains { $0.id == own.id } } + declared
    }

    private var defaultRoutes: [Route] {
        network.segments.compactMap { segment in
            let family = segment.subnet.family
            guard endpoint.defaultGatewayFor.contains(family) else { return nil }
            return route(to: .everything(family), through: segment)
        }
    }

    /// A route by the gateway of `segment`; `nil` where the endpoint has no address in it.
    func route(to destination: Subnet, through segment: Layout.Network.Segment) -> Route? {
        endpoint.addresses.first { segment.subnet.contains($0.address) }.map {
            Route(
                namespace: namespace, destination: destination, gateway: nextHop(through: segment), link: interface,
                via: $0)
        }
    }

    /// Who routes: nobody that would have to be named, where the parent's host does it itself.
    private func nextHop(through segment: Layout.Network.Segment) -> IPAddress? {
        network.declaration.isRoutedByParent ? nil : segment.gateway
    }
}
