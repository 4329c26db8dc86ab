import FoundationEssentials
import Testing

@testable import weft

@Suite struct DockerJSONTests {
    /// Documents that a Docker engine printed, whole or in part.
    private static let documents = [
        "inspect-my-bridge", "inspect-dual", "inspect-isolated", "inspect-none", "networksettings-web",
        "networksettings-v6",
    ]

    @Test(arguments: documents) func `members come in Docker's order`(name: String) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let path = tests.appending(path: "PlanningTests/Fixtures/docker/\(name).json")
        let text = try String(contentsOf: path, encoding: .utf8)
        let json = try JSONDecoder().decode(DockerJSON.self, from: Data(text.utf8))
        #expect(Self.lines(json.indented) == Self.lines(text))
    }

    /// The lines without their indents, for which Docker has more than one measure.
    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n").map { $0.drop { $0 == " " } }
    }

    @Test func `members of maps come by name, and everything is written as Go writes it`() throws {
        let document: [String: [[String: String]]] = ["b": [], "a": [["z": "a\"\\\n\u{1}é/", "Name": "n"], [:]]]
        let json = try DockerJSON(document)
        #expect(json.compact == #"{"a":[{"Name":"n","z":"a\"\\\n\u0001é/"},{}],"b":[]}"#)
        #expect(
            json.indented == #"""
                {
                    "a": [
                        {
                            "Name": "n",
                            "z": "a\"\\\n\u0001é/"
                        },
                        {}
                    ],
                    "b": []
                }
                """#)
        let others = try DockerJSON(["number": 18_446_744_073_709_551_615 as UInt64]).compact
        #expect(others == #"{"number":18446744073709551615}"#)
        #expect(try DockerJSON(["number": [-1, Int64.min]]).compact == #"{"number":[-1,-9223372036854775808]}"#)
        #expect(try DockerJSON(["a\tb\r"]).compact == #"["a\tb\r"]"#)
        #expect(try DockerJSON(["flag": true, "none": nil]).compact == #"{"flag":true,"none":null}"#)
    }
}
