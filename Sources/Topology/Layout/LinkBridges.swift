public import Addressing
import Links
import YAML

extension Topology {
    /// The bridge `name` that `links` make on `host`.
    func linkBridge(_ name: String, on host: String) -> DeviceLink? {
        devices.first { link in
            guard case .bridge = link.device, let end = link.ends.first else { return false }
            return end.place == .host(host) && end.interface == name
        }
    }

    /// Marks the external networks whose bridge `links` make on hosts.
    mutating func adoptBridgesOfLinks() {
        for index in networks.indices where networks[index].isExternal {
            guard let bridge = networks[index].bridgeName else { continue }
            networks[index].hasBridgeOfLinks = hosts.contains { linkBridge(bridge, on: $0.name) != nil }
        }
    }

    /// The addresses that `links` give to interfaces, with the names of the services and hosts that have them.
    var linkAddresses: [(name: String, address: InterfaceAddress)] {
        cables.flatMap(\.ends).flatMap { end in end.addresses.map { (end.place.name, $0) } }
            + devices.flatMap(\.ends).flatMap { end in end.addresses.map { (end.place.name, $0) } }
    }

    /// Faults of networks on bridges that `links` make.
    var linkBridgeFindings: [Diagnostic] {
        let members = hostsByNetwork
        return networks.filter(\.hasBridgeOfLinks).flatMap { network -> [Diagnostic] in
            let name = network.bridgeName ?? ""
            let mark = network.mark(of: "com.docker.network.bridge.name")
            let without = hosts.filter { members[network.key]?.contains($0.name) ?? false }.filter {
                linkBridge(name, on: $0.name) == nil
            }
            let missing = without.map { host in
                Diagnostic(
                    "\(network.title) is on \(host.title), where no link makes its bridge \(quoted(name))", at: mark,
                    hint: "links: [{type: bridge, host: \(host.name), interface: \(name), ports: […]}]")
            }
            guard network.pools.isEmpty else { return missing }
            return missing + [
                Diagnostic(
                    "\(network.title) is on bridges of several hosts, and has no subnet", at: network.mark,
                    hint: "ipam: {config: [{subnet: …, gateway: …}]}, with addresses that nobody else on them has")
            ]
        }
    }

    /// The networks on bridges that `links` make, as a machine would find them.
    ///
    /// No bridge is anybody's gateway unless the file says that it has the gateway's address.
    var networksOnLinks: [String: ExternalNetwork] {
        var found: [String: ExternalNetwork] = [:]
        for network in networks where network.hasBridgeOfLinks {
            guard let name = network.bridgeName else { continue }
            let bridges = hosts.compactMap { linkBridge(name, on: $0.name) }
            var external = ExternalNetwork(
                bridge: name, declaration: network, name: dockerName(of: network), addresses: [],
                mtu: bridges.compactMap(\.mtu).min() ?? Host.defaultMTU)
            external.network.maker = .others(addresses: bridges.flatMap(\.ends).flatMap(\.addresses).map(\.address))
            found[network.key] = external
        }
        return found
    }
}

extension LayoutBuilder {
    /// Gives networks on bridges of links the least MTU of what is a port of these: packets must pass on all hosts.
    func fitNetworksOnLinks(of layout: inout Layout) {
        var mtus: [Layout.DeviceLink.Interface: UInt32] = [:]
        for cable in layout.cables {
            for end in [cable.first, cable.second] {
                mtus[.init(container: end.container, name: end.interface)] = cable.mtu
            }
        }
        for device in layout.devices { mtus[device.interface] = device.mtu }
        let hosts = topology.hosts.map { topology.namespaceName(of: $0) }
        for index in layout.networks.indices where layout.networks[index].declaration.hasBridgeOfLinks {
            let bridges = hosts.map { Layout.DeviceLink.Interface(container: $0, name: layout.networks[index].bridge) }
            let least = layout.devices.filter { bridges.contains($0.interface) }.flatMap { bridge in
                [bridge.mtu]
                    + bridge.ports.map { mtus[.init(container: bridge.interface.container, name: $0.interface)] }
            }.compactMap(\.self).min()
            if let least { layout.networks[index].declaration.mtu = least }
        }
    }
}

extension Layout {
    /// The addresses of the host whose namespace is `host` in a lab on the bridge of `network`, which links make.
    public func addresses(onBridgeOf network: Network, of host: Host) -> [IPAddress] {
        devices.filter { $0.interface == .init(container: host.namespace, name: network.bridge) }
            .flatMap(\.addresses).map(\.address)
    }
}
