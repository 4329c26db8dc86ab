import Addressing
import Links
import YAML

extension Layout.Network {
    /// The interface of the host that endpoints of a macvlan or ipvlan network share.
    public struct Parent: Hashable, Sendable, Codable {
        /// Where the interface is from.
        public enum Origin: Hashable, Sendable, Codable {
            /// It is there, and stays.
            case existing
            /// The network makes it: the VLAN `id` of `interface`.
            case vlan(id: UInt16, of: String)
            /// The network makes it, and it leads nowhere.
            case dummy
        }

        /// Name of the interface.
        public var interface: String
        /// Where it is from.
        public var origin: Origin
        /// Its largest layer-3 packet in bytes; absent where nobody has looked.
        public var mtu: UInt32?
        /// The endpoints on other hosts that are met on what is between the hosts; only the part of one host has any.
        public var remotes: [Remote] = []
    }
}

/// Finds the parents of macvlan and ipvlan networks: interfaces that are there, VLANs of such, or dummies.
struct ParentChoice {
    let topology: Topology
    private(set) var findings: [Diagnostic] = []
    private let members: [String: Set<String>]
    private let interfaces: [String: UInt32]?
    /// Whether the hosts are namespaces, of whose interfaces the file tells all.
    private let isLab: Bool
    /// The host that this machine is, if it is one.
    private let played: String?

    init(_ topology: Topology, _ surroundings: Surroundings, played: String?) {
        self.topology = topology
        self.played = played
        members = topology.hostsByNetwork
        isLab = played == nil && !topology.hosts.isEmpty
        interfaces = surroundings.interfaces
    }

    /// The parent of `network`; `nil` for other drivers, and, reported, where there is none.
    mutating func parent(of network: Topology.Network) -> Layout.Network.Parent? {
        guard let options = network.parent else { return nil }
        guard let name = options.interface else {
            let name = "dm-" + StableHash.hex("\(topology.name)/\(network.key)", digits: 12)
            return .init(interface: name, origin: .dummy, mtu: nil)
        }
        let parents = places(of: network).map { parent(name, of: network, in: $0.interfaces, $0.host) }
        // Without endpoints nothing is looked for, and nothing made.
        guard let first = parents.first else { return .init(interface: name, origin: .existing, mtu: nil) }
        return first
    }

    /// Where the network has endpoints, with the interfaces that are there.
    private func places(of network: Topology.Network) -> [(host: String?, interfaces: [String: UInt32]?)] {
        guard isLab else {
            let made = played.map { topology.linkInterfaces(on: $0) } ?? [:]
            return [(nil, interfaces?.merging(made) { $1 })]
        }
        return topology.hosts.filter { members[network.key]?.contains($0.name) ?? false }.map { host in
            (host.name, topology.linkInterfaces(on: host.name).merging([host.interface: host.mtu]) { $1 })
        }
    }

    private mutating func parent(
        _ name: String, of network: Topology.Network, in interfaces: [String: UInt32]?, _ host: String?
    ) -> Layout.Network.Parent? {
        if let mtu = interfaces?[name] { return checked(.init(interface: name, origin: .existing, mtu: mtu), network) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 2, let base = parts.first.map(String.init), interfaces == nil || interfaces?[base] != nil {
            if let id = UInt16(parts[1]), VLAN.ids.contains(id) {
                let mtu = interfaces?[base]
                return checked(.init(interface: name, origin: .vlan(id: id, of: base), mtu: mtu), network)
            }
            report(
                "parent \(quoted(name)) of \(network.title) is no VLAN that can be made", network,
                "after the dot comes a number from \(VLAN.ids.lowerBound) to \(VLAN.ids.upperBound)")
            return nil
        }
        guard let interfaces else { return .init(interface: name, origin: .existing, mtu: nil) }
        let names = interfaces.keys.sorted()
        let known = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
        report(
            "parent \(quoted(name)) of \(network.title) is not an interface of "
                + (host.map { "host \(quoted($0))" } ?? "this host"), network,
            known.isEmpty ? "there is none; leave `parent` out to have a dummy" : "there is \(known)")
        return nil
    }

    /// Reports packets that are larger than those of the interface below, which the kernel refuses.
    private mutating func checked(
        _ parent: Layout.Network.Parent, _ network: Topology.Network
    ) -> Layout.Network.Parent {
        if let wanted = network.mtu, let mtu = parent.mtu, wanted > mtu {
            findings.append(
                Diagnostic(
                    "MTU \(wanted) of \(network.title) is larger than that of its parent, \(mtu)",
                    at: network.mark(of: "com.docker.network.driver.mtu")))
        }
        return parent
    }

    private mutating func report(_ message: String, _ network: Topology.Network, _ hint: String) {
        findings.append(Diagnostic(message, at: network.mark(of: "parent"), hint: hint))
    }
}
