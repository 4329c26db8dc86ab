public import Addressing
public import YAML

extension Topology {
    /// An entry of `links:` of type `veth`: a cable between services or hosts, with no Docker semantics.
    public struct Cable: Hashable, Sendable {
        /// One end of a cable.
        public struct End: Hashable, Sendable {
            /// Where the interface is.
            public var place: Place
            /// Name of the interface: 1 to 15 bytes.
            public var interface: String
            /// Addresses of the interface.
            public var addresses: [InterfaceAddress]
            /// Ethernet address; derived from the end's name if absent.
            public var mac: MACAddress?
            /// Routes and rules.
            public var tables = InterfaceTables()
            /// Where the end begins in the file.
            public var mark: Mark

            /// An end named `interface` in `place`.
            public init(
                place: Place, interface: String, addresses: [InterfaceAddress] = [], mac: MACAddress? = nil,
                mark: Mark = Mark(line: 0, column: 0)
            ) {
                self.place = place
                self.interface = interface
                self.addresses = addresses
                self.mac = mac
                self.mark = mark
            }
        }

        /// The two ends, in file order.
        public var ends: [End]
        /// Largest layer-3 packet, in bytes; 1500 if absent.
        public var mtu: UInt32?
        /// Where the cable begins in the file.
        public var mark: Mark

        /// A cable between the first two of `ends`.
        public init(ends: [End], mtu: UInt32? = nil, mark: Mark = Mark(line: 0, column: 0)) {
            self.ends = ends
            self.mtu = mtu
            self.mark = mark
        }
    }
}
