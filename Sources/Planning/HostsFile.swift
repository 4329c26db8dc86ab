import Addressing
public import Topology

/// The `/etc/hosts` of containers: Docker's head, then the names of everything on the networks that a container is on.
struct HostsTable {
    /// An endpoint that links may lead to.
    private struct LinkTarget {
        let network: String
        let addresses: [IPAddress]
    }

    /// The lines of everything on a network, one text that all files there share.
    private struct Neighbourhood {
        var text = ""
        /// Where a container's own lines are, in bytes.
        var own: [String: [Range<Int>]] = [:]

        mutating func add(_ container: String, _ addresses: [IPAddress], _ names: [String]) {
            let names = names.joined(separator: " ")
            for address in addresses {
                let start = text.utf8.count
                text += "\(address)\t\(names)\n"
                own[container, default: []].append(start..<text.utf8.count)
            }
        }

        /// The lines of `container`.
        func lines(of container: String) -> [Substring] { (own[container] ?? []).map { text[bytes: $0] } }

        /// The text without the lines of `container`.
        func lines(exceptOf container: String) -> [Substring] {
            var rest: [Substring] = []
            var end = 0
            for range in own[container] ?? [] {
                rest.append(text[bytes: end..<range.lowerBound])
                end = range.upperBound
            }
            return rest + [text[bytes: end..<text.utf8.count]]
        }
    }

    private let topology: String
    /// By the network's key, or what stands for it, in file order, what is on other hosts last.
    private var neighbourhoods: [String: Neighbourhood] = [:]
    /// The endpoints of containers that somebody has a link to, by the container's name.
    private var targets: [String: [LinkTarget]] = [:]
    /// The names that everybody on a network knows, by the network's key; none where nobody has links.
    private var known: [String: Set<String>] = [:]

    init(of layout: Layout) {
        topology = layout.name
        addLinks(of: layout)
        for network in layout.networks {
            for neighbour in network.neighbours ?? [] {
                neighbourhoods[network.declaration.key, default: Neighbourhood()].add(
                    neighbour.container, [neighbour.address], neighbour.names)
            }
        }
        for container in layout.containers where container.hasInterfaces {
            for endpoint in container.endpoints {
                neighbourhoods[container.circle(on: endpoint), default: Neighbourhood()].add(
                    container.name, endpoint.addresses.map(\.address), container.names(on: endpoint, of: layout.name))
            }
        }
        for network in layout.networks {
            for remote in network.remotes {
                neighbourhoods[network.declaration.key, default: Neighbourhood()].add(
                    remote.container, remote.addresses.map(\.address), remote.names)
            }
        }
    }

    /// Finds out where links lead.
    private mutating func addLinks(of layout: Layout) {
        let wanted = Set(layout.containers.flatMap(\.links).map(\.container))
        guard !wanted.isEmpty else { return }
        for container in layout.containers where container.hasInterfaces {
            for endpoint in container.endpoints {
                known[container.circle(on: endpoint), default: []].formUnion(
                    container.names(on: endpoint, of: layout.name))
                guard wanted.contains(container.name) else { continue }
                targets[container.name, default: []].append(
                    LinkTarget(network: endpoint.network, addresses: endpoint.addresses.map(\.address)))
            }
        }
        for network in layout.networks {
            for remote in network.remotes {
                known[network.declaration.key, default: []].formUnion(remote.names)
                guard wanted.contains(remote.container) else { continue }
                targets[remote.container, default: []].append(
                    LinkTarget(network: network.declaration.key, addresses: remote.addresses.map(\.address)))
            }
        }
    }

    /// The lines of `container`'s links, without names that lead somewhere by themselves.
    private func lines(ofLinksOf container: Layout.Container) -> [String] {
        guard !container.links.isEmpty else { return [] }
        let networks = Set(container.endpoints.map(\.network))
        let taken = container.endpoints.reduce(into: Set<String>()) {
            $0.formUnion(known[container.circle(on: $1)] ?? [])
        }
        var seen: Set<String> = []
        return container.links.map(\.container).filter { seen.insert($0).inserted }.flatMap { name in
            (targets[name] ?? []).filter { networks.contains($0.network) }.flatMap { target -> [String] in
                var names: Set<String> = taken
                let aliases = container.links.filter { link in
                    link.container == name && link.network.map { $0 == target.network } ?? true
                        && names.insert(link.alias).inserted
                }.map(\.alias)
                guard !aliases.isEmpty else { return [] }
                return target.addresses.map { "\($0)\t\(aliases.joined(separator: " "))" }
            }
        }
    }

    /// The file of `container` for the namespace `namespace`: its own names first, then its neighbours', network by network.
    func file(for container: Layout.Container, in namespace: String) -> ConfigurationFile {
        // Its own name leads first to the address that it is reached at from outside; on the gateway bridge it is not
        // reached, and containers of other hosts have the same address there.
        let isWayIn = { (endpoint: Layout.Endpoint) in
            !endpoint.defaultGatewayFor.isEmpty && endpoint.network != Topology.Network.gatewayBridgeKey
        }
        let endpoints = container.endpoints.filter(isWayIn) + container.endpoints.filter { !isWayIn($0) }
        let visible = endpoints.compactMap { neighbourhoods[container.circle(on: $0)] }
        let extra = container.extraHosts.map { "\($0.address)\t\($0.name)" } + lines(ofLinksOf: container)
        let own = visible.flatMap { $0.lines(of: container.name) }
        let others = visible.flatMap { $0.lines(exceptOf: container.name) }
        var content = ([ConfigurationFile.marker(topology)] + Self.head + extra).joined(separator: "\n") + "\n"
        for lines in own + others { content += lines }
        if !container.hasIPv6Loopback { content = content.withoutIPv6 }
        return ConfigurationFile(container: namespace, name: "hosts", content: content)
    }

    /// What Docker writes first (moby, `etchosts.go`).
    fileprivate static let head = [
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::\tip6-localnet",
        "ff00::\tip6-mcastprefix",
        "ff02::1\tip6-allnodes",
        "ff02::2\tip6-allrouters",
    ]
}

extension Layout {
    /// The `/etc/hosts` of the containers that `isMeant` holds for, of those that have one.
    public func hostsFiles(where isMeant: (Container) -> Bool) -> [ConfigurationFile] {
        sites.flatMap { site -> [ConfigurationFile] in
            let table = HostsTable(of: site.layout)
            return site.layout.containers.filter { $0.hasInterfaces && isMeant($0) }.compactMap { container in
                guard case .named(let name)? = container.namespace else { return nil }
                return table.file(for: container, in: name)
            }
        }
    }
}

extension Layout.Fabric {
    /// The `/etc/hosts` of the namespace that stands for `host`: the names of all hosts, and of the namespaces that are them.
    func hostsFile(for host: Layout.Host, of topology: String) -> ConfigurationFile {
        let lines = hosts.flatMap { host in host.addresses.map { "\($0.address)\t\(host.name) \(host.namespace)" } }
        let all = [ConfigurationFile.marker(topology)] + HostsTable.head + lines
        return ConfigurationFile(
            container: host.namespace, name: "hosts", content: all.joined(separator: "\n") + "\n")
    }
}

extension String {
    /// The lines that do not begin with an IPv6 address.
    fileprivate var withoutIPv6: String {
        split(separator: "\n").filter { !$0.prefix { $0 != "\t" }.contains(":") || $0.hasPrefix("#") }
            .map { "\($0)\n" }.joined()
    }

    /// The part of the text at these bytes, which must begin and end between characters.
    fileprivate subscript(bytes range: Range<Int>) -> Substring {
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        return self[start..<utf8.index(start, offsetBy: range.count)]
    }
}

extension Layout.Container {
    /// The names by which others on the network of `endpoint` find the container of the topology `topology`, each once.
    ///
    /// A service's own name leads to every one of its containers, as Docker's server hands out all their addresses; the last
    /// is the beginning of the container's identifier.
    public func names(on endpoint: Layout.Endpoint, of topology: String) -> [String] {
        var seen: Set<String> = []
        return (hostNames + [name, service] + endpoint.aliases + [shortIdentifier(in: topology)]).filter {
            seen.insert($0).inserted
        }
    }

    /// Where everybody knows each other by name: the network of `endpoint`, but on the predefined bridge the container alone
    /// (moby, `IsUserDefined`).
    func circle(on endpoint: Layout.Endpoint) -> String {
        endpoint.network == Topology.Network.predefinedBridgeKey ? "\(endpoint.network)/\(name)" : endpoint.network
    }

    /// Whether `sysctls` leave the sandbox its ::1; without, its hosts file has no line of IPv6 (moby
    /// `sandbox_dns_unix.go`).
    var hasIPv6Loopback: Bool {
        !settings.contains { setting in
            ["all", "lo"].contains { setting.path == ["net", "ipv6", "conf", $0, "disable_ipv6"] }
                && setting.value != "0"
        }
    }

    /// What the container calls itself: the full name, then the short one.
    private var hostNames: [String] {
        guard let short = shortHostName else { return [] }
        return (domainName.map { ["\(short).\($0)"] } ?? []) + [short]
    }

    /// `hostname`, or the container's own name where there is a `domainname` alone; `nil` where the file says neither, and
    /// the host's name counts.
    var shortHostName: String? { hostname ?? (sandbox == .host ? nil : domainName.map { _ in name }) }
}

extension Layout.Container {
    /// The `/etc/hostname` for the namespace `namespace`, which `weft exec` takes for its program's hostname and NIS domain
    /// name too; `nil` where the file says nothing.
    func hostnameFile(in namespace: String, of topology: String) -> ConfigurationFile? {
        // Lines that begin with `#` are comments (hostname(5)), and no file of /etc is the domain's.
        let names = [domainName.map { "# domainname \($0)" }, shortHostName].compactMap(\.self)
        guard !names.isEmpty else { return nil }
        let lines = [ConfigurationFile.marker(topology)] + names
        return ConfigurationFile(
            container: namespace, name: "hostname", content: lines.joined(separator: "\n") + "\n")
    }
}

extension ConfigurationFile {
    /// The first line, which says whose file it is.
    static func marker(_ topology: String) -> String { "# " + OwnershipMark(topology: topology).text }

    /// Whose file it is, by its first line; `nil` for somebody else's.
    public static func owner(of content: String) -> OwnershipMark? {
        guard let first = content.split(separator: "\n", maxSplits: 1).first, first.hasPrefix("# ") else { return nil }
        return OwnershipMark(String(first.dropFirst(2)))
    }
}
