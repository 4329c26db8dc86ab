import YAML

extension FileDecoder {
    /// `external`, a boolean or, in old files, a mapping with the network's name.
    mutating func external(_ node: Node, _ network: inout Topology.Network) {
        let what = "external of \(network.title)"
        guard case .mapping = node.content else {
            network.isExternal = boolean(node, what) ?? false
            return
        }
        network.isExternal = true
        guard let fields = fields(of: node, what, .external), let name = text(fields["name"], "name in \(what)") else {
            return
        }
        if let other = network.name, other != name {
            report("\(network.title) has the names \(quoted(other)) and \(quoted(name))", at: fields["name"]?.mark)
        }
        network.name = name
    }

    /// What the file may say of a network that it does not make: how to find it, and the addresses that its bridge does
    /// not tell.
    mutating func external(_ fields: Fields, _ network: inout Topology.Network) {
        let what = network.title
        for (key, mark) in fields.marks.sorted(by: { $0.value.isBefore($1.value) })
        where !Self.externalKeys.contains(key) {
            report(
                "\(what) is external and has \(quoted(key))", at: mark,
                hint: "leave it out: who made the network decides that")
        }
        network.hasIPv6 = true
        for entry in fields["driver_opts"].flatMap({ entries(of: $0, "driver_opts of \(what)") }) ?? [] {
            network.marks[entry.key] = entry.value.mark
            guard entry.key == "com.docker.network.bridge.name" else {
                report(
                    "\(what) is external and has the option \(quoted(entry.key))", at: entry.mark,
                    hint: "leave it out: who made the network decides that")
                continue
            }
            network.bridgeName = text(entry.value, "bridge name of \(what)")
        }
        if let node = fields["ipam"] { ipam(node, &network) }
    }

    private static let externalKeys: Set = ["external", "name", "driver_opts", "ipam"]
}

extension Mark {
    fileprivate func isBefore(_ other: Mark) -> Bool { (line, column) < (other.line, other.column) }
}

extension Topology {
    /// Makes what the file calls external, but every machine has, what it is: Docker's networks `bridge`, `host` and `none`.
    mutating func adoptPredefinedNetworks() {
        var bridges: Set<String> = []
        for index in networks.indices where networks[index].isExternal && networks[index].bridgeName == nil {
            switch networks[index].name ?? networks[index].key {
            case "host": networks[index].driver = .host
            case "none": networks[index].driver = .none
            case Network.predefinedBridgeKey: bridges.insert(networks[index].key)
            default: break
            }
        }
        guard !bridges.isEmpty else { return }
        networks.removeAll { bridges.contains($0.key) }
        for index in services.indices {
            services[index].mode.mapAttachments { attachment in
                if bridges.contains(attachment.network) { attachment.network = Network.predefinedBridgeKey }
            }
        }
    }
}
