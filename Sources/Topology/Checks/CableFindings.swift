import Addressing
import YAML

extension Topology {
    /// Faults of `links`, and of the names of interfaces within one sandbox.
    var cableFindings: [Diagnostic] {
        var interfaces = InterfaceFindings()
        let hasLinks = !cables.isEmpty || !devices.isEmpty
        // Names of the form ethN, which services get by themselves, can only collide with those of cables.
        for service in services where hasLinks || service.namesInterface { interfaces.add(service) }
        guard hasLinks else { return interfaces.findings }
        let sandboxes = Sandboxes(of: self)
        let services = servicesByName
        for cable in cables {
            for end in cable.ends { interfaces.add(end.service, end.interface, end.mark, services, sandboxes) }
        }
        for end in devices.flatMap(\.ends) {
            interfaces.add(end.service, end.interface, end.mark, services, sandboxes)
        }
        var clashes = LinkClashes()
        var frameless = FramelessInterfaces()
        for link in devices {
            interfaces.check(link, services, sandboxes)
            let containers = link.ends.compactMap { services[$0.service].flatMap { sandboxes.container(of: $0) } }
            let parent = link.parent?.service.flatMap { services[$0] }.flatMap { sandboxes.container(of: $0) }
            guard containers.count == link.ends.count else { continue }
            clashes.add(link, in: containers, parent: parent)
            frameless.add(link, in: containers, parent: parent)
        }
        return interfaces.findings + cables.flatMap(\.addressFindings) + devices.flatMap(\.ownFindings)
            + clashes.findings + frameless.findings
    }
}

extension Sandboxes {
    /// The name of the namespace that the service's first container uses; `nil` where that is the host's.
    fileprivate func container(of service: Topology.Service) -> String? {
        guard case .container(let name, _)? = knownOwner(of: service) else { return nil }
        return name
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
    /// Interfaces that are ports, by container.
    private var ports = Uses<Interface>()

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

    /// Adds the interface of a link in the sandbox of the service `name`.
    mutating func add(
        _ name: String, _ interface: String, _ mark: Mark, _ services: [String: Topology.Service],
        _ sandboxes: Sandboxes
    ) {
        guard let owner = owner(name, "a link ends at", mark, services, sandboxes) else { return }
        if let problem = NameRule.problem(withInterface: interface) {
            return report("interface name \(quoted(interface)) of a link \(problem)", mark)
        }
        let earlier =
            onNetworks.owner(of: Interface(owner: owner.service, name: interface))
            ?? onCables.claim(Interface(owner: owner.container, name: interface), for: "another link")
        guard let earlier else { return }
        report(
            "interface \(quoted(interface)) of service \(quoted(owner.service)) is already that of \(earlier)",
            mark, "interfaces of networks are eth0, eth1 and so on; give the link's another name")
    }

    /// Whose sandbox a link is in; `nil`, reported, where it can be in none.
    private mutating func owner(
        _ name: String, _ verb: String, _ mark: Mark, _ services: [String: Topology.Service], _ sandboxes: Sandboxes
    ) -> (container: String, service: String)? {
        let what = "\(verb) service \(quoted(name))"
        guard let service = services[name] else {
            let hint = speller.suggestion(for: name, among: services.keys) ?? "declare it under `services:`"
            report("\(what), which is not declared", mark, hint)
            return nil
        }
        guard service.scale == 1 else {
            report("\(what), which has \(service.scale) containers", mark, "set scale: 1")
            return nil
        }
        // A service without an owner has a finding already, see `modeFindings`.
        guard let owner = sandboxes.knownOwner(of: service) else { return nil }
        guard case .container(let container, let ownerService) = owner else {
            report("\(what), which is on the host's network", mark, "leave network_mode: host out of the service")
            return nil
        }
        guard services[ownerService]?.namespace == nil else {
            report(
                "\(what), whose namespace is not weft's", mark, "links are in services with namespaces of their own")
            return nil
        }
        return (container, ownerService)
    }

    /// Looks for what a link is above of, and for its ports, among all interfaces.
    mutating func check(_ link: Topology.DeviceLink, _ services: [String: Topology.Service], _ sandboxes: Sandboxes) {
        guard let end = link.ends.first else { return }
        if let parent = link.parent {
            check(parent.interface, of: parent.service ?? end.service, "parent", parent.mark, services, sandboxes)
            let isOwn = parent.service.map { $0 == end.service } ?? true
            if isOwn && parent.interface == end.interface {
                report("a link is its own parent", parent.mark)
            }
        }
        for port in link.ports where port.interface != end.interface {
            check(port.interface, of: end.service, "port", port.mark, services, sandboxes)
            guard let service = services[end.service],
                case .container(let container, _)? = sandboxes.knownOwner(of: service)
            else { continue }
            let place = Interface(owner: container, name: port.interface)
            if let earlier = ports.claim(place, for: quoted(end.interface)) {
                report("interface \(quoted(port.interface)) is a port of \(earlier) already", port.mark)
            }
        }
    }

    private mutating func check(
        _ interface: String, of name: String, _ role: String, _ mark: Mark, _ services: [String: Topology.Service],
        _ sandboxes: Sandboxes
    ) {
        guard let owner = owner(name, "a \(role) of a link is in", mark, services, sandboxes) else { return }
        let isThere =
            onNetworks.owner(of: Interface(owner: owner.service, name: interface)) != nil
            || onCables.owner(of: Interface(owner: owner.container, name: interface)) != nil
        guard !isThere else { return }
        let known =
            onNetworks.keys.filter { $0.owner == owner.service }.map(\.name)
            + onCables.keys.filter { $0.owner == owner.container }.map(\.name)
        let hint =
            speller.suggestion(for: interface, among: known)
            ?? (known.isEmpty ? "the service has no interface" : "it has \(known.sorted().joined(separator: ", "))")
        report("service \(quoted(owner.service)) has no interface \(quoted(interface))", mark, hint)
    }

    private mutating func report(_ message: String, _ mark: Mark, _ hint: String? = nil) {
        findings.append(Diagnostic(message, at: mark, hint: hint))
    }
}

extension Topology.Cable {
    fileprivate var addressFindings: [Diagnostic] {
        let addresses = ends.map { Set($0.addresses.map(\.address)) }
        var findings = ends.flatMap { end in
            end.addresses.findings(at: end.mark) + end.tables.findings(with: end.addresses, at: end.mark)
        }
        if addresses.count == 2, let shared = addresses[0].intersection(addresses[1]).min() {
            findings.append(Diagnostic("both ends of a link have the address \(shared)", at: ends[1].mark))
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
