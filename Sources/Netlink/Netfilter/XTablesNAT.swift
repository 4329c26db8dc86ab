public import Addressing
import CLinux

// Targets that translate addresses. IPv4 and IPv6 have structures of their own, but for the newest of DNAT.
extension Netfilter.Extension {
    /// `-j MASQUERADE`: leave with the address of the interface.
    public static func masquerade(_ family: IPFamily) -> Self {
        switch family {
        case .v4:
            Self("MASQUERADE", revision: 0) { (info: inout nf_nat_ipv4_multi_range_compat) in info.rangesize = 1 }
        case .v6: Self("MASQUERADE", revision: 0) { (_: inout nf_nat_range) in }
        }
    }

    /// `-j SNAT --to-source ADDRESS`.
    public static func sourceNAT(_ address: IPAddress) -> Self {
        switch address.family {
        case .v4:
            Self("SNAT", revision: 0) { (info: inout nf_nat_ipv4_multi_range_compat) in
                info.rangesize = 1
                info.range.flags = UInt32(NF_NAT_RANGE_MAP_IPS)
                (info.range.min_ip, info.range.max_ip) = (address.wireIPv4, address.wireIPv4)
            }
        case .v6:
            Self("SNAT", revision: 1) { (info: inout nf_nat_range) in
                info.flags = UInt32(NF_NAT_RANGE_MAP_IPS)
                (info.min_addr, info.max_addr) = (address.wire, address.wire)
            }
        }
    }

    /// `-j DNAT --to-destination ADDRESS:PORT` (`struct nf_nat_range2`).
    public static func destinationNAT(_ address: IPAddress, port: UInt16) -> Self {
        Self("DNAT", revision: 2) { (info: inout nf_nat_range2) in
            info.flags = UInt32(NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED)
            (info.min_addr, info.max_addr) = (address.wire, address.wire)
            (info.min_proto.all, info.max_proto.all) = (port.bigEndian, port.bigEndian)
        }
    }

    /// The address of `sourceNAT`, if it is one.
    public func sourceNAT(_ family: IPFamily) -> IPAddress? {
        let address: IPAddress? =
            switch family {
            case .v4:
                structure("SNAT", revision: 0, nf_nat_ipv4_multi_range_compat.self).map { IPAddress($0.range.min_ip) }
            case .v6:
                structure("SNAT", revision: 1, nf_nat_range.self).map { IPAddress(.v6, $0.min_addr) }
            }
        guard let address, .sourceNAT(address) == self else { return nil }
        return address
    }

    /// Address and port of `destinationNAT`, if it is one.
    public func destinationNAT(_ family: IPFamily) -> (address: IPAddress, port: UInt16)? {
        guard let info = structure("DNAT", revision: 2, nf_nat_range2.self) else { return nil }
        let address = IPAddress(family, info.min_addr)
        let port = UInt16(bigEndian: info.min_proto.all)
        return .destinationNAT(address, port: port) == self ? (address, port) : nil
    }
}

extension IPAddress {
    /// The address as a `__be32`.
    fileprivate var wireIPv4: UInt32 { UInt32(truncatingIfNeeded: bits).bigEndian }

    /// The address as a `union nf_inet_addr`, where an IPv4 address is followed by zeros.
    fileprivate var wire: nf_inet_addr {
        var result = nf_inet_addr()
        withUnsafeMutableBytes(of: &result) { $0.copyBytes(from: bytes) }
        return result
    }

    /// A `__be32`.
    fileprivate init(_ wire: UInt32) { self.init(.v4, bits: UInt128(UInt32(bigEndian: wire))) }

    /// The address of `family` in a `union nf_inet_addr`.
    fileprivate init(_ family: IPFamily, _ wire: nf_inet_addr) {
        let number = withUnsafeBytes(of: wire) {
            $0.prefix(family.byteCount).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        }
        self.init(family, bits: number)
    }
}
