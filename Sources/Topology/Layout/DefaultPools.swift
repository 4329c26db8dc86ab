import Addressing

/// Where subnets come from that the file does not give.
enum DefaultPools {
    /// Docker's local pools in order, 31 networks (moby ipamutils/utils.go).
    static let v4: [Subnet] = {
        let wide: [(base: [UInt8], length: Int, part: Int)] = [
            ([172, 17, 0, 0], 16, 16), ([172, 18, 0, 0], 16, 16), ([172, 19, 0, 0], 16, 16),
            ([172, 20, 0, 0], 14, 16), ([172, 24, 0, 0], 14, 16), ([172, 28, 0, 0], 14, 16),
            ([192, 168, 0, 0], 16, 20),
        ]
        return wide.flatMap { pool in
            (0..<1 << (pool.part - pool.length)).compactMap { index in
                IPAddress(bytes: pool.base).flatMap {
                    Subnet(
                        containing: $0.advanced(by: UInt128(index) << UInt128(32 - pool.part)),
                        prefixLength: pool.part)
                }
            }
        }
    }()

    /// Docker's global pool, for networks that span hosts: 10.0.0.0/8 in parts of /24 (moby ipamutils/utils.go).
    static var global: some Sequence<Subnet> {
        (0..<0x10000 as Range<UInt128>).lazy.compactMap { index in
            Subnet(containing: IPAddress(.v4, bits: 10 << 24 | index << 8), prefixLength: 24)
        }
    }

    /// The pool of the predefined bridge, which a Docker host has given away before any other.
    static var predefinedBridge: Subnet { v4[0] }

    /// The unique local /64s of a topology, those of `key` first: fd, 40 bits of the topology's name, 16 of the key's
    /// (RFC 4193 §3.1).
    static func v6(topology: String, key: String) -> some Sequence<Subnet> {
        let global = UInt128(StableHash.value(topology) & 0xff_ffff_ffff)
        let first = StableHash.value("\(topology)/\(key)") & 0xffff
        return (0..<0x10000 as Range<UInt64>).lazy.compactMap { offset in
            let bits = 0xfd << 120 | global << 80 | UInt128((first + offset) & 0xffff) << 64
            return Subnet(containing: IPAddress(.v6, bits: bits), prefixLength: 64)
        }
    }
}
