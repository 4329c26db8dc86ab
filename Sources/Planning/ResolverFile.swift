import Topology

extension Topology.Resolver {
    /// The `resolv.conf` of a container: servers, search domains, options, in Docker's order (moby
    /// `internal/resolvconf`, Generate).
    func file(for container: String, of topology: String) -> ConfigurationFile {
        var lines = [ConfigurationFile.marker(topology)]
        lines += nameservers.map { "nameserver \($0)" }
        if !searchDomains.isEmpty { lines.append("search " + searchDomains.joined(separator: " ")) }
        if !options.isEmpty { lines.append("options " + options.joined(separator: " ")) }
        return ConfigurationFile(
            container: container, name: "resolv.conf", content: lines.joined(separator: "\n") + "\n")
    }
}
