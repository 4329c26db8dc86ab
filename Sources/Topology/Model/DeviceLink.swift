public import Addressing
public import Links
public import YAML

extension Topology {
    /// An entry of `links:` that is no cable: a tunnel between services or hosts, or an interface of one.
    public struct DeviceLink: Hashable, Sendable {
        /// The interface of one service or host.
        public struct End: Hashable, Sendable {
            /// Where the interface is.
            public var place: Place
            /// Name of the interface: 1 to 15 bytes.
            public var interface: String
            /// Addresses of the interface.
            public var addresses: [InterfaceAddress] = []
            /// Ethernet address; derived from the interface's name if absent.
            public var mac: MACAddress?
            /// A tunnel's address here, in the underlay; found from the addresses of both places if absent.
            public var local: IPAddress?
            /// Routes, rules, neighbours and forwarding entries.
            public var tables = InterfaceTables()
            /// Where the end begins in the file.
            public var mark: Mark

            /// An end named `interface` in `place`.
            public init(place: Place, interface: String, mark: Mark) {
                self.place = place
                self.interface = interface
                self.mark = mark
            }
        }

        /// The interface below.
        public struct Parent: Hashable, Sendable {
            /// Where that is; where the link itself is if absent.
            public var place: Place?
            /// The interface.
            public var interface: String
            /// Where it is in the file.
            public var mark: Mark
        }

        /// An interface of the same place that becomes a port of a bridge or VRF.
        public struct Port: Hashable, Sendable, Codable {
            /// The interface; the bridge itself for the port of the place's own.
            public var interface: String
            /// How a bridge treats it.
            public var isHairpin = false
            /// Whether it reaches only ports that are not isolated.
            public var isIsolated = false
            /// Whether the bridge learns Ethernet addresses from it.
            public var isLearning = true
            /// Ethernet addresses that are behind it, whatever the bridge learns.
            public var stations: [MACAddress] = []
            /// Its VLANs; as the bridge has it if absent.
            public var vlans: PortVLANs?
            /// Where it is in the file.
            public var mark: Mark

            /// `interface` as a port like any other.
            public init(interface: String, mark: Mark) {
                self.interface = interface
                self.mark = mark
            }
        }

        /// The kind with its settings, as the first end has them; a tunnel's ends are filled in later.
        public var device: Device
        /// The interface, or a tunnel's two in file order.
        public var ends: [End]
        /// The interface below.
        public var parent: Parent?
        /// What becomes a port of it, with the place in the file.
        public var ports: [Port] = []
        /// Largest layer-3 packet, in bytes; the kernel's choice if absent.
        public var mtu: UInt32?
        /// Where the link begins in the file.
        public var mark: Mark
        /// Where values begin, by key.
        public var marks: [String: Mark]
    }
}
