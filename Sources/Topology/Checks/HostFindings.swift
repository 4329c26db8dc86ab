import Addressing
import YAML

extension Topology {
    /// Faults of `hosts`, and services that are on none or on one that can't be.
    var hostFindings: [Diagnostic] {
        hosts.flatMap(\.ownFindings) + sharedAddressFindings + overlappingUnderlays + placementFindings
    }

    private var sharedAddressFindings: [Diagnostic] {
        var owners = Uses<IPAddress>()
        return hosts.flatMap { host in
            host.addresses.compactMap { address in
                owners.claim(address.address, for: host.title).map {
                    Diagnostic(
                        "address \(address.address) of \(host.title) is also that of \($0)",
                        at: host.mark(of: "address"), hint: "give one of them another address")
                }
            }
        }
    }

    /// Hosts that see the underlay's addresses in different ways.
    private var overlappingUnderlays: [Diagnostic] {
        let all = hosts.flatMap { host in host.addresses.map { (host: host, subnet: $0.subnet) } }.enumerated().sorted {
            ($0.element.subnet, $0.offset) < ($1.element.subnet, $1.offset)
        }.map(\.element)
        return zip(all, all.dropFirst()).compactMap { wide, narrow in
            guard wide.subnet != narrow.subnet, wide.subnet.contains(narrow.subnet) else { return nil }
            return Diagnostic(
                "subnet \(narrow.subnet) of \(narrow.host.title) lies in \(wide.subnet) of \(wide.host.title)",
                at: narrow.host.mark(of: "address"), hint: "hosts on one segment need the same prefix length")
        }
    }

    private var placementFindings: [Diagnostic] {
        let names = Set(hosts.map(\.name))
        let sandboxes = Sandboxes(of: self)
        let places = servicesByName
        var speller = Speller()
        return services.flatMap { service -> [Diagnostic] in
            guard let host = service.host else { return hosts.isEmpty ? [] : [missingHost(of: service)] }
            let mark = service.mark(of: "host")
            if hosts.isEmpty {
                return [
                    Diagnostic(
                        "\(service.title) is on host \(quoted(host)), and the file has no hosts", at: mark,
                        hint: "declare it: `hosts: {\(host): {address: 192.168.205.10/24}}`")
                ]
            }
            guard names.contains(host) else {
                return [
                    Diagnostic(
                        "\(service.title) is on host \(quoted(host)), which is not declared", at: mark,
                        hint: speller.suggestion(for: host, among: names) ?? "declare it under `hosts:`")
                ]
            }
            guard let owner = sandboxes.knownOwner(of: service)?.service, owner != service.name,
                let other = places[owner]?.host, other != host
            else { return [] }
            return [
                Diagnostic(
                    "\(service.title) is on host \(quoted(host)), but the network that it uses is on \(quoted(other))",
                    at: mark, hint: "leave `host` out: it follows service \(quoted(owner))")
            ]
        } + cables.compactMap { distantEnds(of: $0, places) } + devices.compactMap { distantParent(of: $0, places) }
    }

    private func missingHost(of service: Service) -> Diagnostic {
        Diagnostic(
            "\(service.title) is on no host", at: service.mark,
            hint: "the file has hosts, so say on which one: `host: \(hosts[0].name)`")
    }

    private func distantEnds(of cable: Cable, _ services: [String: Service]) -> Diagnostic? {
        let ends = cable.ends.compactMap { end -> (service: String, host: String)? in
            guard case .service(let name) = end.place else { return nil }
            return services[name]?.host.map { (name, $0) }
        }
        // What ends at a host itself is a cable of the lab's, and may lead anywhere.
        guard ends.count == 2, ends[0].host != ends[1].host else { return nil }
        return Diagnostic(
            "a link joins services \(quoted(ends[0].service)) on host \(quoted(ends[0].host)) and "
                + "\(quoted(ends[1].service)) on host \(quoted(ends[1].host))", at: cable.mark,
            hint: "a veth does not leave its machine; connect them with a network of driver overlay")
    }
}

extension Topology {
    private func distantParent(of link: DeviceLink, _ services: [String: Service]) -> Diagnostic? {
        guard let parent = link.parent, let other = parent.place?.host(services),
            let host = link.ends.first?.place.host(services), host != other
        else { return nil }
        return Diagnostic(
            "a link on host \(quoted(host)) has its parent on host \(quoted(other))", at: parent.mark,
            hint: "what shares an interface is on the same machine")
    }
}

extension Topology.Host {
    /// Faults that show without looking at the other hosts.
    fileprivate var ownFindings: [Diagnostic] {
        var findings: [Diagnostic] = []
        if let problem = NameRule.key.problem(with: name) {
            findings.append(Diagnostic("host name \(quoted(name)) \(problem)", at: mark))
        }
        if let problem = NameRule.problem(withInterface: interface) {
            findings.append(
                Diagnostic("interface \(quoted(interface)) of \(title) \(problem)", at: mark(of: "interface")))
        }
        for family in IPFamily.allCases where addresses.count(where: { $0.address.family == family }) > 1 {
            findings.append(
                Diagnostic(
                    "\(title) has several \(family.name) addresses", at: mark(of: "address"),
                    hint: "keep the one by which the other hosts know it"))
        }
        return findings + addresses.compactMap(finding) + gateways.compactMap(finding)
    }

    private func finding(_ address: InterfaceAddress) -> Diagnostic? {
        let own = address.address
        let names = address.subnet.hostBits > 1 ? address.subnet.unassignable : []
        if own.isLinkLocal && own.family == .v6 {
            return Diagnostic(
                "address \(own) of \(title) is known on one link only", at: mark(of: "address"),
                hint: "give it one that tunnels can lead to, such as fd00:205::10/64")
        }
        let isHost = !own.isMulticast && !own.isUnspecified && !own.isLoopback && !names.contains(own)
        guard !isHost else { return nil }
        return Diagnostic("address \(address) of \(title) is not the address of a host", at: mark(of: "address"))
    }

    private func finding(_ gateway: IPAddress) -> Diagnostic? {
        let mark = mark(of: "gateway")
        guard let own = addresses.first(where: { $0.subnet.contains(gateway) }) else {
            return Diagnostic(
                "gateway \(gateway) of \(title) is in no subnet of the host", at: mark,
                hint: addresses.first.map { "it must be in \($0.subnet)" })
        }
        if own.address == gateway { return Diagnostic("gateway \(gateway) of \(title) is the host itself", at: mark) }
        guard own.subnet.hostBits <= 1 || !own.subnet.unassignable.contains(gateway) else {
            return Diagnostic("gateway \(gateway) of \(title) is not the address of a host", at: mark)
        }
        guard gateways.count(where: { $0.family == gateway.family }) > 1, gateways.first == gateway else { return nil }
        return Diagnostic("\(title) has several \(gateway.family.name) gateways", at: mark, hint: "keep one of them")
    }
}
