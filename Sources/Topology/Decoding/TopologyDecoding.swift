public import YAML

extension Topology {
    /// The topology that the document `node` describes, checked as a whole.
    ///
    /// - Parameters:
    ///   - node: Root of the document.
    ///   - defaultName: Name for a file without `name:`, usually that of its folder, see ``normalized(name:)``.
    ///   - variables: What `${NAME}` stands for in values: the environment, as in Compose.
    /// - Throws: All that is wrong with the file.
    public init(
        decoding node: Node, defaultName: String, variables: [String: String] = [:]
    ) throws(Diagnostics) {
        let merged: Node
        do throws(Diagnostic) { merged = try node.merged() } catch { throw Diagnostics([error]) }
        var decoder = FileDecoder(variables: variables)
        self = decoder.topology(merged, defaultName: Self.normalized(name: defaultName))
        guard decoder.findings.isEmpty else { throw Diagnostics(decoder.findings + findings) }
        // What only turns up while choosing addresses and ports is a fault of the file too, if a bare machine shows it.
        _ = try Layout(of: self, leases: Leases(), surroundings: Surroundings())
    }

    /// The variable that names a topology whatever its file says, and that has the name for the file's own values.
    static let nameVariable = "COMPOSE_PROJECT_NAME"

    /// The name that `variables` give to any topology; `nil` where they give none.
    ///
    /// Source: compose-go `cli/options.go`, which asks the environment before the file.
    public static func nameSet(in variables: [String: String]) -> String? {
        variables[nameVariable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `name` as Compose makes a project's name of a folder's: lower case, without what such a name can't have.
    ///
    /// Source: compose-go `loader.NormalizeProjectName`.
    public static func normalized(name: String) -> String {
        let kept = name.lowercased().utf8.filter { NameRule.topology.allows($0) }
        return String(decoding: kept.drop { !NameRule.topology.allowsFirst($0) }, as: UTF8.self)
    }
}

extension FileDecoder {
    /// The topology of the whole document, as far as it makes sense.
    mutating func topology(_ node: Node, defaultName: String) -> Topology {
        var topology = Topology(name: defaultName)
        guard !node.isNull, let fields = fields(of: node, "the file", .file) else {
            if node.isNull { report("the file is empty", at: node.mark, hint: "a topology begins with `services:`") }
            return topology
        }
        name(fields, &topology)
        topology.hosts = hosts(fields["hosts"])
        var damaged: Set<String> = []
        for entry in fields["networks"].flatMap({ entries(of: $0, "networks") }) ?? [] where !isExtension(entry) {
            let (network, isSound) = watching { $0.network(entry) }
            topology.networks.append(network)
            if !isSound { damaged.insert(entry.key) }
        }
        for entry in fields["services"].flatMap({ entries(of: $0, "services") }) ?? [] where !isExtension(entry) {
            if let service = service(entry) { topology.services.append(service) }
        }
        topology.dormantServices = dormantServices
        for node in items(of: fields["links"], "links") { link(node, into: &topology) }
        topology.renameOwnBridge()
        topology.adoptPredefinedNetworks()
        topology.resolveDriversWithoutBridge()
        topology.forgetAddresses(on: damaged)
        topology.addImplicitNetworks()
        topology.addGatewayBridge()
        topology.placeServices()
        topology.adoptBridgesOfLinks()
        topology.reserveHostAddresses()
        topology.nameInterfaces()
        topology.ignoredKeys = ignoredKeys
        return topology
    }

    private mutating func name(_ fields: Fields, _ topology: inout Topology) {
        if let set = Topology.nameSet(in: variables) {
            if let problem = NameRule.topology.problem(with: set) {
                report("COMPOSE_PROJECT_NAME \(quoted(set)) \(problem)", at: nil, hint: "unset it, or set another name")
            } else {
                topology.name = set
            }
        } else if let node = fields["name"], let name = text(node, "name") {
            topology.name = name
            topology.nameMark = node.mark
        }
        variables[Topology.nameVariable] = topology.name
    }

    private func isExtension(_ entry: Node.Entry) -> Bool { entry.key.hasPrefix("x-") }
}

extension Topology {
    /// Takes what refers to the networks `damaged` out of the topology, so that one fault is not reported twice.
    fileprivate mutating func forgetAddresses(on damaged: Set<String>) {
        for index in networks.indices where damaged.contains(networks[index].key) {
            networks[index].pools = []
            networks[index].routed = nil
        }
        for index in services.indices {
            services[index].mode.mapAttachments { attachment in
                guard damaged.contains(attachment.network) else { return }
                attachment.ipv4 = nil
                attachment.ipv6 = nil
            }
        }
    }

    /// Gives a network of the file that has the key `bridge` the key `<topology>_bridge`, its name in Docker.
    ///
    /// The key is the predefined network's, which `network_mode: bridge` means besides.
    fileprivate mutating func renameOwnBridge() {
        let key = Network.predefinedBridgeKey
        guard let index = networks.firstIndex(where: { $0.key == key }) else { return }
        let network = networks[index]
        if network.isExternal, network.bridgeName == nil, network.name ?? key == key { return }
        let own = network.name ?? "\(name)_\(key)"
        guard !networks.contains(where: { $0.key == own }) else { return }
        if !network.isExternal { networks[index].name = own }
        networks[index].key = own
        for index in services.indices where services[index].marks["network_mode"] == nil {
            services[index].mode.mapAttachments { attachment in
                guard attachment.network == key else { return }
                attachment.network = own
                attachment.keyInFile = key
            }
        }
    }

    /// Adds `default` for services that name no network, and the predefined `bridge` where a service uses it.
    fileprivate mutating func addImplicitNetworks() {
        let declared = Set(networks.map(\.key))
        let attachments = services.flatMap(\.mode.attachments)
        for key in [Network.defaultKey, Network.predefinedBridgeKey] where !declared.contains(key) {
            guard let first = attachments.first(where: { $0.network == key }) else { continue }
            networks.append(Network(key: key, mark: first.mark))
        }
    }

    /// Tells attachments what their networks call interfaces.
    mutating func nameInterfaces() {
        let prefixes = Dictionary(
            networks.compactMap { network in network.options.interfacePrefix.map { (network.key, $0) } },
            uniquingKeysWith: { first, _ in first })
        for index in services.indices where !prefixes.isEmpty {
            services[index].mode.mapAttachments { attachment in
                if let prefix = prefixes[attachment.network] { attachment.interfacePrefix = prefix }
            }
        }
    }

    /// A network of the driver `host` or `none` is `network_mode` under another name, where a service is on no other.
    fileprivate mutating func resolveDriversWithoutBridge() {
        let drivers = Dictionary(networks.map { ($0.key, $0.driver) }, uniquingKeysWith: { first, _ in first })
        for index in services.indices {
            let attachments = services[index].mode.attachments
            guard attachments.count == 1, let driver = drivers[attachments[0].network] else { continue }
            switch driver {
            case .bridge, .overlay, .routed, .macvlan, .ipvlan: break
            case .host: services[index].mode = .host
            case .none: services[index].mode = .none
            }
        }
    }
}

extension Topology.Service.Mode {
    /// The attachments, none for the modes without.
    var attachments: [Topology.Service.Attachment] {
        if case .attached(let attachments) = self { attachments } else { [] }
    }

    mutating func mapAttachments(_ change: (inout Topology.Service.Attachment) -> Void) {
        guard case .attached(var attachments) = self else { return }
        for index in attachments.indices { change(&attachments[index]) }
        self = .attached(attachments)
    }
}
