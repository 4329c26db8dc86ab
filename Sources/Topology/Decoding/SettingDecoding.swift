import YAML

extension FileDecoder {
    /// `sysctls` of a service; those outside `net.` do not concern networking.
    mutating func settings(_ node: Node?, _ what: String) -> [Topology.Setting] {
        guard let node else { return [] }
        let values = dictionary(node, "sysctls of \(what)").sorted { $0.key < $1.key }
        if values.contains(where: { !$0.key.hasPrefix("net.") }) { ignore("services.*.sysctls") }
        return values.filter { $0.key.hasPrefix("net.") }.compactMap { setting($0.key, $0.value, node.mark, what) }
    }

    /// `com.docker.network.endpoint.sysctls`, each of the endpoint's own interface.
    mutating func endpointSettings(_ node: Node, _ what: String) -> [Topology.Setting] {
        guard let text = text(node, "sysctls of \(what)") else { return [] }
        return Topology.Setting.ofEndpoint(in: text, called: what).compactMap { noted($0, node.mark) }
    }

    private mutating func setting(
        _ name: String, _ value: String, _ mark: Mark, _ what: String
    ) -> Topology.Setting? {
        noted(Topology.Setting.result(name, value, of: what), mark)
    }

    /// The value, or `nil` where there is none, which is reported.
    private mutating func noted<Value>(_ result: Result<Value, ValueFault>, _ mark: Mark) -> Value? {
        switch result {
        case .success(let value): return value
        case .failure(let fault):
            report(fault.message, at: mark, hint: fault.hint)
            return nil
        }
    }
}

extension Topology.Setting {
    /// The settings that `NAME=VALUE,NAME=VALUE` lists, each of the endpoint's own interface, or what is wrong with one (moby
    /// `daemon/libnetwork/netlabel`, GetIfname and osl, `sysctls`).
    static func ofEndpoint(in text: String, called what: String = "endpoints") -> [Result<Topology.Setting, ValueFault>]
    {
        text.split(separator: ",").map { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let path = parts[0].trimmed.split(separator: ".").map(String.init)
            let isOfInterface = path.count == 5 && path[0] == "net" && path[3] == interfacePlaceholder
            guard parts.count == 2, isOfInterface else {
                return .failure(
                    ValueFault(
                        "sysctl \(quoted(String(item))) of \(what) is not one of its interface",
                        hint: "write net.ipv4.conf.IFNAME.NAME=VALUE, with IFNAME as it stands here"))
            }
            return result(parts[0].trimmed, parts[1], of: what)
        }
    }

    /// `value` for the setting that has this name below `/proc/sys`, with dots in between.
    static func result(
        _ name: String, _ value: String, of what: String
    ) -> Result<Topology.Setting, ValueFault> {
        let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let isSound = path.count > 1 && path.allSatisfy { !$0.isEmpty && !$0.contains("/") }
        guard isSound, !value.trimmed.isEmpty else {
            return .failure(ValueFault("sysctl \(quoted(name)) of \(what) has no value or no such name"))
        }
        return .success(Topology.Setting(path: path, value: value.trimmed))
    }
}
