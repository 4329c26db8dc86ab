import Addressing

/// Which ports of the host are given away, and to whom.
struct PortBook {
    private struct Slot: Hashable {
        var transport: TransportProtocol
        var port: UInt16
    }

    /// Who has a port on which addresses.
    private struct Holders {
        var everywhere: String?
        var families: [IPFamily: String] = [:]
        var addresses: [IPAddress: String] = [:]
        /// One that has the port on some address of a family.
        var someAddress: [IPFamily: String] = [:]

        /// Who has the port on an address that `address` covers or that covers it: no address is every one, 0.0.0.0 and
        /// `::` are every one of a family.
        func holder(on address: IPAddress?) -> String? {
            guard let address else {
                return everywhere
                    ?? (families.merging(someAddress) { first, _ in first }).min { $0.key < $1.key }?.value
            }
            return everywhere ?? families[address.family]
                ?? (address.isUnspecified ? someAddress[address.family] : addresses[address])
        }

        mutating func give(on address: IPAddress?, to owner: String) {
            guard let address else {
                everywhere = owner
                return
            }
            if address.isUnspecified {
                families[address.family] = owner
            } else {
                addresses[address] = owner
                someAddress[address.family] = someAddress[address.family] ?? owner
            }
        }
    }

    private var slots: [Slot: Holders] = [:]

    /// Who has `port` on an address that overlaps `address`; `nil` if it is free.
    func holder(of port: UInt16, _ transport: TransportProtocol, on address: IPAddress?) -> String? {
        slots[Slot(transport: transport, port: port)]?.holder(on: address)
    }

    /// Gives `port` to `owner`.
    mutating func give(_ port: UInt16, _ transport: TransportProtocol, on address: IPAddress?, to owner: String) {
        slots[Slot(transport: transport, port: port), default: Holders()].give(on: address, to: owner)
    }
}
