import Addressing
import YAML

/// Who shares the addresses of a network: all its endpoints, or, of a network that each host has for itself, those on one.
struct AddressSpace: Hashable {
    /// Key of the network.
    var network: String
    /// The host; `nil` for a network that spans hosts, or where there are none.
    var host: String?

    init(network: String, host: String?) {
        self.network = network
        self.host = host
    }

    /// The space of an endpoint of `network` on `host`.
    init(of network: Topology.Network, on host: String?) {
        self.init(network: network.key, host: network.sharesAddresses ? nil : host)
    }
}

/// Chooses the addresses of endpoints: those of the file first, then those of earlier runs, then the lowest free ones.
///
/// So a running endpoint keeps its address whatever is added, removed or moved around it.
struct AddressChoice {
    /// An endpoint that gets its addresses.
    struct Request {
        var container: String
        var space: AddressSpace
        var attachment: Topology.Service.Attachment

        var network: String { space.network }
    }

    let leases: Leases
    private(set) var pools: [AddressSpace: [AddressPool]] = [:]
    private(set) var findings: [Diagnostic] = []

    /// - Parameters:
    ///   - pools: The subnets of each network, by the network's key.
    ///   - slices: What of them a host has of a network that is cut into slices.
    ///   - host: The host that this machine is, if it is one: the predefined bridge is there already.
    init(
        _ leases: Leases, pools: [String: [AddressPool]], slices: [AddressSpace: [AddressPool]],
        spaces: some Sequence<AddressSpace>,
        surroundings: Surroundings, host: String?
    ) {
        self.leases = leases
        for space in spaces where self.pools[space] == nil {
            self.pools[space] = slices[space] ?? pools[space.network]
        }
        for (network, addresses) in surroundings.takenAddresses {
            let space = AddressSpace(network: network, host: host)
            for address in addresses { _ = take(address, in: space) }
        }
    }

    /// The addresses of each of `requests`, IPv4 first.
    mutating func addresses(for requests: [Request], families: [String: [IPFamily]]) -> [[InterfaceAddress]] {
        var chosen: [[IPFamily: InterfaceAddress]] = requests.map { request in
            var addresses: [IPFamily: InterfaceAddress] = [:]
            for address in [request.attachment.ipv4, request.attachment.ipv6].compactMap(\.self) {
                addresses[address.family] = take(address, in: request.space)
                if addresses[address.family] == nil { report(address, of: request) }
            }
            return addresses
        }
        for (index, request) in requests.enumerated() {
            for address in leases.addresses[request.container]?[request.network] ?? [] {
                let isWanted = families[request.network]?.contains(address.family) ?? false
                guard isWanted, chosen[index][address.family] == nil else { continue }
                chosen[index][address.family] = take(address, in: request.space)
            }
        }
        for (index, request) in requests.enumerated() {
            for family in families[request.network] ?? [] where chosen[index][family] == nil {
                chosen[index][family] = takeLowest(family, request)
            }
        }
        return chosen.map { addresses in IPFamily.allCases.compactMap { addresses[$0] } }
    }

    /// Says why a container cannot have the address that the file gives it, where the network has addresses at all.
    private mutating func report(_ address: IPAddress, of request: Request) {
        guard let pools = pools[request.space] else { return }
        let key = address.family == .v4 ? "ipv4_address" : "ipv6_address"
        let what = "\(key) \(address) of container \(quoted(request.container))"
        let network = "network \(quoted(request.space.network))"
        let subnets = pools.map { "\($0.subnet)" }.joined(separator: ", ")
        findings.append(
            Diagnostic(
                pools.contains { $0.subnet.contains(address) }
                    ? "\(what) is taken on \(network)" : "\(what) is not in \(network), which is \(subnets)",
                at: request.attachment.mark(of: key)))
    }

    /// Takes `address` in the subnet of `space` that holds it; `nil` where none does or it is taken.
    private mutating func take(_ address: IPAddress, in space: AddressSpace) -> InterfaceAddress? {
        guard let index = pools[space]?.firstIndex(where: { $0.subnet.contains(address) }),
            pools[space]?[index].take(address) == true
        else { return nil }
        return pools[space].map { InterfaceAddress(address, in: $0[index].subnet) }
    }

    /// Takes the lowest free address of the first subnet that has one.
    private mutating func takeLowest(_ family: IPFamily, _ request: Request) -> InterfaceAddress? {
        for index in pools[request.space]?.indices ?? 0..<0 {
            guard let subnet = pools[request.space]?[index].subnet, subnet.family == family,
                let address = pools[request.space]?[index].takeLowest()
            else { continue }
            return InterfaceAddress(address, in: subnet)
        }
        let network = quoted(request.network)
        findings.append(
            Diagnostic(
                "no \(family.name) address of network \(network) is left for container \(quoted(request.container))",
                at: request.attachment.mark, hint: "widen the subnet"))
        return nil
    }
}
