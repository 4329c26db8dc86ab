import Addressing
import FoundationEssentials
import Linux
import Planning
import Probe
import Testing
import Topology

@testable import weft

@Suite struct PingReportTests {
    /// `web` and `db` on networks of their own, `api` on both, `batch` in the sandbox of `api`; 8080 leads to `web`.
    private static func shop(containers names: [String] = ["web", "api", "db"], hasIPv6: Bool = false) throws -> Layout
    {
        func network(_ key: String, _ third: Int) throws -> Layout.Network {
            let subnets = ["10.77.\(third).0/24"] + (hasIPv6 ? ["fd00:77:\(third)::/64"] : [])
            let segments = try subnets.map { text in
                let subnet = try #require(Subnet(text))
                return Layout.Network.Segment(subnet: subnet, gateway: subnet.network.advanced(by: 1))
            }
            return Layout.Network(
                declaration: Topology.Network(key: key), name: "shop_\(key)", bridge: "br-\(key)", segments: segments)
        }
        let networks = [try network("front", 0), try network("back", 1)]
        var containers = names.enumerated().map { index, name in
            let joined = index == 0 ? [networks[0]] : index == 1 ? networks : [networks[1]]
            return Layout.Container(
                name: "shop-\(name)", service: name, index: 1, sandbox: .own,
                endpoints: joined.map { network in
                    let addresses = network.segments.map {
                        InterfaceAddress($0.subnet.network.advanced(by: UInt128(index + 2)), in: $0.subnet)
                    }
                    return Layout.Endpoint(
                        network: network.declaration.key, interface: "eth0", addresses: addresses,
                        mac: MACAddress(derivedFrom: addresses[0].address), defaultGatewayFor: [.v4, .v6])
                })
        }
        containers[0].ports = [
            Layout.Port(
                hostAddress: IPAddress("127.0.0.1"), published: 8080,
                address: containers[0].endpoints[0].addresses[0].address,
                target: 80, transport: .tcp, network: "front")
        ]
        containers.append(
            Layout.Container(name: "shop-batch", service: "batch", index: 1, sandbox: .shared(containers[1].name)))
        return Layout(name: "shop", networks: networks, containers: containers)
    }

    /// Every promise kept, echoes in 0.05 ms, but for what `change` makes of it.
    private static func outcomes(
        _ layout: Layout, _ change: (inout Outcome) -> Void = { _ in }
    ) -> [Outcome] {
        layout.promises(firewall: .iptables).map { promise in
            let time: UInt64? =
                switch promise.trial {
                case .echo, .port: 50_000
                case .wayOut, .names: nil
                }
            var outcome = Outcome(
                promise: promise,
                observation: promise.isToSucceed ? .succeeded(nanoseconds: time) : .failed(.noAnswer))
            change(&outcome)
            return outcome
        }
    }

    private static func report(_ layout: Layout, _ outcomes: [Outcome], width: Int = 80) -> String {
        PingReport(on: outcomes, of: layout, nanoseconds: 314_159_265).lines(width: width, color: false)
            .joined(separator: "\n")
    }

    @Test func `a topology that keeps its promises is told in a page`() throws {
        let layout = try Self.shop()
        #expect(
            Self.report(layout, Self.outcomes(layout)) == """
                IPv4, round trip from row to column in ms   · not reachable, as promised
                        web   api    db
                  web     -  0.05     ·
                  api  0.05     -  0.05
                  db      ·  0.05     -
                  batch shares the sandbox of api
                  packets of 1500 bytes pass too, as their MTU promises

                ✓ pairs    8 of 8: neighbours reach each other, and nobody else (0.05 ms)
                ✓ host     8 of 8: the host and the containers reach each other (0.05 ms)
                ✓ way out  3 of 3: open networks have a default route, internal ones none
                ✓ ports    1 of 1: published ports lead to their containers (0.05 ms)
                ✓ names    3 of 3: neighbours are known by name

                23 checks, all as the file promises, in 0.31 s
                """)
    }

    @Test func `what is broken is marked and told with a hint`() throws {
        let layout = try Self.shop()
        let outcomes = Self.outcomes(layout) { outcome in
            switch outcome.promise.trial {
            case .echo(let address, _) where "\(address)" == "10.77.0.3" && outcome.promise.from == .named("shop-web"):
                outcome.observation = .failed(.noNeighbour)
            case .echo where outcome.promise.from == .named("shop-db") && !outcome.promise.isToSucceed:
                outcome.observation = .succeeded(nanoseconds: 1_234_567)
            case .wayOut where outcome.promise.from == .named("shop-web"):
                outcome.observation = .failed(.refused(.networkUnreachable))
            case .port: outcome.observation = .failed(.refused(.connectionRefused))
            case .names where outcome.promise.from == .named("shop-db"):
                let fault = NameFault(name: "api", expected: [IPAddress(.v4, bits: 0x0a4d_0103)], found: ["10.77.1.9"])
                outcome.observation = .failed(.names([fault]))
            default: break
            }
        }
        #expect(
            Self.report(layout, outcomes) == """
                IPv4, round trip from row to column in ms   · not reachable, as promised   ✗ not as promised
                        web   api    db
                  web     -     ✗     ·
                  api  0.05     -  0.05
                  db      ✗     ✗     -
                  batch shares the sandbox of api

                ✗ pairs    5 of 8 as promised (0.05 to 1.23 ms)
                ✓ host     8 of 8: the host and the containers reach each other (0.05 ms)
                ✗ way out  2 of 3 as promised
                ✗ ports    0 of 1 as promised
                ✗ names    2 of 3 as promised

                ✗ web → api 10.77.0.3: should answer, but: nobody on the link has the address
                ✗ db → web 10.77.0.2: should not be reachable, but: answered in 1.23 ms
                ✗ db → api 10.77.0.3: should not be reachable, but: answered in 1.23 ms
                ✗ web → out 192.0.2.1: should have a route, but: no route
                ✗ host → web tcp 127.0.0.1:8080: should lead to 10.77.0.2:80, but: connection refused
                ✗ db /etc/hosts: should have the names of all neighbours, but: api leads to 10.77.1.9, not 10.77.1.3
                  hint: the other end is down or has lost its address, or a bridge port is missing: `weft plan` shows it
                  hint: nothing keeps the networks apart: `weft plan` shows the firewall rules that are missing
                  hint: an address or a route is missing or its interface is down: `weft plan` shows it
                  hint: the port is not translated, or translated to another container
                  hint: `weft apply` writes the file anew

                6 of 23 checks are not what the file promises, in 0.31 s
                """)
    }

    @Test func `packets that are too large are told with the size, and with what limits it where that is known`() throws
    {
        var layout = try Self.shop()
        layout.networks[0].declaration.mtu = 1450
        let router = IPAddress(.v4, bits: 0x0a4d_0001)
        let limits: [(UInt32?, IPAddress?)] = [(nil, nil), (1400, nil), (1400, router)]
        let reasons = try limits.map { limit, router in
            let outcomes = Self.outcomes(layout) { outcome in
                guard outcome.promise.from == .host, outcome.promise.to == .named("shop-web"),
                    let packet = outcome.promise.packet
                else { return }
                outcome.observation = .failed(.tooLarge(size: packet, limit: limit, by: router))
            }
            let check = try #require(
                PingDocument(of: outcomes, in: layout).checks.first { $0.reason?.hasPrefix("small") ?? false })
            #expect(check.pathMTU == limit)
            let lines = PingReport(on: outcomes, of: layout, nanoseconds: 0).lines(width: 80, color: false)
            #expect(!lines.contains { $0.contains("pass too") })
            return lines.first { $0.hasPrefix("✗ host → web") }
        }
        let start = "✗ host → web 10.77.0.2: should answer, but: small packets pass, 1450-byte ones do not: "
        #expect(
            reasons == [
                start + "an MTU on the way is smaller", start + "the MTU of its own interface is 1400",
                start + "the MTU beyond 10.77.0.1 is 1400",
            ])
    }

    @Test func `a sandbox that is missing explains in a line what is broken for want of it`() throws {
        let layout = try Self.shop()
        let db = Namespace.named("shop-db")
        let outcomes = Self.outcomes(layout) { outcome in
            if outcome.promise.from == db || outcome.promise.to == db && outcome.promise.isToSucceed {
                outcome.observation = .failed(.noNamespace(db))
            }
        }
        let lines = PingReport(on: outcomes, of: layout, nanoseconds: 0).lines(width: 80, color: false)
        #expect(lines.contains("✗ pairs    4 of 8 as promised (0.05 ms)"))
        #expect(
            lines.suffix(4) == [
                "✗ db: the sandbox does not exist (8 checks)", "  hint: `weft apply` makes the sandbox", "",
                "8 of 23 checks are not what the file promises, in 0.00 s",
            ])
    }

    @Test func `a wide matrix comes in blocks`() throws {
        let layout = try Self.shop(containers: (1...7).map { "s\($0)" }, hasIPv6: true)
        let lines = PingReport(on: Self.outcomes(layout), of: layout, nanoseconds: 0).lines(width: 40, color: false)
        #expect(
            lines.prefix(18).joined(separator: "\n") == """
                IPv4, round trip from row to column in ms   · not reachable, as promised
                        s1    s2    s3    s4    s5    s6
                  s1     -  0.05     ·     ·     ·     ·
                  s2  0.05     -  0.05  0.05  0.05  0.05
                  s3     ·  0.05     -  0.05  0.05  0.05
                  s4     ·  0.05  0.05     -  0.05  0.05
                  s5     ·  0.05  0.05  0.05     -  0.05
                  s6     ·  0.05  0.05  0.05  0.05     -
                  s7     ·  0.05  0.05  0.05  0.05  0.05

                        s7
                  s1     ·
                  s2  0.05
                  s3  0.05
                  s4  0.05
                  s5  0.05
                  s6  0.05
                  s7     -
                """)
        #expect(lines.contains { $0.hasPrefix("IPv6, ") })
        let matrix = lines.filter { $0.hasPrefix("  ") && !$0.contains("batch") && !$0.contains("packets") }
        #expect(matrix.count == 4 * 8)
        #expect(matrix.allSatisfy { $0.count <= 40 })
    }

    @Test func `columns with long names are numbered where the names would not fit`() throws {
        let layout = try Self.shop(containers: ["storefront-web", "storefront-api", "storefront-db"])
        let outcomes = Self.outcomes(layout)
        #expect(
            PingReport(on: outcomes, of: layout, nanoseconds: 0).lines(width: 50, color: false)[1...4]
                .joined(separator: "\n") == """
                                             1     2     3
                        1 storefront-web     -  0.05     ·
                        2 storefront-api  0.05     -  0.05
                        3 storefront-db      ·  0.05     -
                    """)
        let wide = PingReport(on: outcomes, of: layout, nanoseconds: 0).lines(width: 80, color: false)
        #expect(wide[1] == "                  storefront-web  storefront-api  storefront-db")
        #expect(wide[2] == "  storefront-web               -            0.05              ·")
    }

    @Test func `a matrix that nobody can read is left out, but what is broken in it is told`() throws {
        let layout = try Self.shop(containers: (1...60).map { "s\($0)" })
        let outcomes = Self.outcomes(layout) { outcome in
            if outcome.promise.from == .named("shop-s3") { outcome.observation = .failed(.noAnswer) }
        }
        let lines = PingReport(on: outcomes, of: layout, nanoseconds: 0).lines(width: 200, color: false)
        #expect(!lines.contains { $0.hasPrefix("IPv4") })
        #expect(lines.count { $0.hasPrefix("✗ s3 → ") } == 50)
        #expect(lines.contains { $0.hasPrefix("  … and ") })
        #expect(lines.count < 70)
    }

    @Test func `what could not be tried is neither good nor bad`() throws {
        let layout = try Self.shop()
        let outcomes = Self.outcomes(layout) { outcome in
            if case .port = outcome.promise.trial { outcome.observation = .notChecked(.portInUse) }
        }
        let report = PingReport(on: outcomes, of: layout, nanoseconds: 5_000_000)
        let lines = report.lines(width: 80, color: false)
        #expect(report.isGood)
        #expect(lines.contains("✓ ports    0 of 1, 1 not checked: published ports lead to their containers"))
        #expect(
            lines.suffix(3) == [
                "? host → web tcp 127.0.0.1:8080: not checked, something in the container listens there already", "",
                "22 checks, all as the file promises, 1 not checked, in 0.01 s",
            ])
    }

    @Test func `colours are there when they are wanted and change no word`() throws {
        let layout = try Self.shop()
        let outcomes = Self.outcomes(layout) { if $0.promise.from == .host { $0.observation = .failed(.noAnswer) } }
        let report = PingReport(on: outcomes, of: layout, nanoseconds: 0)
        let plain = report.lines(width: 80, color: false)
        let colored = report.lines(width: 80, color: true)
        #expect(!plain.joined().contains("\u{1b}"))
        #expect(colored.joined().contains("\u{1b}[31m✗\u{1b}[0m host → web 10.77.0.2"))
        #expect(colored.map(Self.withoutStyle) == plain)
    }

    private static func withoutStyle(_ line: String) -> String {
        line.split(separator: "\u{1b}[", omittingEmptySubsequences: false).enumerated().map { index, part in
            index == 0 ? part : part[part.index(after: part.firstIndex(of: "m") ?? part.startIndex)...]
        }.joined()
    }

    @Test func `instances of a service are told apart`() throws {
        var layout = try Self.shop()
        for index in 0..<2 {
            layout.containers[index].service = "worker"
            layout.containers[index].index = index + 1
        }
        layout.containers.append(Layout.Container(name: "shop-node", service: "node", index: 1, sandbox: .host))
        let labels = PingLabels(of: layout)
        #expect(labels.order.map { labels[$0] } == ["worker-1", "worker-2", "db"])
        #expect(labels.notes == ["batch shares the sandbox of worker-2", "node is on the host's own network"])
        layout.containers[2].service = "worker-2"
        let clash = PingLabels(of: layout)
        #expect(clash.order.map { clash[$0] } == ["worker-1", "shop-api", "shop-db"])
    }

    @Test(arguments: [
        (0, "0.01"), (4_000, "0.01"), (49_999, "0.05"), (1_234_567, "1.23"), (9_994_999, "9.99"), (9_996_000, "10.0"),
        (99_940_000, "99.9"), (99_960_000, "100"), (1_024_400_000, "1024"),
    ])
    func `milliseconds take four places`(nanoseconds: UInt64, text: String) {
        #expect(milliseconds(nanoseconds) == text)
    }

    @Test func `machines read the same in JSON`() throws {
        let layout = try Self.shop()
        let outcomes = Self.outcomes(layout) { outcome in
            if case .port = outcome.promise.trial { outcome.observation = .failed(.stranger) }
        }
        let document = PingDocument(of: outcomes, in: layout)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func text(_ index: Int?) throws -> String {
            String(decoding: try encoder.encode(document.checks[try #require(index)]), as: UTF8.self)
        }
        #expect(!document.ok)
        #expect(document.checks.count == outcomes.count)
        #expect(
            try text(0) == """
                {"address":"10.77.0.3","from":"shop-web","kind":"ping","observed":"reachable","packet_bytes":1500,\
                "promised":"reachable","rtt_ms":0.05,"to":"shop-api"}
                """)
        #expect(
            try text(document.checks.firstIndex { $0.kind == "tcp" }) == """
                {"address":"127.0.0.1","from":"host","kind":"tcp","observed":"unreachable","port":8080,\
                "promised":"reachable","reason":"something else answered","to":"shop-web"}
                """)
        #expect(
            try text(document.checks.firstIndex { $0.kind == "route" }) == """
                {"address":"192.0.2.1","from":"shop-web","kind":"route","observed":"reachable","promised":"reachable",\
                "to":"outside"}
                """)
        #expect(
            try text(document.checks.firstIndex { $0.kind == "names" }) == """
                {"from":"shop-web","kind":"names","observed":"reachable","promised":"reachable"}
                """)
    }
}
