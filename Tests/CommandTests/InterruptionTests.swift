import Linux
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, "needs root, or `unshare -rnm` around the test run"))
struct InterruptionTests {
    /// Two bridges, containers on one and both, a published port and a cable.
    private static let file = """
        name: cut
        networks: {front: {}, back: {internal: true}}
        services:
          web: {networks: [front], ports: ["18080:80"]}
          api: {networks: [front, back]}
          db: {networks: [back]}
        links:
          - {type: veth, endpoints: [{service: web, interface: x0, addresses: [10.9.0.1/30]}, {service: db, interface: x0, addresses: [10.9.0.2/30]}]}
        """
    /// Two hosts in namespaces, with an overlay and a published port.
    private static let lab = """
        name: cut
        hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
        networks: {front: {driver: overlay}}
        services:
          web: {host: node1, networks: [front], ports: ["18080:80"]}
          api: {host: node2, networks: [front]}
        """
    /// More entries than an apply has; the last runs are not interrupted, which the tests expect.
    private static let entries = 1...16

    /// Kills an apply right after its journal entry `number`; tells whether it got that far.
    private static func interruptedApply(of file: String, at number: Int) throws -> Bool {
        let result = try WeftProgram.run("apply", file, environment: ["WEFT_FAULT_AFTER_ENTRY": "\(number)"])
        #expect(result.status == 128 + 9 || result.status == 0, "\(result.stderr)")
        return result.status != 0
    }

    @Test(arguments: [file, lab])
    func `an apply that is killed at any point is finished by the next one`(_ text: String) async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("cut.yaml", text)
        var interrupted = 0
        for entry in Self.entries {
            let wasKilled = try await inPrivateNamespaces {
                let wasKilled = try Self.interruptedApply(of: file, at: entry)
                let result = try WeftProgram.run("apply", file)
                #expect(result.status == 0, "after entry \(entry): \(result.stderr)")
                #expect(try WeftProgram.run("plan", file).status == 0)
                #expect(try isEchoed(by: "api", from: "cut-web"))
                return wasKilled
            }
            interrupted += wasKilled ? 1 : 0
        }
        #expect(interrupted > 4)
        #expect(interrupted < Self.entries.count)
    }

    @Test(arguments: [file, lab])
    func `an apply that is killed at any point is removed without a trace`(_ text: String) async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("cut.yaml", text)
        for entry in Self.entries {
            try await inPrivateNamespaces {
                let before = try Census.take()
                _ = try Self.interruptedApply(of: file, at: entry)
                let result = try WeftProgram.run("down", "cut")
                #expect(result.status == 0, "after entry \(entry): \(result.stderr)")
                #expect(try Self.traces(since: before) == [], "after entry \(entry)")
            }
        }
    }

    @Test(arguments: [file, lab])
    func `a removal that is killed at any point is finished by the next one`(_ text: String) async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("cut.yaml", text)
        for entry in Self.entries {
            try await inPrivateNamespaces {
                let before = try Census.take()
                #expect(try WeftProgram.run("apply", file).status == 0)
                _ = try WeftProgram.run("down", "cut", environment: ["WEFT_FAULT_AFTER_ENTRY": "\(entry)"])
                #expect(try WeftProgram.run("down", "cut").status == 0)
                #expect(try Self.traces(since: before) == [], "after entry \(entry)")
            }
        }
    }

    @Test func `a request to end in the middle of an apply leaves what was there before`() async throws {
        let folder = try ScratchFolder()
        let file = try folder.write("many.yaml", "{name: many, services: {c: {scale: 200}}}")
        try await inPrivateNamespaces {
            let before = try Census.take()
            let apply = try start([WeftProgram.path, "apply", file])
            _ = try eventually { try NetworkNamespace.list().count > 20 }
            apply.kill(15)
            let result = try apply.wait()
            #expect(result.status == 1, "\(result.stderr)")
            #expect(result.stderr.contains("as it was before"))
            #expect(try Self.traces(since: before) == [])
        }
    }

    @Test func `of two applies at once the second waits and then works`() async throws {
        let folder = try ScratchFolder()
        let one = try folder.write("one.yaml", "{name: one, services: {c: {scale: 60}}}")
        let two = try folder.write("two.yaml", "{name: two, services: {c: {scale: 3}}}")
        try await inPrivateNamespaces {
            let first = try start([WeftProgram.path, "apply", one])
            _ = try eventually { try NetworkNamespace.list().count > 2 }
            let second = try WeftProgram.run("apply", two)
            #expect(second.status == 0)
            #expect(second.stderr.contains("waiting"), "\(second.stderr)")
            #expect(try first.wait().status == 0)
            #expect(try NetworkNamespace.list().count == 63)
            #expect(try WeftProgram.run("plan", one).status == 0)
            #expect(try WeftProgram.run("plan", two).status == 0)
        }
    }

    /// What there is more than `before`.
    private static func traces(since before: Census) throws -> [String] {
        let now = try Census.take()
        var traces = Set(now.namespaces).subtracting(before.namespaces).map { "namespace \($0)" }
        traces += Set(now.links).subtracting(before.links).map { "link \($0)" }
        traces += Set(now.files).subtracting(before.files + ["/run/weft"]).map { "file \($0)" }
        if now.rules != before.rules { traces.append("firewall rules") }
        traces += try listDirectory("/run/weft").filter { $0 != "lock" }.map { "record \($0)" }
        return traces
    }
}
