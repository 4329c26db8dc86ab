import Planning
import Testing
import Topology

@testable import weft

@Suite struct NameTests {
    static let containers: [Inventory.Container] = [
        ("shop-web", "web", "shop"), ("shop-api-1", "api", "shop"), ("shop-api-2", "api", "shop"),
        ("store", "db", "shop"), ("lab-web", "web", "lab"), ("lab-cache", "cache", "lab"), ("cache", "other", "lab"),
    ].map { Inventory.Container(name: $0, service: $1, topology: $2, sandbox: .own, namespace: .named($0)) }

    @Test(arguments: [
        ("shop-web", "shop-web"), ("api-1", "shop-api-1"), ("db", "store"), ("store", "store"), ("cache", "cache"),
        ("other", "cache"), ("lab-cache", "lab-cache"),
    ])
    func `a short name is enough where it is unambiguous, and a full name wins`(word: String, name: String) throws {
        #expect(try Self.containers.named(word).name == name)
    }

    @Test(arguments: [("web", ["shop-web", "lab-web"]), ("api", ["shop-api-1", "shop-api-2"])])
    func `an ambiguous name is refused with all that it could be`(word: String, candidates: [String]) throws {
        let failure = #expect(throws: Failure.self) { try Self.containers.named(word) }
        guard case .ambiguousContainer(word, candidates) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(
            failure?.explanation?.lines == ["weft: '\(word)' could be any of \(candidates.joined(separator: ", "))"])
    }

    @Test func `an unknown name comes with the nearest one`() {
        let failure = #expect(throws: Failure.self) { try Self.containers.named("shop-wbe") }
        #expect(
            failure?.explanation?.lines == [
                "weft: no container 'shop-wbe' is on the machine", "  hint: did you mean `shop-web`?",
            ])
        let other = #expect(throws: Failure.self) { try Self.containers.named("zzzzzz") }
        #expect(
            other?.explanation?.lines == [
                "weft: no container 'zzzzzz' is on the machine", "  hint: `weft ps` lists them",
            ])
    }
}
