import Addressing
import YAML

extension Topology {
    /// Faults of `links`, and of the names of interfaces within one sandbox or host.
    var cableFindings: [Diagnostic] {
        let sandboxes = Sandboxes(of: self)
        var interfaces = InterfaceFindings(of: self, sandboxes)
        let hasLinks = !cables.isEmpty || !devices.isEmpty
        // Names of the form ethN, which services get by themselves, can only collide with those of cables.
        for service in services where hasLinks || service.namesInterface { interfaces.add(service) }
        guard hasLinks else { return interfaces.findings }
        let members = hostsByNetwork
        for network in networks where network.driver.hasBridge && !network.isExternal {
            interfaces.add(bridgeName(of: network), of: network, on: members[network.key] ?? [])
        }
        for cable in cables {
            for end in cable.ends { interfaces.add(end.interface, in: end.place, end.mark) }
        }
        for end in devices.flatMap(\.ends) { interfaces.add(end.interface, in: end.place, end.mark) }
        var clashes = LinkClashes()
        var frameless = FramelessInterfaces()
        for link in devices {
            interfaces.check(link)
            let containers = link.ends.compactMap { sandboxes.namespaceName(of: $0.place) }
            let parent = link.parent?.place.flatMap { sandboxes.namespaceName(of: $0) }
            guard containers.count == link.ends.count else { continue }
            clashes.add(link, in: containers, parent: parent)
            frameless.add(link, in: containers, parent: parent)
        }
        return interfaces.findings + cables.flatMap(\.addressFindings) + devices.flatMap(\.ownFindings)
            + clashes.findings + frameless.findings
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
