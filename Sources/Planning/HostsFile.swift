import Addressing
public import Topology

/// The `/etc/hosts` of containers: Docker's head, then the names of everything on the networks that a container is on.
struct HostsTable {
    private struct Line {
        var container: String
        var text: String
    }

    private let topology: String
    /// The lines of a network's endpoints in file order, by the network's key.
    private var lines: [String: [Line]] = [:]

    init(of layout: Layout) {
        topology = layout.name
        for network in layout.networks {
            lines[network.declaration.key] = (network.neighbours ?? []).map {
                Line(container: $0.container, text: "\($0.address)\t\($0.names.joined(separator: " "))")
            }
        }
        for container in layout.containers where container.hasInterfaces {
            for endpoint in container.endpoints {
                let names = container.names(on: endpoint).joined(separator: " ")
                lines[endpoint.network, default: []] += endpoint.addresses.map {
                    Line(container: container.name, text: "\($0.address)\t\(names)")
                }
            }
        }
    }

    /// The file of `container` for the namespace `namespace`: its own names first, then its neighbours', network by network.
    func file(for container: Layout.Container, in namespace: String) -> ConfigurationFile {
        // Its own name leads first to the address that it is reached at from outside.
        let gateways = container.endpoints.filter { !$0.defaultGatewayFor.isEmpty }
        let endpoints = gateways + container.endpoints.filter { $0.defaultGatewayFor.isEmpty }
        let visible = endpoints.flatMap { lines[$0.network] ?? [] }
        let own = visible.filter { $0.container == container.name }
        let others = visible.filter { $0.container != container.name }
        let extra = (container.extraHosts + container.links).map { "\($0.address)\t\($0.name)" }
        let all = [ConfigurationFile.marker(topology)] + Self.head + extra + (own + others).map(\.text)
        return ConfigurationFile(
            container: namespace, name: "hosts", content: all.joined(separator: "\n") + "\n")
    }

    /// What Docker writes first (moby, `etchosts.go`).
    private static let head = [
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::\tip6-localnet",
        "ff00::\tip6-mcastprefix",
        "ff02::1\tip6-allnodes",
        "ff02::2\tip6-allrouters",
    ]
}

extension Layout.Container {
    /// The names by which others on the network of `endpoint` find the container, each once.
    ///
    /// A service's own name leads to every one of its containers, as Docker's server hands out all their addresses.
    public func names(on endpoint: Layout.Endpoint) -> [String] {
        var seen: Set<String> = []
        return (hostNames + [name, service] + endpoint.aliases).filter { seen.insert($0).inserted }
    }

    /// What the container calls itself: the full name, then the short one.
    private var hostNames: [String] {
        guard let hostname else { return [] }
        return (domainName.map { ["\(hostname).\($0)"] } ?? []) + [hostname]
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
