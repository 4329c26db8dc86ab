import Addressing
import YAML

extension Topology {
    /// Faults of `links`, and of the names of interfaces within one sandbox.
    var cableFindings: [Diagnostic] {
        var interfaces = InterfaceFindings()
        // Names of the form ethN, which services get by themselves, can only collide with those of cables.
        for service in services where !cables.isEmpty || service.namesInterface { interfaces.add(service) }
        guard !cables.isEmpty else { return interfaces.findings }
        let sandboxes = Sandboxes(of: self)
        let services = servicesByName
        for cable in cables {
            for end in cable.ends { interfaces.add(end, services, sandboxes) }
        }
        return interfaces.findings + cables.flatMap(\.addressFindings)
    }
}

/// The interfaces of sandboxes, as networks and cables claim them.
private struct InterfaceFindings {
    private(set) var findings: [Diagnostic] = []
    private var speller = Speller()
    /// Interfaces on networks, by service: all its containers have the same.
    private var onNetworks = Uses<Interface>()
    /// Interfaces of cables, by container.
    private var onCables = Uses<Interface>()

    private struct Interface: Hashable {
        var owner: String
        var name: String
    }

    mutating func add(_ service: Topology.Service) {
        for (attachment, name) in service.interfaces {
            let mark = attachment.mark(of: "interface_name")
            let what = "of \(service.title)"
            if let problem = NameRule.problem(withInterface: name) {
                report("interface name \(quoted(name)) \(what) \(problem)", mark)
            } else if let earlier = onNetworks.claim(
                Interface(owner: service.name, name: name), for: "network \(quoted(attachment.network))")
            {
                report("interface \(quoted(name)) \(what) is already that of \(earlier)", mark, "choose another name")
            }
        }
    }

    mutating func add(_ end: Topology.Cable.End, _ services: [String: Topology.Service], _ sandboxes: Sandboxes) {
        let what = "a link ends at service \(quoted(end.service))"
        guard let service = services[end.service] else {
            let hint = speller.suggestion(for: end.service, among: services.keys) ?? "declare it under `services:`"
            return report("\(what), which is not declared", end.mark, hint)
        }
        guard service.scale == 1 else {
            return report("\(what), which has \(service.scale) containers", end.mark, "set scale: 1")
        }
        if let problem = NameRule.problem(withInterface: end.interface) {
            return report("interface name \(quoted(end.interface)) of a link \(problem)", end.mark)
        }
        // A service without an owner has a finding already, see `modeFindings`.
        guard let owner = sandboxes.knownOwner(of: service) else { return }
        guard case .container(let container, let ownerService) = owner, services[ownerService]?.namespace == nil else {
            return owner == .host
                ? report(
                    "\(what), which is on the host's network", end.mark, "leave network_mode: host out of the service")
                : report(
                    "\(what), whose namespace is not weft's", end.mark,
                    "links are between services with namespaces of their own")
        }
        let earlier =
            onNetworks.owner(of: Interface(owner: ownerService, name: end.interface))
            ?? onCables.claim(Interface(owner: container, name: end.interface), for: "another link")
        guard let earlier else { return }
        report(
            "interface \(quoted(end.interface)) of service \(quoted(ownerService)) is already that of \(earlier)",
            end.mark, "interfaces of networks are eth0, eth1 and so on; give the link's another name")
    }

    private mutating func report(_ message: String, _ mark: Mark, _ hint: String? = nil) {
        findings.append(Diagnostic(message, at: mark, hint: hint))
    }
}

extension Topology.Cable {
    fileprivate var addressFindings: [Diagnostic] {
        let addresses = ends.map { Set($0.addresses.map(\.address)) }
        var findings = ends.flatMap(\.addressFindings)
        if addresses.count == 2, let shared = addresses[0].intersection(addresses[1]).min() {
            findings.append(Diagnostic("both ends of a link have the address \(shared)", at: ends[1].mark))
        }
        return findings
    }
}

extension Topology.Cable.End {
    fileprivate var addressFindings: [Diagnostic] {
        var findings: [Diagnostic] = []
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
    /// Whether the file names an interface of the service.
    fileprivate var namesInterface: Bool { mode.attachments.contains { $0.interfaceName != nil } }

    /// The attachments in the order in which they are connected, with the names of their interfaces: the lowest
    /// `ethN` that no `interface_name` asks for, counted by prefix (moby libnetwork/osl, generateIfaceName).
    var interfaces: [(attachment: Attachment, name: String)] {
        let attachments = mode.attachments.inConnectionOrder
        let named = Set(attachments.compactMap(\.interfaceName))
        var numbers: [String: Int] = [:]
        return attachments.map { attachment in
            if let name = attachment.interfaceName { return (attachment, name) }
            let prefix = attachment.interfacePrefix
            var number = numbers[prefix] ?? 0
            while named.contains("\(prefix)\(number)") { number += 1 }
            numbers[prefix] = number + 1
            return (attachment, "\(prefix)\(number)")
        }
    }
}
