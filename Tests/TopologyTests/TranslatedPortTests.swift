import Addressing
import Testing
import Topology
import YAML

/// Which ports IPv6 clients find by way of containers' IPv4 addresses, as with a proxy.
@Suite struct TranslatedPortTests {
    private func ports(_ ports: String, _ network: String = "", translates: Bool = true) throws -> [String] {
        let file = """
            networks: {lan: {\(network)}}
            services: {web: {networks: [lan], ports: [\(ports)]}}
            """
        let layout = try Layout(
            of: Topology(decoding: try Document.parse(Array(file.utf8)), defaultName: "lab"), leases: Leases(),
            surroundings: Surroundings(translatesClients: translates))
        return layout.containers[0].ports.map { port in
            let host = port.hostAddress.map { "\($0)" } ?? "any \(port.clientFamily)"
            return "\(host) \(port.published) to \(port.address.family)"
        }
    }

    @Test(arguments: [
        ("8080:80", ["any v4 8080 to v4", ":: 8080 to v4"]),
        ("0.0.0.0:8080:80", ["any v4 8080 to v4"]),
        ("127.0.0.1:8080:80", ["127.0.0.1 8080 to v4"]),
        ("[::]:8080:80", [":: 8080 to v4"]),
        ("[2001:db8::7]:8080:80", ["2001:db8::7 8080 to v4"]),
    ])
    func `a port is translated unless it is bound to an IPv4 address`(port: String, expected: [String]) throws {
        #expect(try ports("\"\(port)\"") == expected)
    }

    @Test func `SCTP is not translated`() throws {
        #expect(try ports("\"8080:80/sctp\", \"[::]:8081:80/sctp\"") == ["any v4 8080 to v4"])
        #expect(try ports("\"[::]:8080:80/sctp\"", "enable_ipv6: true") == ["any v6 8080 to v6"])
    }

    @Test(arguments: [
        ("8080:80", ["any v4 8080 to v4", "any v6 8080 to v6", "::1 8080 to v4"]),
        ("[::]:8080:80", ["any v6 8080 to v6", "::1 8080 to v4"]),
        ("[::1]:8080:80", ["::1 8080 to v4"]),
        ("0.0.0.0:8080:80", ["any v4 8080 to v4"]),
        ("127.0.0.1:8080:80", ["127.0.0.1 8080 to v4"]),
        ("[2001:db8::7]:8080:80", ["2001:db8::7 8080 to v6"]),
    ])
    func `to a container with IPv6 only the host's own clients at ::1 are translated`(
        port: String, expected: [String]
    ) throws {
        #expect(try ports("\"\(port)\"", "enable_ipv6: true") == expected)
    }

    @Test func `without an IPv4 address, or a port of the host in IPv6, nothing leads from ::1`() throws {
        #expect(try ports("\"8080:80\"", "enable_ipv4: false, enable_ipv6: true") == ["any v6 8080 to v6"])
        let routed = "enable_ipv6: true, driver_opts: {com.docker.network.bridge.gateway_mode_ipv6: routed}"
        #expect(try ports("\"8080:80\"", routed) == ["any v4 8080 to v4"])
    }

    @Test func `networks that bind ports to an IPv4 address, or have none, are not translated`() throws {
        let bound = "driver_opts: {com.docker.network.bridge.host_binding_ipv4: 192.0.2.1}"
        #expect(try ports("\"8080:80\"", bound) == ["192.0.2.1 8080 to v4"])
        #expect(try ports("\"8080:80\"", "driver_opts: {com.docker.network.bridge.gateway_mode_ipv4: routed}") == [])
        #expect(try ports("\"8080:80\"", "internal: true") == [])
    }

    @Test(arguments: [nil, "node1", "node2"])
    func `in a lab, and on each of its hosts, the same ports are translated`(_ host: String?) throws {
        let file = """
            hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
            services: {web: {host: node1, ports: ["8080:80"]}, api: {host: node2, ports: ["8080:80"]}}
            """
        let layout = try Layout(
            of: Topology(decoding: try Document.parse(Array(file.utf8)), defaultName: "lab"), leases: Leases(),
            surroundings: Surroundings(translatesClients: true), host: host)
        let families = layout.containers.map { $0.ports.map(\.clientFamily) }
        #expect(families == [[.v4, .v6], [.v4, .v6]])
    }

    @Test func `where the machine can not translate, nothing is`() throws {
        #expect(try ports("\"8080:80\", \"[::]:8081:80\"", translates: false) == ["any v4 8080 to v4"])
        #expect(
            try ports("\"8080:80\"", "enable_ipv6: true", translates: false)
                == ["any v4 8080 to v4", "any v6 8080 to v6"])
    }
}
