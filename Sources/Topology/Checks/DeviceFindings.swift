import Addressing
import Links
import YAML

extension Topology.DeviceLink {
    /// What is wrong with the link by itself.
    var ownFindings: [Diagnostic] {
        ends.flatMap { findings(of: $0) } + sharedAddresses + portFindings + localFindings
            + tableFindings
    }

    private var kind: String { device.kind }

    private func findings(of end: End) -> [Diagnostic] {
        var findings = end.addresses.findings(at: end.mark) + end.tables.findings(with: end.addresses, at: end.mark)
        if end.mac != nil && !device.isEthernet {
            findings.append(
                Diagnostic(
                    "\(linkTitle(kind)) carries no Ethernet frames and has no mac", at: end.mark, hint: "leave it out"))
        }
        if end.mac != nil, case .ipvlan = device {
            findings.append(
                Diagnostic(
                    "an ipvlan link has the mac of its parent", at: end.mark, hint: "leave it out, or use macvlan"))
        }
        return findings + carriedFindings(of: end) + forwardingFindings(of: end)
    }

    /// An IP tunnel carries packets of one family.
    private func carriedFindings(of end: End) -> [Diagnostic] {
        guard case .ipTunnel(let tunnel) = device else { return [] }
        let family = tunnel.variant.inner
        return end.addresses.filter { $0.address.family != family }.map {
            Diagnostic(
                "\(linkTitle(kind)) carries \(family.name) only, and \($0) is an \($0.address.family.name) address",
                at: end.mark, hint: "take gre, which carries both")
        }
    }

    /// Frames go to addresses of the family that the tunnel has.
    private func forwardingFindings(of end: End) -> [Diagnostic] {
        guard let family = device.underlayFamily else { return [] }
        return end.tables.forwarding.filter { ends.count == 1 && $0.destination.family != family }.map {
            Diagnostic(
                "\(linkTitle(kind)) over \(family.name) sends no frames to \($0.destination)", at: end.mark,
                hint: "`local:` says the family where no group does")
        }
    }

    /// The tables that the kernel has for itself.
    private var tableFindings: [Diagnostic] {
        guard case .vrf(let vrf) = device, 253...255 ~= vrf.table else { return [] }
        return [
            Diagnostic(
                "table \(vrf.table) of a vrf link is one of the kernel's own", at: marks["table"] ?? mark,
                hint: "take any other but 253, 254 and 255")
        ]
    }

    private var sharedAddresses: [Diagnostic] {
        guard ends.count == 2 else { return [] }
        let shared = Set(ends[0].addresses.map(\.address)).intersection(ends[1].addresses.map(\.address)).min()
        return shared.map { [Diagnostic("both ends of a link have the address \($0)", at: ends[1].mark)] } ?? []
    }

    /// VLANs of ports are those of a bridge that filters by them, and an Ethernet address is behind one port.
    private var portFindings: [Diagnostic] {
        var known = Uses<MACAddress>()
        let doubles = ports.flatMap { port in
            port.stations.compactMap { mac in
                known.claim(mac, for: quoted(port.interface)).map {
                    Diagnostic("\(mac) is in the fdb of \($0) already", at: port.mark, hint: "keep one of them")
                }
            }
        }
        return doubles + vlanFindings
    }

    private var vlanFindings: [Diagnostic] {
        guard case .bridge(let bridge) = device, !bridge.vlanFiltering else { return [] }
        return ports.filter { $0.vlans != nil }.map {
            Diagnostic(
                "a bridge that does not filter by VLAN has no ports with VLANs", at: $0.mark,
                hint: "add vlan_filtering: true")
        }
    }

    /// The addresses that the file gives a tunnel in its underlay.
    private var localFindings: [Diagnostic] {
        let given = ends.compactMap { end in end.local.map { (address: $0, mark: end.mark) } }
        var findings = given.filter { !device.underlayFamilies.contains($0.address.family) }.map { given in
            Diagnostic("\(given.address) is no address that \(linkTitle(kind)) can have as local", at: given.mark)
        }
        if given.count == 2 && given[0].address.family != given[1].address.family {
            findings.append(Diagnostic("the local addresses of a link are of different families", at: given[1].mark))
        } else if given.count == 2 && given[0].address == given[1].address {
            findings.append(
                Diagnostic("both ends of a link have the local address \(given[0].address)", at: given[1].mark))
        }
        if ends.count == 2 && given.count == 1 {
            findings.append(
                Diagnostic(
                    "one endpoint of a link has a local address, and the other has none", at: mark,
                    hint: "give `local:` to both, or to none"))
        }
        return findings
    }
}

extension [InterfaceAddress] {
    /// What keeps these from being the addresses of one interface.
    func findings(at mark: Mark) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        var seen: Set<IPAddress> = []
        for address in self {
            // Of two addresses or one, each is a host's (RFC 3021, RFC 6164).
            let names = address.subnet.hostBits > 1 ? address.subnet.unassignable : []
            let isHost =
                !address.address.isMulticast && !address.address.isUnspecified && !names.contains(address.address)
            if !isHost { findings.append(Diagnostic("\(address) of a link is not the address of a host", at: mark)) }
            if !seen.insert(address.address).inserted {
                findings.append(Diagnostic("an endpoint of a link has the address \(address.address) twice", at: mark))
            }
        }
        return findings
    }
}

extension Topology.InterfaceTables {
    /// What keeps these from being the entries of an interface with `addresses`.
    func findings(with addresses: [InterfaceAddress], at mark: Mark) -> [Diagnostic] {
        var findings: [Diagnostic] = []
        var seen: Set<Topology.Route> = []
        for route in routes {
            if let gateway = route.gateway, !addresses.contains(where: { $0.subnet.contains(gateway) }) {
                findings.append(
                    Diagnostic(
                        "\(gateway), by which a route leads, is in no subnet of its interface", at: mark,
                        hint: "the interface needs an address beside it"))
            }
            if let source = route.source, !addresses.contains(where: { $0.address == source }) {
                findings.append(
                    Diagnostic("\(source), the source of a route, is no address of its interface", at: mark))
            }
            let key = Topology.Route(
                destination: route.destination, gateway: nil, metric: route.metric, table: route.table, source: nil)
            if !seen.insert(key).inserted {
                findings.append(
                    Diagnostic(
                        "an interface has two routes to \(route.destination)", at: mark,
                        hint: "give them different metrics or tables"))
            }
        }
        return findings + doubles(at: mark)
    }

    /// Entries of which the kernel would keep one.
    private func doubles(at mark: Mark) -> [Diagnostic] {
        let everyone = MACAddress(bits: 0)
        return repeated(neighbours.map { "\($0.address)" }).map {
            Diagnostic("an interface has two neighbours \($0)", at: mark, hint: "keep one of them")
        }
            + repeated(forwarding.map { $0.mac == everyone ? "default to \($0.destination)" : "\($0.mac)" }).map {
                Diagnostic("fdb has two entries for \($0)", at: mark, hint: "keep one of them")
            }
    }

    /// Those that are there more than once, each once.
    private func repeated(_ keys: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for key in keys { counts[key, default: 0] += 1 }
        return counts.filter { $0.value > 1 }.keys.sorted()
    }
}
