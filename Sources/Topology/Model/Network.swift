public import Addressing
public import YAML

extension Topology {
    /// A network of the file, as Docker's `docker network create` knows it.
    public struct Network: Hashable, Sendable, Codable {
        /// Which driver makes the network.
        public enum Driver: String, Hashable, Sendable, CaseIterable, Codable {
            case bridge, overlay, routed, macvlan, ipvlan, host, none

            /// Whether networks of the driver have subnets, and endpoints with addresses.
            public var hasSubnets: Bool { self != .host && self != .none }
            /// Whether networks of the driver have a bridge in the host's own namespace.
            public var hasBridge: Bool { self == .bridge || self == .routed }
            /// Whether endpoints are interfaces upon one of the host's, with addresses of the network outside.
            public var sharesParent: Bool { self == .macvlan || self == .ipvlan }
            /// Whether endpoints on different hosts are on one network, so that all hosts must make the same choices.
            var spansHosts: Bool { self == .routed || sharesAddresses }
            /// Whether endpoints on all hosts share the network's addresses; else each host has them, or some, for itself.
            public var sharesAddresses: Bool { self == .overlay || sharesParent }
        }

        /// One entry of `ipam.config`.
        public struct Pool: Hashable, Sendable, Codable {
            /// Addresses of the network.
            public var subnet: Subnet
            /// Where endpoints' addresses are taken from; the whole subnet if absent.
            public var range: Subnet?
            /// The bridge's own address; the lowest free one if absent.
            public var gateway: IPAddress?
            /// Addresses by name that no endpoint may get.
            public var auxiliary: [String: IPAddress]
            /// Where the entry begins in the file.
            public var mark: Mark
            /// Where the values of its keys begin, by key; those of `aux_addresses` by `aux_addresses.NAME`.
            public var marks: [String: Mark] = [:]

            /// A pool over `subnet`.
            public init(
                subnet: Subnet, range: Subnet? = nil, gateway: IPAddress? = nil, auxiliary: [String: IPAddress] = [:],
                mark: Mark = Mark(line: 0, column: 0)
            ) {
                self.subnet = subnet
                self.range = range
                self.gateway = gateway
                self.auxiliary = auxiliary
                self.mark = mark
            }
        }

        /// The key under `networks:`; `default` and `bridge` may be implicit.
        public var key: String
        /// The driver.
        public var driver: Driver
        /// No way out: no default route, no masquerade, no published ports.
        public var isInternal: Bool
        /// Whether endpoints get IPv4 addresses.
        public var hasIPv4: Bool
        /// Whether endpoints get IPv6 addresses.
        public var hasIPv6: Bool
        /// `ipam.config`, in file order; empty where the file leaves the choice to the pools.
        public var pools: [Pool]
        /// `com.docker.network.bridge.name`; derived from topology and key if absent.
        public var bridgeName: String?
        /// `com.docker.network.driver.mtu`, in bytes; 1500 if absent.
        public var mtu: UInt32?
        /// What `driver_opts` say of the bridge.
        public var options = BridgeOptions()
        /// What `driver_opts` say of the overlay; `nil` for other drivers.
        public var overlay: OverlayOptions?
        /// What `driver_opts` say of the interface below a macvlan or ipvlan network; `nil` for other drivers.
        public var parent: ParentOptions?
        /// What `driver_opts` say of a routed network; `nil` for other drivers.
        public var routed: RoutedOptions?
        /// `name`, Docker's name of the network; `<topology>_<key>` if absent.
        public var name: String?
        /// `driver_opts` as the file has them, kept for `network inspect`.
        public var driverOptions: [String: String] = [:]
        /// `ipam.options`, which Docker's own address management heeds none of, kept for `network inspect`.
        public var ipamOptions: [String: String] = [:]
        /// `external`: somebody else has made the network and takes it away; it is found by its name or that of its bridge.
        ///
        /// Until it is found nothing of it is known but what the file says, and it may have addresses of either family.
        public var isExternal = false
        /// Whether the external network's bridge is one that `links` make on each of its hosts.
        ///
        /// The bridges are joined by what their ports lead to, so that the network is one on all hosts.
        public var hasBridgeOfLinks = false
        /// `attachable`, kept for `network inspect`: any container may be connected here.
        public var isAttachable = false
        /// `labels`, kept for `network inspect`.
        public var labels: [String: String]
        /// Where the network begins in the file.
        public var mark: Mark
        /// Where the values of its keys begin, by key.
        public var marks: [String: Mark]

        /// The network of services that name none.
        public static let defaultKey = "default"
        /// The predefined network of `network_mode: bridge`, shared by all topologies (Docker's `docker0`).
        public static let predefinedBridgeKey = "bridge"
        /// Docker's names of the networks that every machine has.
        static let predefinedNames: Set = [predefinedBridgeKey, hostKey, noneKey]
        /// The bridge of the predefined network.
        public static let predefinedBridgeName = "weft0"
        /// The network of containers that are on no other one (`network_mode: none`).
        public static let noneKey = "none"
        /// The network of the host's own namespace (`network_mode: host`).
        public static let hostKey = "host"
        /// The network that gives containers on overlays their way out: a bridge on each host (Docker's `docker_gwbridge`).
        public static let gatewayBridgeKey = "weft_gwbridge"
        /// Whether endpoints on all hosts share the network's addresses; else each host has them, or some, for itself.
        public var sharesAddresses: Bool { driver.sharesAddresses || hasBridgeOfLinks }
        /// Whether endpoints on different hosts are on one network, so that all hosts must make the same choices.
        public var spansHosts: Bool { driver.spansHosts || hasBridgeOfLinks }
        /// Whether this is the bridge by which containers on overlays leave their host.
        public var isGatewayBridge: Bool { key == Self.gatewayBridgeKey }
        /// Whether this is the predefined `bridge`, which outlives any one topology.
        public var isPredefinedBridge: Bool { key == Self.predefinedBridgeKey }

        /// A bridge network, IPv4 only, with everything left to the defaults.
        public init(key: String, driver: Driver = .bridge, mark: Mark = Mark(line: 0, column: 0)) {
            self.key = key
            self.driver = driver
            isInternal = false
            hasIPv4 = true
            hasIPv6 = false
            pools = []
            labels = [:]
            self.mark = mark
            marks = [:]
        }
    }
}
