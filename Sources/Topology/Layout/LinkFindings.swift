import Addressing
import Links
import YAML

extension LayoutBuilder {
    /// What is wrong with the links of `layout` beside each other, with its place in the file.
    func linkFindings(of layout: Layout) -> [Diagnostic] {
        let links = topology.devices.flatMap { link in link.ends.indices.map { (link: link, end: $0) } }
        // Where one is missing, a finding says so already.
        guard findings.isEmpty, links.count == layout.devices.count, topology.cables.count == layout.cables.count else {
            return []
        }
        let devices = zip(links, layout.devices)
        var addresses = SandboxAddresses(layout)
        for (cable, laidOut) in zip(topology.cables, layout.cables) {
            for (end, laidOut) in zip(cable.ends, [laidOut.first, laidOut.second]) {
                addresses.add(
                    end.addresses, of: .init(container: laidOut.container, name: laidOut.interface), end.mark)
            }
        }
        for ((link, end), device) in devices {
            addresses.add(device.addresses, of: device.interface, link.ends[end].mark)
        }
        return addresses.findings + switchFindings(of: layout)
            + LinkStacks(layout, devices.map { ($0.0.link, $0.1) }).findings
    }
}

extension LayoutBuilder {
    /// Addresses that two interfaces have which are cabled to one bridge, unless they have one Ethernet address too.
    private func switchFindings(of layout: Layout) -> [Diagnostic] {
        typealias Interface = Layout.DeviceLink.Interface
        var distant: [Interface: (end: Topology.Cable.End, laidOut: Layout.Cable.End)] = [:]
        for (cable, laidOut) in zip(topology.cables, layout.cables) where cable.ends.count == 2 {
            distant[.init(container: laidOut.first.container, name: laidOut.first.interface)] =
                (cable.ends[1], laidOut.second)
            distant[.init(container: laidOut.second.container, name: laidOut.second.interface)] =
                (cable.ends[0], laidOut.first)
        }
        return layout.devices.flatMap { bridge -> [Diagnostic] in
            guard case .bridge(let settings) = bridge.device, !settings.vlanFiltering else { return [] }
            var owners: [IPAddress: Layout.Cable.End] = [:]
            return bridge.ports.compactMap { distant[.init(container: bridge.interface.container, name: $0.interface)] }
                .flatMap { end, laidOut in
                    end.addresses.compactMap { address in
                        guard let owner = owners.updateValue(laidOut, forKey: address.address),
                            owner.mac != laidOut.mac
                        else { return nil }
                        return Diagnostic(
                            "address \(address.address) of \(quoted(laidOut.interface)) is also that of "
                                + "\(quoted(owner.interface)) of \(quoted(owner.container)) on the same bridge",
                            at: end.mark, hint: "give one of them another address")
                    }
                }
        }
    }
}

/// The addresses of the interfaces of each sandbox, as links claim them.
private struct SandboxAddresses {
    private(set) var findings: [Diagnostic] = []
    private var owners: [String: [IPAddress: String]] = [:]

    /// The addresses that the containers of `layout` have on networks.
    ///
    /// In a sandbox with a VRF an address may be there twice.
    init(_ layout: Layout) {
        let routed = Set(layout.devices.filter { VRF.kinds.contains($0.device.kind) }.map(\.interface.container))
        for container in layout.containers where !routed.contains(container.name) {
            owners[container.name] = [:]
            for endpoint in container.endpoints {
                for address in endpoint.addresses { owners[container.name]?[address.address] = endpoint.interface }
            }
        }
    }

    mutating func add(_ addresses: [InterfaceAddress], of interface: Layout.DeviceLink.Interface, _ mark: Mark) {
        for address in addresses {
            guard let known = owners[interface.container] else { return }
            // Of an interface that has it twice, another finding tells.
            guard let owner = known[address.address], owner != interface.name else {
                owners[interface.container]?[address.address] = interface.name
                continue
            }
            findings.append(
                Diagnostic(
                    "address \(address.address) of \(quoted(interface.name)) is also that of \(quoted(owner)) in the "
                        + "same namespace", at: mark, hint: "give one of them another address"))
        }
    }
}
