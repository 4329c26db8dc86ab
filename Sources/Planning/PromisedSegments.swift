import Addressing
import Links
import Topology

/// The segments that links make, as far as the file tells all of them: who looks for an address there that nobody there has finds
/// nobody, though the subnet be the same.
///
/// So it is with two VLANs of one subnet. A wrong "apart" would be worse than none, so whatever could lead round it is reason to say
/// nothing: an interface of the other container on the segment, for Linux answers there for all of its addresses (`arp_ignore`,
/// ip-sysctl); routes, rules, VRFs and static neighbours that take the packet elsewhere; somebody who answers in another's place (`proxy_arp`).
struct LinkSegments {
    private let domains: Domains
    /// The containers that have each address.
    private let holders: [IPAddress: Set<String>]
    /// Containers that do not route by the subnets of their interfaces alone.
    private let routers: [String: [Subnet]]
    private let isKnown: Bool

    init(of layout: Layout, _ domains: Domains) {
        self.domains = domains
        // The part of one host does not tell who has an address on another.
        let settings = layout.containers.flatMap { $0.settings + $0.endpoints.flatMap(\.settings) }
        let hasProxy = settings.contains { $0.path.last?.hasPrefix("proxy_") ?? false }
        isKnown = layout.fabric == nil && !hasProxy
        var holders: [IPAddress: Set<String>] = [:]
        var routers: [String: [Subnet]] = [:]
        for container in layout.containers {
            for address in container.endpoints.flatMap(\.addresses) {
                holders[address.address, default: []].insert(container.name)
            }
        }
        func add(_ container: String, _ addresses: [InterfaceAddress], _ routes: [Topology.Route], _ isPolicy: Bool) {
            for address in addresses { holders[address.address, default: []].insert(container) }
            let special = routes.map(\.destination).filter { $0.prefixLength > 0 }
            routers[container, default: []] += isPolicy ? IPFamily.allCases.map(Subnet.everything) : special
        }
        for end in layout.cables.flatMap({ [$0.first, $0.second] }) {
            add(end.container, end.addresses, end.routes, !end.rules.isEmpty)
        }
        for device in layout.devices {
            let isVRF = if case .vrf = device.device { true } else { false }
            let isPolicy = isVRF || !device.rules.isEmpty || !device.neighbours.isEmpty
            add(device.interface.container, device.addresses, device.routes, isPolicy)
        }
        self.holders = holders
        self.routers = routers
    }

    /// Whether a packet for `address` from `container`, which goes by the first segment, comes to nobody, because who has the
    /// address is on the second.
    func areApart(
        _ container: String, _ address: IPAddress, _ segment: Station.Segment, _ other: Station.Segment
    ) -> Bool {
        guard isKnown, case .domain(let domain) = segment, case .domain(let target) = other,
            domains.isWhole(domain), domains.isWhole(target)
        else { return false }
        let isRouted = (routers[container] ?? []).contains { $0.contains(address) }
        return !isRouted && !(holders[address] ?? []).contains { domains.has($0, on: domain) }
    }
}
