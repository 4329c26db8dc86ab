import Addressing
import Links
import YAML

extension Topology.DeviceLink {
    /// What is wrong with the link by itself.
    var ownFindings: [Diagnostic] {
        ends.flatMap { findings(of: $0) } + sharedAddresses + portFindings + localFindings
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
        return findings
    }

    private var sharedAddresses: [Diagnostic] {
        guard ends.count == 2 else { return [] }
        let shared = Set(ends[0].addresses.map(\.address)).intersection(ends[1].addresses.map(\.address)).min()
        return shared.map { [Diagnostic("both ends of a link have the address \($0)", at: ends[1].mark)] } ?? []
    }

    /// VLANs of ports are those of a bridge that filters by them.
    private var portFindings: [Diagnostic] {
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
        return findings
    }
}
