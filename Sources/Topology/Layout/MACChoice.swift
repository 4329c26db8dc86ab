import Addressing

/// Chooses Ethernet addresses: the file's, else `02:42:` and the IPv4 address, else one that the names alone decide.
struct MACChoice {
    private let topology: String
    /// The addresses in use on each network.
    private var taken: [AddressSpace: Set<MACAddress>] = [:]

    init(topology: String, _ requests: [AddressChoice.Request]) {
        self.topology = topology
        for request in requests {
            if let mac = request.attachment.mac { taken[request.space, default: []].insert(mac) }
        }
    }

    /// The address of the endpoint that `request` is for.
    mutating func mac(of request: AddressChoice.Request, _ addresses: [InterfaceAddress]) -> MACAddress {
        if let mac = request.attachment.mac { return mac }
        var mac =
            addresses.first { $0.address.family == .v4 }.map { MACAddress(derivedFrom: $0.address) }
            ?? MACAddress(of: "\(topology)/\(request.container)/\(request.network)")
        while !taken[request.space, default: []].insert(mac).inserted { mac = MACAddress(of: "\(mac)") }
        return mac
    }
}

extension MACAddress {
    /// The locally administered address that `text` stands for in every run: 02 and five bytes of its hash.
    init(of text: String) { self.init(bits: 0x02 << 40 | StableHash.value(text) & 0xff_ffff_ffff) }
}
