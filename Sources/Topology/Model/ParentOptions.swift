import Addressing
public import Links

extension Topology.Network {
    /// The `driver_opts` of macvlan and ipvlan networks (moby `drivers/macvlan`, `drivers/ipvlan`).
    public struct ParentOptions: Hashable, Sendable, Codable {
        /// `parent`: the interface of the host that the endpoints share; a dummy is made where absent.
        public var interface: String?
        /// `macvlan_mode`.
        public var macvlan = MACVLAN()
        /// `ipvlan_mode` and `ipvlan_flag`.
        public var ipvlan = IPVLAN()

        /// What is done without any option.
        public init() {}
    }

    /// What the endpoints' interfaces are; `nil` where the network has no parent.
    public var deviceOnParent: Device? {
        switch (driver, parent) {
        case (.macvlan, let parent?): .macvlan(parent.macvlan)
        case (.ipvlan, let parent?): .ipvlan(parent.ipvlan)
        default: nil
        }
    }

    /// Whether packets are routed by the host that the endpoints are on, so that they need no next hop.
    public var isRoutedByParent: Bool { driver == .ipvlan && parent.map { $0.ipvlan.mode != .l2 } ?? false }

    /// Whether endpoints may have a default route of `family`.
    ///
    /// On a parent it leads to a router outside, and nobody knows one that the file does not name (moby `GetSkipGwAlloc`,
    /// Docker 28).
    func hasWayOutOnParent(_ family: IPFamily) -> Bool {
        guard driver.sharesParent, !isInternal else { return false }
        return isRoutedByParent || pools.contains { $0.subnet.family == family && $0.gateway != nil }
    }
}

extension Topology {
    /// Keeps the addresses that hosts have on what is between them from the endpoints of networks that are out there too, and
    /// those that links have from networks on bridges of such.
    mutating func reserveHostAddresses() {
        for network in networks.indices {
            let isOnBridge = networks[network].hasBridgeOfLinks
            guard isOnBridge || networks[network].driver.sharesParent else { continue }
            let outside =
                hosts.flatMap { host in host.addresses.map { (host.name, $0) } } + (isOnBridge ? linkAddresses : [])
            for pool in networks[network].pools.indices { networks[network].pools[pool].reserve(outside) }
        }
    }
}

extension Topology.Network.Pool {
    /// Keeps those of the addresses `outside` that are the pool's from endpoints.
    fileprivate mutating func reserve(_ outside: [(name: String, address: InterfaceAddress)]) {
        let gateway = AddressPool(subnet, range: range, gateway: gateway).gateway
        for (name, address) in outside.map({ ($0.name, $0.address.address) })
        where subnet.contains(address) && address != gateway {
            // The same name may have several.
            auxiliary[auxiliary[name] == nil ? name : "\(name) \(address)"] = address
        }
    }
}
