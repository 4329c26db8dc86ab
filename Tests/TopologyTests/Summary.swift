import Addressing
import Links
import Topology

extension Layout {
    /// The layout as text, everything that was chosen in it.
    var summary: String {
        var lines = ["topology \(name)"]
        for network in networks {
            let kind = network.declaration.isInternal ? " internal" : ""
            let mtu = network.declaration.mtu.map { " mtu \($0)" } ?? ""
            let segments = network.segments.map { " \($0.subnet) via \($0.gateway)" }.joined(separator: ",")
            lines.append(
                "network \(network.declaration.key) = \(network.name) on \(network.bridge)\(kind)\(mtu)\(segments)")
            if let parent = network.parent { lines.append(parent.summary(network.declaration)) }
            if let overlay = network.overlay { lines.append(overlay.summary) }
            if let routed = network.routed { lines.append(routed.summary) }
        }
        if let fabric { lines += fabric.summary }
        for container in containers { lines += container.summary }
        for cable in cables { lines.append("cable \(cable.first.summary) -- \(cable.second.summary) mtu \(cable.mtu)") }
        for device in devices { lines += device.summary }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Layout.Network.Parent {
    fileprivate func summary(_ network: Topology.Network) -> String {
        let words = network.deviceOnParent.map { ([$0.kind] + $0.settings.words).joined(separator: " ") } ?? ""
        let made =
            switch origin {
            case .existing: ""
            case .dummy: ", a dummy"
            case .vlan(let id, let base): ", VLAN \(id) of \(base)"
            }
        return "  \(words) on \(interface)\(made)" + (mtu.map { " mtu \($0)" } ?? "")
    }
}

extension Layout.Network.Overlay {
    fileprivate var summary: String {
        let segments = segments.map { segment in
            " \(segment.identifier) for " + segment.subnets.map { "\($0.subnet)" }.joined(separator: " ")
        }
        let how = encapsulation == .vxlan ? "vxlan over \(family) port \(port)" : "\(encapsulation) over \(family)"
        return "  \(how) mtu \(mtu)" + segments.joined(separator: ",")
    }
}

extension Layout.Network.Routed {
    fileprivate var summary: String {
        let through = tunnels.map { tunnel in
            " \(tunnel.device.kind) \(tunnel.device.settings.words.joined(separator: " "))"
                + " for \(tunnel.families.map { "\($0)" }.joined(separator: " "))"
        }
        let slices = slices.map { slice in
            " \(slice.host)" + slice.segments.map { " \($0.subnet) via \($0.gateway)" }.joined()
        }
        return "  routed mtu \(mtu)" + (through + slices).joined(separator: ",")
    }
}

extension Layout.Fabric {
    fileprivate var summary: [String] {
        let places = hosts.map { host in
            "host \(host.name) = \(host.namespace) \(host.interface) \(host.mac) mtu \(host.mtu)"
                + host.addresses.map { " \($0)" }.joined() + host.gateways.map { " via \($0)" }.joined()
        }
        let wires = segments.map { segment in
            "segment of \(namespace): " + segment.hosts.joined(separator: " ")
                + segment.gateways.map { " gateway \($0)" }.joined()
        }
        return places + wires
    }
}

extension Layout.Container {
    fileprivate var summary: [String] {
        let stack =
            switch sandbox {
            case .own: ""
            case .host: " in the host's stack"
            case .shared(let other): " in the stack of \(other)"
            case .joined(let namespace): " in namespace \(namespace.reference)"
            case .outside(let other): " in the stack of \(other) outside"
            }
        let names = [hostname.map { " hostname \($0)" }, domainName.map { " domain \($0)" }].compactMap(\.self).joined()
        let place = host.map { " at \($0)" } ?? ""
        var lines = ["container \(name) = \(service) #\(index)\(place)\(stack)\(names)"]
        for endpoint in endpoints {
            var line = "  \(endpoint.interface) on \(endpoint.network) \(endpoint.mac)"
            line += (endpoint.addresses + endpoint.linkLocalAddresses).map { " \($0)" }.joined()
            if !endpoint.aliases.isEmpty { line += " aliases \(endpoint.aliases.joined(separator: " "))" }
            let families = endpoint.defaultGatewayFor.sorted().map { " \($0)" }.joined()
            if !families.isEmpty { line += " default\(families)" }
            lines.append(line)
        }
        for port in openPorts { lines.append("  open \(port.address) port \(port.target) \(port.transport)") }
        for port in ports {
            let host = port.hostAddress.map { "\($0)" } ?? "*"
            let target = "\(port.address) port \(port.target) \(port.transport) on \(port.network)"
            lines.append("  \(host) port \(port.published) -> \(target)")
        }
        if let resolver {
            lines.append("  asks \(resolver.nameservers) for \(resolver.searchDomains) with \(resolver.options)")
        }
        lines += links.map { "  link \($0.alias) = \($0.container)" }
        return lines + extraHosts.map { "  host \($0.name) = \($0.address)" }
    }
}

extension Layout.Cable.End {
    fileprivate var summary: String {
        "\(container) \(interface) \(mac)" + addresses.map { " \($0)" }.joined()
            + routes.map { " route \($0.summary)" }.joined() + rules.map { " rule \($0.summary)" }.joined()
    }
}

extension Layout.DeviceLink {
    fileprivate var summary: [String] {
        let below = parent.map { " on \($0.container) \($0.name)" } ?? ""
        let other = peer.map { " to \($0.container) \($0.name)" } ?? ""
        let first =
            "\(device.kind) \(interface.container) \(interface.name)\(below)\(other)"
            + (mac.map { " \($0)" } ?? "") + (mtu.map { " mtu \($0)" } ?? "") + addresses.map { " \($0)" }.joined()
        let words = device.settings.words.isEmpty ? [] : ["  \(device.settings.words.joined(separator: " "))"]
        return [first] + words + ports.map { "  port \($0.summary)" } + routes.map { "  route \($0.summary)" }
            + rules.map { "  rule \($0.summary)" } + neighbours.map { "  neighbour \($0.address) \($0.mac)" }
            + forwarding.map { "  fdb \($0.mac) \($0.destination)" }
    }
}

extension Topology.DeviceLink.Port {
    fileprivate var summary: String {
        interface + (isHairpin ? " hairpin" : "") + (isIsolated ? " isolated" : "") + (isLearning ? "" : " nolearning")
            + (vlans?.runs.map { " \($0)" }.joined() ?? "") + stations.map { " fdb \($0)" }.joined()
    }
}

extension Topology.Route {
    fileprivate var summary: String {
        "\(destination)" + (gateway.map { " via \($0)" } ?? "") + (metric.map { " metric \($0)" } ?? "")
            + (table.map { " table \($0)" } ?? "") + (source.map { " src \($0)" } ?? "")
    }
}

extension Topology.Rule {
    fileprivate var summary: String {
        "\(family) \(priority)" + (source.map { " from \($0)" } ?? "") + (destination.map { " to \($0)" } ?? "")
            + (inputInterface.map { " iif \($0)" } ?? "") + (mark.map { " mark \($0)" } ?? "") + " table \(table)"
    }
}
