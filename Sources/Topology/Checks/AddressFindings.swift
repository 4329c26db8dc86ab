import Addressing
import YAML

extension Topology {
    /// Faults of the addresses that endpoints ask for, and networks with more endpoints than they can have.
    var addressFindings: [Diagnostic] {
        let declared = networksByKey
        var members: [AddressSpace: [Member]] = [:]
        for service in services {
            for attachment in service.mode.attachments {
                guard let network = declared[attachment.network] else { continue }
                members[AddressSpace(of: network, on: service.host), default: []].append(
                    Member(service: service, attachment: attachment))
            }
        }
        let places = [nil] + hosts.map(\.name)
        return networks.filter(\.driver.hasSubnets).flatMap { network in
            places.flatMap { host -> [Diagnostic] in
                guard let members = members[AddressSpace(network: network.key, host: host)] else { return [] }
                var addresses = MemberAddresses(network: network, pools: pools(of: network, on: host))
                for member in members { addresses.add(member) }
                return addresses.findings + addresses.capacityFindings
            }
        }
    }
}

/// A service on a network.
private struct Member {
    let service: Topology.Service
    let attachment: Topology.Service.Attachment

    func requested(_ family: IPFamily) -> IPAddress? { family == .v4 ? attachment.ipv4 : attachment.ipv6 }
    var what: String { service.title }
}

/// The addresses of the services on one network, as they claim them.
private struct MemberAddresses {
    let network: Topology.Network
    private(set) var findings: [Diagnostic] = []
    private var pools: [AddressPool]
    private var owners: [IPAddress: String] = [:]
    private var macs: [MACAddress: String] = [:]
    /// Endpoints by host.
    private var endpoints: [String?: Int] = [:]
    private var automatic: [IPFamily: Int] = [:]

    init(network: Topology.Network, pools: [AddressPool]) {
        self.network = network
        self.pools = pools
        for (pool, declared) in zip(pools, network.pools) {
            for address in pool.subnet.unassignable { owners[address] = "no host's in \(pool.subnet)" }
            for (name, address) in declared.auxiliary { owners[address] = "reserved by aux_addresses \(quoted(name))" }
            if let gateway = pool.gateway { owners[gateway] = "the gateway's" }
        }
    }

    /// Linux gives a bridge's ports ten bits, of which 0 is none (`BR_MAX_PORTS`, net/bridge/br_private.h).
    private static let maxPorts = 1023

    mutating func add(_ member: Member) {
        endpoints[member.service.host, default: 0] += member.service.scale
        claimMAC(member)
        // Which addresses an external network has is known where it is found.
        guard !network.isExternal else { return }
        for family in [IPFamily.v4, .v6] {
            if let address = member.requested(family) {
                claim(address, for: member)
            } else {
                automatic[family, default: 0] += member.service.scale
            }
        }
    }

    private mutating func claimMAC(_ member: Member) {
        guard let mac = member.attachment.mac else { return }
        let mark = member.attachment.mark(of: "mac_address")
        if member.service.scale > 1 {
            report("\(member.what) asks for the MAC address \(mac) for \(member.service.scale) containers", mark)
        } else if let earlier = macs.updateValue(member.service.name, forKey: mac) {
            report(
                "MAC address \(mac) of \(member.what) is also that of service \(quoted(earlier)) on \(network.title)",
                mark)
        }
    }

    private mutating func claim(_ address: IPAddress, for member: Member) {
        let family = address.family
        let key = family == .v4 ? "ipv4_address" : "ipv6_address"
        let mark = member.attachment.mark(of: key)
        let what = "\(key) \(address) of \(member.what)"
        let candidates = pools.indices.filter { pools[$0].subnet.family == family }
        guard family == .v4 ? network.hasIPv4 : network.hasIPv6 else {
            return report(
                "\(what): \(network.title) has no \(family.name)", mark,
                "set enable_ip\(family): true on it")
        }
        guard !candidates.isEmpty else {
            return report(
                "\(what): \(network.title) has no configured \(family.name) subnet", mark,
                "give it one: ipam: {config: [{subnet: …}]}")
        }
        guard let index = candidates.first(where: { pools[$0].subnet.contains(address) }) else {
            let subnets = candidates.map { "\(pools[$0].subnet)" }.joined(separator: ", ")
            return report("\(what) is not in \(network.title), which is \(subnets)", mark)
        }
        if member.service.scale > 1 {
            return report("\(what) is for \(member.service.scale) containers", mark, "leave it out, or set scale: 1")
        }
        if let owner = owners[address] { return report("\(what) is \(owner) on \(network.title)", mark) }
        owners[address] = "also that of \(member.service.title)"
        _ = pools[index].take(address)
    }

    private mutating func report(_ message: String, _ mark: Mark, _ hint: String? = nil) {
        findings.append(Diagnostic(message, at: mark, hint: hint))
    }

    /// What is left of a bridge's ports: an overlay's has one that leads to the other hosts, or one to each of them.
    private var room: Int {
        if network.driver.sharesParent { return .max }
        return switch network.overlay?.encapsulation {
        case nil: Self.maxPorts
        case .vxlan: Self.maxPorts - 1
        case .gretap: Self.maxPorts - max(0, endpoints.count - 1)
        }
    }

    var capacityFindings: [Diagnostic] {
        for (host, count) in endpoints.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) where count > room {
            let place = host.map { " on host \(quoted($0))" } ?? ""
            return [
                Diagnostic(
                    "\(network.title) has \(count) endpoints\(place), and a Linux bridge has \(room) ports"
                        + (room < Self.maxPorts ? " for them" : ""),
                    at: network.mark, hint: "spread the services over more networks")
            ]
        }
        return [IPFamily.v4, .v6].compactMap { family in
            let own = pools.filter { $0.subnet.family == family }
            let free = own.reduce(UInt128(0)) { $0.addingReportingOverflow($1.free).overflow ? .max : $0 + $1.free }
            let wanted = automatic[family] ?? 0
            guard !own.isEmpty, UInt128(wanted) > free else { return nil }
            let place = own.map { "\($0.range)" }.joined(separator: ", ")
            let first = network.pools.first { $0.subnet.family == family }
            return Diagnostic(
                "\(network.title) is too small: \(wanted) addresses wanted, \(free) free in \(place)",
                at: first?.mark(of: "ip_range") ?? network.mark,
                hint: first?.range == nil ? "widen the subnet" : "widen the ip_range")
        }
    }
}
