public import Addressing

extension Layout {
    /// A cable between two sandboxes or hosts.
    public struct Cable: Hashable, Sendable, Codable {
        /// One end.
        public struct End: Hashable, Sendable, Codable {
            /// Name of the namespace that holds the interface; of a host, that which stands for it in a lab.
            public var container: String
            /// Name of the interface.
            public var interface: String
            /// Addresses of the interface.
            public var addresses: [InterfaceAddress]
            /// Ethernet address of the interface.
            public var mac: MACAddress
            /// Routes that lead out by it.
            public var routes: [Topology.Route] = []
            /// Rules that choose the table by which packets are routed.
            public var rules: [Topology.Rule] = []

            /// An end in the namespace `container`.
            public init(container: String, interface: String, addresses: [InterfaceAddress], mac: MACAddress) {
                self.container = container
                self.interface = interface
                self.addresses = addresses
                self.mac = mac
            }
        }

        /// The end named first in the file.
        public var first: End
        /// The other end.
        public var second: End
        /// Largest layer-3 packet, in bytes.
        public var mtu: UInt32

        /// A cable from `first` to `second`.
        public init(first: End, second: End, mtu: UInt32) {
            self.first = first
            self.second = second
            self.mtu = mtu
        }
    }
}

extension LayoutBuilder {
    /// The cable with the namespaces of its ends.
    mutating func cable(_ cable: Topology.Cable) -> Layout.Cable? {
        reportMachines(joinedBy: cable)
        let ends = cable.ends.compactMap { end(of: $0) }
        guard ends.count == 2 else { return nil }
        return Layout.Cable(first: ends[0], second: ends[1], mtu: cable.mtu ?? 1500)
    }

    private func end(of end: Topology.Cable.End) -> Layout.Cable.End? {
        guard let container = sandboxes.namespaceName(of: end.place) else { return nil }
        let name = "\(topology.name)/\(container):\(end.interface)"
        var laidOut = Layout.Cable.End(
            container: container, interface: end.interface, addresses: end.addresses,
            mac: end.mac ?? MACAddress(of: name))
        laidOut.routes = end.tables.routes
        laidOut.rules = end.tables.rules
        return laidOut
    }
}

extension LayoutBuilder {
    /// The lines that `extra_hosts` adds, `host-gateway` being the bridge that the default route leads to, or else the
    /// first one; on the host's own network the loopback.
    func extraHosts(of service: Topology.Service, _ container: Layout.Container) -> [Layout.HostsEntry] {
        service.extraHosts.compactMap { host in
            (host.address ?? hostGateway(of: container)).map { Layout.HostsEntry(name: host.name, address: $0) }
        }
    }

    private func hostGateway(of container: Layout.Container) -> IPAddress? {
        if container.sandbox == .host { return .loopback(.v4) }
        let endpoint = container.endpoints.first { !$0.defaultGatewayFor.isEmpty } ?? container.endpoints.first
        guard let endpoint, let address = endpoint.addresses.first?.address else { return nil }
        return gateways[endpoint.network]?.first { $0.subnet.contains(address) }?.gateway
    }
}
