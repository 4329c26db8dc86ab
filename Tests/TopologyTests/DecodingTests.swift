import Testing
import Topology
import YAML

@Suite struct DecodingTests {
    @Test(arguments: [
        ("shop", "shop"), ("My Shop", "myshop"), ("Ünïcode", "ncode"), ("--_x-1_", "x-1_"), ("a.b", "ab"), ("", ""),
        ("...", ""), ("2nd", "2nd"),
    ])
    func `a folder's name becomes a topology's as in Compose`(_ folder: String, _ name: String) {
        #expect(Topology.normalized(name: folder) == name)
    }

    @Test func `a folder that gives no name asks for one`() throws {
        let node = try Document.parse(Array("services: {a: {}}".utf8))
        let findings = #expect(throws: Diagnostics.self) { try Topology(decoding: node, defaultName: "...") }
        #expect(findings?.all.first?.hint == "give it one with `name:`")
        #expect(findings?.all.first?.mark == nil)
    }

    @Test func `variables come from the environment`() throws {
        let node = try Document.parse(
            Array(
                "name: ${NAME}\nservices: {a: {hostname: \"$HOST.$$x\", container_name: \"${EMPTY:-c1}${SET:+x}${EMPTY-y}\"}}"
                    .utf8))
        let values = ["NAME": "shop", "HOST": "www", "EMPTY": "", "SET": "1"]
        let topology = #expect(throws: Diagnostics.self) {
            try Topology(decoding: node, defaultName: "x", variables: values)
        }
        #expect(topology?.all.map(\.message) == ["hostname `www.$x` has `$`; allowed are letters, digits, ., _ and -"])
        let fine = try Document.parse(
            Array("name: ${NAME}\nservices: {a: {container_name: \"${EMPTY:-c1}${SET:+x}${EMPTY-y}\"}}".utf8))
        let decoded = try Topology(decoding: fine, defaultName: "x", variables: values)
        #expect(decoded.name == "shop")
        #expect(decoded.services[0].containerName == "c1x")
    }

    @Test func `merge keys bring a service's keys in`() throws {
        let topology = try Topology(
            yaml: """
                x-base: &base {networks: [lan], image: x}
                networks: {lan: }
                services:
                  a: {<<: *base, scale: 2}
                  b: {<<: [{scale: 3}, *base], networks: [default]}
                """)
        #expect(topology.services.map(\.scale) == [2, 3])
        #expect(topology.networks.map(\.key) == ["lan", "default"])
        #expect(topology.ignoredKeys == ["services.*.image"])
    }

    @Test func `findings come in the order of the file`() throws {
        let findings = #expect(throws: Diagnostics.self) {
            try Topology(yaml: "services:\n  a: {networks: [x]}\n  b: {prots: []}\n  c: {scale: -1}\nnam: x\n")
        }
        #expect(findings?.all.compactMap(\.mark?.line) == [2, 3, 4, 5])
    }

    @Test func `labels are a mapping or a list`() throws {
        let topology = try Topology(yaml: "networks: {a: {labels: {x: 1, y: }}, b: {labels: [x=1=2, y]}}")
        #expect(topology.networks.map(\.labels) == [["x": "1", "y": ""], ["x": "1=2", "y": ""]])
    }
}
