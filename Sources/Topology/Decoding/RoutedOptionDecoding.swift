import YAML

extension FileDecoder {
    /// The options of routed networks: those of bridges that make sense without address translation, and our own.
    static var routedOptions: [String: Option] {
        let shared = [
            "com.docker.network.bridge.name", "com.docker.network.driver.mtu",
            "com.docker.network.container_iface_prefix",
        ]
        var routed = options.filter { shared.contains($0.key) }
        routed["weft.routed.prefix"] = { decoder, node, network in
            // The shortest subnet leaves something to cut; the longest slice has room for a gateway and an endpoint.
            let length = decoder.integer(node, "weft.routed.prefix of \(network.title)", in: 1...30)
            length.map { network.slicePrefixLength = $0 }
        }
        return routed
    }
}
