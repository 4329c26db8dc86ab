import Testing
import Topology
import YAML

/// Which keys a service may have with which `network_mode`, as Docker has it (moby runconfig/hostconfig.go,
/// hostconfig_unix.go).
///
/// Where Docker takes a key and does nothing about it (ports with `host` and `none`, links with `none`, search domains of who shares
/// another's `resolv.conf`), it is refused too.
@Suite struct ModeTests {
    struct Row: CustomTestStringConvertible {
        let key: String
        let value: String
        /// The modes of `modes` that it goes with.
        let goesWith: Set<String>

        init(_ key: String, _ value: String, _ goesWith: Set<String>) {
            self.key = key
            self.value = value
            self.goesWith = goesWith
        }

        var testDescription: String { key }
    }

    private static let modes = ["bridge", "none", "host", "service:other", "container:elsewhere", "service:node"]

    private static let rows = [
        Row("hostname", "h", ["bridge", "none", "host"]),
        Row("domainname", "example.org", ["bridge", "none", "host"]),
        Row("extra_hosts", "[\"a=1.2.3.4\"]", ["bridge", "none", "host"]),
        Row("dns", "192.0.2.53", ["bridge", "none", "host"]),
        Row("dns_search", "example.org", ["bridge", "none", "host"]),
        Row("dns_opt", "[rotate]", ["bridge", "none", "host"]),
        Row("expose", "[\"80\"]", ["bridge", "none", "host"]),
        Row("links", "[other]", ["bridge"]),
        Row("ports", "[\"80:80\"]", ["bridge"]),
        Row("sysctls", "{net.ipv4.ip_forward: 1}", ["bridge", "none"]),
        Row("mac_address", "\"02:00:00:00:00:01\"", ["bridge"]),
        Row("networks", "[default]", []),
    ]

    @Test(arguments: rows, modes)
    func `a key goes with the modes in which it means something`(_ row: Row, _ mode: String) throws {
        let text = """
            services:
              other: {}
              node: {network_mode: host}
              a:
                network_mode: "\(mode)"
                \(row.key): \(row.value)
            """
        do {
            _ = try Topology(yaml: text)
            #expect(row.goesWith.contains(mode))
        } catch let findings as Diagnostics {
            #expect(!row.goesWith.contains(mode), "\(findings.all)")
            #expect(findings.all.count == 1)
            let place = findings.all.first.flatMap(\.mark)
            #expect(findings.all.allSatisfy { $0.message.contains(row.key) } && place?.line == 6)
        }
    }
}
