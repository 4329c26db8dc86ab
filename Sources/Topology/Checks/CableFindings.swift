import Addressing
import YAML

extension Topology {
    /// Faults of `links`, and of the names of interfaces within one sandbox.
    var cableFindings: [Diagnostic] {
        let sandboxes = Sandboxes(of: self)
        let services = servicesByName
        var interfaces = Uses<SandboxInterface>()
        var speller = Speller()
        var findings: [Diagnostic] = []
        for service in self.services {
            for (attachment, interface) in service.interfaces {
                findings += interfaceFindings(interface, attachment, service, &interfaces)
            }
        }
        for cable in cables {
            for end in cable.ends {
                findings += end.addressFindings
                findings += endFindings(end, services, sandboxes, &interfaces, &speller)
            }
            let addresses = cable.ends.map { Set($0.addresses.map(\.address)) }
            guard addresses.count == 2, let shared = addresses[0].intersection(addresses[1]).min() else { continue }
            findings.append(Diagnostic("both ends of a link have the address \(shared)", at: cable.ends[1].mark))
        }
        return findings
    }

    private func interfaceFindings(
        _ interface: String, _ attachment: Service.Attachment, _ service: Service, _ uses: inout Uses<SandboxInterface>
    ) -> [Diagnostic] {
        let mark = attachment.mark(of: "interface_name")
        if let problem = NameRule.problem(withInterface: interface) {
            return [
                Diagnostic(
                    "interface name \(quoted(interface)) of service \(quoted(service.name)) \(problem)", at: mark)
            ]
        }
        let key = SandboxInterface(service: service.name, name: interface)
        guard let earlier = uses.claim(key, for: "network \(quoted(attachment.network))") else { return [] }
        return [
            Diagnostic(
                "interface \(quoted(interface)) of service \(quoted(service.name)) is already that of \(earlier)",
                at: mark)
        ]
    }

    private func endFindings(
        _ end: Cable.End, _ services: [String: Service], _ sandboxes: Sandboxes, _ uses: inout Uses<SandboxInterface>,
        _ speller: inout Speller
    ) -> [Diagnostic] {
        guard let service = services[end.service] else {
            return [
                Diagnostic(
                    "a link ends at service \(quoted(end.service)), which is not declared", at: end.mark,
                    hint: speller.suggestion(for: end.service, among: services.keys) ?? "declare it under `services:`")
            ]
        }
        let what = "a link ends at service \(quoted(service.name))"
        if service.scale != 1 {
            return [Diagnostic("\(what), which has \(service.scale) containers", at: end.mark, hint: "set scale: 1")]
        }
        if let problem = NameRule.problem(withInterface: end.interface) {
            return [Diagnostic("interface name \(quoted(end.interface)) of a link \(problem)", at: end.mark)]
        }
        let owner: Sandboxes.Owner
        do throws(Sandboxes.Problem) { owner = try sandboxes.owner(of: service) } catch { return [] }
        guard case .container(_, let ownerName) = owner else {
            return [
                Diagnostic(
                    "\(what), which is on the host's network", at: end.mark,
                    hint: "leave network_mode: host out of the service")
            ]
        }
        let key = SandboxInterface(service: ownerName, name: end.interface)
        guard let earlier = uses.claim(key, for: "another link") else { return [] }
        return [
            Diagnostic(
                "interface \(quoted(end.interface)) of service \(quoted(ownerName)) is already that of \(earlier)",
                at: end.mark, hint: "interfaces of networks are eth0, eth1 and so on; give the link's another name")
        ]
    }
}

/// An interface in the sandbox of a service.
struct SandboxInterface: Hashable {
    var service: String
    var name: String
}

extension Topology.Cable.End {
    fileprivate var addressFindings: [Diagnostic] {
        var findings: [Diagnostic] = []
        if let mac, mac.isMulticast {
            findings.append(Diagnostic("MAC address \(mac) of a link is a multicast address", at: mark))
        }
        var seen: Set<IPAddress> = []
        for address in addresses {
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

extension Topology.Service {
    /// The attachments in the order in which they are connected, with the names of their interfaces: the lowest
    /// `ethN` that no `interface_name` asks for (moby libnetwork/osl, generateIfaceName).
    var interfaces: [(attachment: Attachment, name: String)] {
        let attachments = mode.attachments.inConnectionOrder
        let named = Set(attachments.compactMap(\.interfaceName))
        var free = (0...).lazy.map { "eth\($0)" }.filter { !named.contains($0) }.makeIterator()
        return attachments.map { ($0, $0.interfaceName ?? free.next() ?? "eth0") }
    }
}
