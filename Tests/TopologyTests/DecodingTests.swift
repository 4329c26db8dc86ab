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

    private static let variables = ["SET": "value", "EMPTY": "", "_x1": "y"]

    @Test(arguments: [
        ("plain", "plain"), ("$SET", "value"), ("a$SET.b", "avalue.b"), ("${SET}", "value"), ("$_x1${_x1}", "yy"),
        ("$EMPTY", ""), ("$$SET", "$SET"), ("$$$SET", "$value"), ("${SET-no}", "value"), ("${UNSET-no}", "no"),
        ("${EMPTY-no}", ""), ("${EMPTY:-no}", "no"), ("${SET+yes}", "yes"), ("${UNSET+yes}", ""),
        ("${EMPTY+yes}", "yes"),
        ("${EMPTY:+yes}", ""), ("${SET?no}", "value"), ("${EMPTY?no}", ""), ("${UNSET:-${SET}}", "value"),
        ("${UNSET:-a${UNSET:-b}c}d", "abcd"), ("${UNSET-}", ""), ("${UNSET:-$$}", "$"), ("a}", "a}"),
    ])
    func `variables come from the environment, in every form of Compose's`(_ text: String, _ value: String) throws {
        #expect(try label(text) == value)
    }

    @Test(arguments: [
        "$UNSET", "${UNSET}", "${UNSET?no}", "${EMPTY:?no}", "${SET", "${", "${}", "$", "$1", "$-", "${SET!}",
        "${SET:}",
        "${SET:x}", "${1}", "${UNSET:-${UNSET}}", "${UNSET:-", "${ SET}",
        String(repeating: "${UNSET:-", count: 40) + String(repeating: "}", count: 40),
    ])
    func `a variable without a value, or written otherwise, is a finding`(_ text: String) {
        #expect(throws: Diagnostics.self) { try label(text) }
    }

    /// The value of a label that is written as `text`.
    private func label(_ text: String) throws -> String? {
        let node = try Document.parse(Array("networks: {a: {labels: {l: '\(text)'}}}".utf8))
        let topology = try Topology(decoding: node, defaultName: "lab", variables: Self.variables)
        return topology.networks[0].labels["l"]
    }

    @Test func `the topology's name may be a variable`() throws {
        let node = try Document.parse(Array("name: ${SET}\nservices: {a: {}}".utf8))
        #expect(try Topology(decoding: node, defaultName: "x", variables: Self.variables).name == "value")
    }

    @Test func `COMPOSE_PROJECT_NAME is the topology's name, and else has it`() throws {
        func topology(_ text: String, _ variables: [String: String]) throws -> Topology {
            try Topology(
                decoding: try Document.parse(Array(text.utf8)), defaultName: "Folder", variables: variables)
        }
        let text = "services: {a: {container_name: \"${COMPOSE_PROJECT_NAME}_a\"}}"
        for (file, set, expected) in [
            (text, nil, "folder"), (text, "", "folder"), (text, "set", "set"), ("name: own\n" + text, nil, "own"),
            ("name: own\n" + text, "set", "set"),
        ] {
            let topology = try topology(file, set.map { ["COMPOSE_PROJECT_NAME": $0] } ?? [:])
            #expect(topology.name == expected)
            #expect(topology.services[0].containerName == "\(expected)_a")
        }
        let findings = #expect(throws: Diagnostics.self) { try topology(text, ["COMPOSE_PROJECT_NAME": "A b"]) }
        #expect(findings?.all.map(\.message) == ["COMPOSE_PROJECT_NAME `A b` has `A`; allowed are a-z, 0-9, _ and -"])
    }

    @Test(arguments: [
        ("", []), ("debug", ["b"]), ("none, test", ["b", "c"]), ("*", ["b", "c"]), ("other", []),
    ])
    func `services with profiles are there when COMPOSE_PROFILES names one`(set: String, expected: [String]) throws {
        let text = "services: {a: {}, b: {profiles: [debug, test]}, c: {profiles: [test]}}"
        let topology = try Topology(
            decoding: try Document.parse(Array(text.utf8)), defaultName: "lab", variables: ["COMPOSE_PROFILES": set])
        #expect(topology.services.map(\.name) == ["a"] + expected)
        #expect(topology.ignoredKeys.count == 2 - expected.count)
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
