public import Addressing
public import YAML

extension Topology {
    /// An entry of `hosts:`: a machine that services run on; in a lab, a namespace of this one.
    public struct Host: Hashable, Sendable {
        /// The key under `hosts:`.
        public var name: String
        /// `address`: its addresses on the underlay, at most one of each family, in file order.
        public var addresses: [InterfaceAddress]
        /// `interface`: the interface that has them.
        public var interface: String
        /// `gateway`: the next hops of its default routes in a lab, at most one of each family; chosen if absent.
        public var gateways: [IPAddress]
        /// `mtu`: largest layer-3 packet on the underlay, in bytes.
        public var mtu: UInt32
        /// `labels`, for people.
        public var labels: [String: String]
        /// Where the host begins in the file.
        public var mark: Mark
        /// Where the values of its keys begin, by key.
        public var marks: [String: Mark]

        /// The interface of a host that names none.
        public static let defaultInterface = "eth0"
        /// The underlay's MTU where the file says none: Ethernet's.
        public static let defaultMTU: UInt32 = 1500

        /// A host with `addresses` on `eth0`, everything else left to the defaults.
        public init(name: String, addresses: [InterfaceAddress], mark: Mark = Mark(line: 0, column: 0)) {
            self.name = name
            self.addresses = addresses
            interface = Self.defaultInterface
            gateways = []
            mtu = Self.defaultMTU
            labels = [:]
            self.mark = mark
            marks = [:]
        }
    }
}
