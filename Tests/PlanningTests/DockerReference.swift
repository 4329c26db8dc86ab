import Addressing
import FoundationEssentials
import Planning
import TestSupport
import Testing
import Topology
import YAML

/// What a Docker engine printed of the networks and containers that ``layout`` describes.
enum DockerReference {
    /// The same networks and containers as a file, as far as Compose can say it.
    private static let file = """
        name: reference
        networks:
          my-bridge:
            name: my-bridge
            labels: {team: blue}
            driver_opts: {com.docker.network.bridge.name: mybr0}
            ipam:
              config:
                - {subnet: 172.28.0.0/16, ip_range: 172.28.5.0/24, gateway: 172.28.5.254, aux_addresses: {router: 172.28.5.1}}
          isolated: {name: isolated, internal: true, ipam: {config: [{subnet: 10.77.0.0/24}]}}
          noicc:
            name: noicc
            driver_opts: {com.docker.network.bridge.enable_icc: "false"}
            ipam: {config: [{subnet: 10.78.0.0/24}]}
          dual:
            name: dual
            enable_ipv6: true
            ipam: {config: [{subnet: 10.79.0.0/24}, {subnet: "fd00:79::/64"}]}
        services:
          app:
            container_name: app
            networks: {my-bridge: {aliases: [www]}}
            ports: ["9090:90"]
          web:
            container_name: web
            networks: {my-bridge: {ipv4_address: 172.28.7.7, aliases: [w2]}}
            ports: ["8080:80", "127.0.0.1:5353:53/udp"]
          sidecar: {container_name: sidecar, network_mode: "service:app"}
          in1: {container_name: in1, networks: [isolated]}
          v6: {container_name: v6, networks: [dual]}
          linked: {container_name: linked, network_mode: bridge}
          hosty: {container_name: hosty, network_mode: host}
          hidden: {container_name: hidden, network_mode: none}
        """

    /// The networks and containers, `web` being on the predefined bridge too, before `linked`.
    static func layout() throws -> Layout {
        let topology = try Topology(decoding: try Document.parse(Array(file.utf8)), defaultName: "x")
        var layout = try Layout(of: topology, leases: Leases(), surroundings: Surroundings())
        for (name, last) in [("web", UInt128(2)), ("linked", 3)] {
            let index = try #require(layout.containers.firstIndex { $0.name == name })
            let network = try #require(layout.networks.first { $0.declaration.isPredefinedBridge })
            let subnet = network.segments[0].subnet
            let address = InterfaceAddress(subnet.network.advanced(by: last), in: subnet)
            layout.containers[index].endpoints.removeAll { $0.network == "bridge" }
            layout.containers[index].endpoints.insert(
                Layout.Endpoint(
                    network: "bridge", interface: "eth9", addresses: [address],
                    mac: MACAddress(derivedFrom: address.address)), at: 0)
        }
        return layout
    }

    /// The JSON in the file of that name.
    static func json(_ name: String) throws -> JSON {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/docker/\(name).json")
        return try JSON(text: String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
}

extension JSON {
    /// The JSON of a value.
    init(of value: some Encodable) throws {
        self = try JSONDecoder().decode(JSON.self, from: try JSONEncoder().encode(value))
    }

    /// The value without the members of those names, at any depth, and with each endpoint under its container's name.
    func without(_ names: Set<String>) -> JSON {
        switch self {
        case .array(let elements): return .array(elements.map { $0.without(names) })
        case .object(let members):
            var kept: [String: JSON] = [:]
            for (name, value) in members where !names.contains(name) {
                kept[name.isIdentifier ? value["Name"].string ?? name : name] = value.without(names)
            }
            return .object(kept)
        default: return self
        }
    }

    /// The kinds of values by path; where members are named by what they are about, their names are in the path.
    ///
    /// - Parameter optional: Names of members that are `null` or a list, as it happens.
    func shape(optional: Set<String>, at path: String = "") -> Set<String> {
        switch self {
        case .null: ["\(path): null"]
        case .bool: ["\(path): bool"]
        case .number: ["\(path): number"]
        case .string: ["\(path): string"]
        case .array(let elements):
            elements.reduce(into: ["\(path): array"]) { $0.formUnion($1.shape(optional: optional, at: path + "[]")) }
        case .object(let members):
            members.reduce(into: ["\(path): object"]) { shape, member in
                let path = "\(path).\(member.key)"
                if optional.contains(member.key) {
                    shape.insert("\(path): optional")
                } else {
                    shape.formUnion(member.value.shape(optional: optional, at: path))
                }
            }
        }
    }
}

extension String {
    /// Whether it is as long as Docker's identifiers and as them of hexadecimal digits.
    var isIdentifier: Bool { utf8.count == 64 && allSatisfy { $0.isHexDigit && !$0.isUppercase } }
}
