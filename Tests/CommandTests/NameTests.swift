import Testing

@testable import weft

@Suite struct NameTests {
    static let names = ContainerNames(entries: [
        .init(name: "shop-web", service: "web", topology: "shop"),
        .init(name: "shop-api-1", service: "api", topology: "shop"),
        .init(name: "shop-api-2", service: "api", topology: "shop"),
        .init(name: "store", service: "db", topology: "shop"),
        .init(name: "lab-web", service: "web", topology: "lab"),
        .init(name: "lab-cache", service: "cache", topology: "lab"),
        .init(name: "cache", service: "other", topology: "lab"),
    ])

    @Test(arguments: [
        ("shop-web", "shop-web"), ("api-1", "shop-api-1"), ("db", "store"), ("store", "store"), ("cache", "cache"),
        ("other", "cache"), ("lab-cache", "lab-cache"),
    ])
    func `a short name is enough where it is unambiguous, and a full name wins`(word: String, name: String) throws {
        #expect(try Self.names.find(word).name == name)
    }

    @Test(arguments: [("web", ["shop-web", "lab-web"]), ("api", ["shop-api-1", "shop-api-2"])])
    func `an ambiguous name is refused with all that it could be`(word: String, candidates: [String]) throws {
        let failure = #expect(throws: Failure.self) { try Self.names.find(word) }
        guard case .ambiguousContainer(word, candidates) = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        #expect(
            failure?.lines(color: false) == ["weft: '\(word)' could be any of \(candidates.joined(separator: ", "))"])
    }

    @Test func `an unknown name comes with the nearest one`() {
        let failure = #expect(throws: Failure.self) { try Self.names.find("shop-wbe") }
        #expect(
            failure?.lines(color: false) == [
                "weft: no container 'shop-wbe' is on the machine", "  hint: did you mean `shop-web`?",
            ])
        let other = #expect(throws: Failure.self) { try Self.names.find("zzzzzz") }
        #expect(
            other?.lines(color: false) == [
                "weft: no container 'zzzzzz' is on the machine", "  hint: `weft ps` lists them",
            ])
    }
}
