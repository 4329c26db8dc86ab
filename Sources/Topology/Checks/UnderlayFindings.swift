import Addressing
import YAML

extension Topology {
    /// Faults of the underlay that the hosts make together: subnets without room for a router, and networks between hosts whose
    /// packets are larger than the hosts'.
    var underlayFindings: [Diagnostic] { routerFindings + oversizeFindings }

    /// Hosts in different subnets are joined by a router, which needs an address in each.
    private var routerFindings: [Diagnostic] {
        guard let fabric = FabricLayout(topology: self).fabric(played: nil), fabric.segments.count > 1 else {
            return []
        }
        return hosts.flatMap { host in
            let nextHops = fabric.host(host.name)?.gateways ?? []
            return host.addresses.filter { address in !nextHops.contains { address.subnet.contains($0) } }.map {
                Diagnostic(
                    "subnet \($0.subnet) of \(host.title) has no address left for a router to the other hosts",
                    at: host.mark(of: "address"), hint: "write the prefix length of the whole subnet, such as /24")
            }
        }
    }

    /// The option says the underlay's MTU, of which the encapsulation takes its part.
    private var oversizeFindings: [Diagnostic] {
        let members = hostsByNetwork
        return networks.filter { $0.driver == .overlay || $0.driver == .routed }.compactMap { network in
            guard let mtu = network.mtu,
                let host = hosts.first(where: { $0.mtu < mtu && members[network.key]?.contains($0.name) ?? false })
            else { return nil }
            return Diagnostic(
                "MTU \(mtu) of the underlay of \(network.title) is larger than that of \(host.title), \(host.mtu)",
                at: network.mark(of: "com.docker.network.driver.mtu"),
                hint: "lower it, or write `mtu: \(mtu)` for the host if its interface has that")
        }
    }
}
