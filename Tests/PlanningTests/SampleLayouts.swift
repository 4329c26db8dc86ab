import TestSupport
import Testing
import Addressing
import Planning
import Topology

extension Layout {
    /// A bridge network of `count` containers, laid out by hand.
    static func bridge(_ name: String = "demo", containers count: Int, ports: [Layout.Port] = []) throws -> Layout {
        let network = try Layout.Network.sample("front", topology: name, third: 0)
        let containers = try (0..<count).map { index in
            try Layout.Container.sample("c\(index)", topology: name, on: [network], host: index + 2, ports: ports)
        }
        return Layout(name: name, networks: [network], containers: containers)
    }

    /// A layout with one to three networks, some internal, some with IPv6, and up to six containers on some of them.
    static func random(_ generator: inout SeededGenerator) throws -> Layout {
        let networks = try (0..<Int.random(in: 1...3, using: &generator)).map { index in
            var network = try Layout.Network.sample(
                "net\(index)", topology: "demo", third: index + Int.random(in: 0...1, using: &generator) * 8)
            network.declaration.isInternal = .random(using: &generator)
            if Bool.random(using: &generator) { network.declaration.mtu = 9000 }
            if Bool.random(using: &generator) { try network.addIPv6() }
            return network
        }
        var containers: [Layout.Container] = []
        for index in 0..<Int.random(in: 0...6, using: &generator) {
            let joined = networks.filter { _ in Bool.random(using: &generator) }
            let host = index + 2 + Int.random(in: 0...1, using: &generator) * 20
            containers.append(try .sample("c\(index)", topology: "demo", on: joined, host: host))
        }
        return Layout(name: "demo", networks: networks, containers: containers)
    }
}

extension Layout.Network {
    static func sample(_ key: String, topology: String, third: Int) throws -> Layout.Network {
        let subnet = try #require(Subnet("10.77.\(third).0/24"))
        return Layout.Network(
            declaration: Topology.Network(key: key), name: "\(topology)_\(key)",
            bridge: "br-" + StableHash.hex("\(topology)/\(key)", digits: 12),
            segments: [.init(subnet: subnet, gateway: subnet.network.advanced(by: 1))])
    }

    mutating func addIPv6() throws {
        let third = segments[0].subnet.network.bytes[2]
        let subnet = try #require(Subnet("fd00:77:\(third)::/64"))
        segments.append(.init(subnet: subnet, gateway: subnet.network.advanced(by: 1)))
    }
}

extension Layout.Container {
    static func sample(
        _ service: String, topology: String, on networks: [Layout.Network], host: Int, ports: [Layout.Port] = []
    ) throws -> Layout.Container {
        let endpoints = networks.enumerated().map { index, network in
            let addresses = network.segments.map {
                InterfaceAddress($0.subnet.network.advanced(by: UInt128(host)), in: $0.subnet)
            }
            return Layout.Endpoint(
                network: network.declaration.key, interface: "eth\(index)", addresses: addresses,
                mac: MACAddress(derivedFrom: addresses[0].address),
                defaultGatewayFor: index == 0 && !network.declaration.isInternal ? [.v4, .v6] : [])
        }
        return Layout.Container(
            name: "\(topology)-\(service)", service: service, index: 1, sandbox: .own, endpoints: endpoints,
            ports: ports)
    }
}
