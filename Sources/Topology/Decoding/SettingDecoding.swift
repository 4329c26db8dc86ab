import YAML

extension FileDecoder {
    /// `sysctls` of a service; those outside `net.` do not concern networking.
    mutating func settings(_ node: Node?, _ what: String) -> [Topology.Setting] {
        guard let node else { return [] }
        let values = dictionary(node, "sysctls of \(what)").sorted { $0.key < $1.key }
        if values.contains(where: { !$0.key.hasPrefix("net.") }) { ignore("services.*.sysctls") }
        return values.filter { $0.key.hasPrefix("net.") }.compactMap { setting($0.key, $0.value, node.mark, what) }
    }

    /// `com.docker.network.endpoint.sysctls`: `NAME=VALUE` with a comma in between, each of the endpoint's own interface
    /// (moby `daemon/libnetwork/netlabel`, GetIfname and osl, `sysctls`).
    mutating func endpointSettings(_ node: Node, _ what: String) -> [Topology.Setting] {
        guard let text = text(node, "sysctls of \(what)") else { return [] }
        return text.split(separator: ",").compactMap { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let path = parts[0].trimmed.split(separator: ".").map(String.init)
            let isOfInterface =
                path.count == 5 && path[0] == "net" && path[3] == Topology.Setting.interfacePlaceholder
            guard parts.count == 2, isOfInterface else {
                report(
                    "sysctl \(quoted(String(item))) of \(what) is not one of its interface", at: node.mark,
                    hint: "write net.ipv4.conf.IFNAME.NAME=VALUE, with IFNAME as it stands here")
                return nil
            }
            return setting(parts[0].trimmed, parts[1], node.mark, what)
        }
    }

    private mutating func setting(
        _ name: String, _ value: String, _ mark: Mark, _ what: String
    ) -> Topology.Setting? {
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let isSound = path.count > 1 && path.allSatisfy { !$0.isEmpty && !$0.contains("/") }
        guard isSound, !value.trimmed.isEmpty else {
            report("sysctl \(quoted(name)) of \(what) has no value or no such name", at: mark)
            return nil
        }
        return Topology.Setting(path: path, value: value.trimmed)
    }
}
