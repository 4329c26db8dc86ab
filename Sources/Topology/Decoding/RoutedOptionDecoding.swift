import YAML

extension FileDecoder {
    /// The options of routed networks: those of bridges that make sense without address translation, and our own.
    static var routedOptions: [String: Option] {
        let shared = [
            "com.docker.network.bridge.name", "com.docker.network.driver.mtu",
            "com.docker.network.container_iface_prefix",
        ]
        var routed = options.filter { shared.contains($0.key) }
        // The shortest subnet leaves something to cut; the longest slice has room for a gateway and an endpoint.
        routed["weft.routed.prefix"] = { decoder, node, network in
            let length = decoder.integer(node, "weft.routed.prefix of \(network.title)", in: 1...30)
            length.map { network.routed?.prefixLength = $0 }
        }
        routed["weft.routed.prefix_ipv6"] = { decoder, node, network in
            let length = decoder.integer(node, "weft.routed.prefix_ipv6 of \(network.title)", in: 1...126)
            length.map { network.routed?.prefixLengthIPv6 = $0 }
        }
        routed["weft.routed.backend"] = { decoder, node, network in
            decoder.choice(node, "weft.routed.backend of \(network.title)").map { network.routed?.backend = $0 }
        }
        routed["weft.routed.key"] = { decoder, node, network in
            let key: UInt32? = decoder.number(node, "weft.routed.key of \(network.title)", in: 0...UInt32.max)
            key.map { network.routed?.key = $0 }
        }
        return routed
    }
}
