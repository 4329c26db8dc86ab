import FoundationEssentials
import Testing
import Topology
import YAML

@Suite struct FixtureTests {
    @Test(arguments: try Fixtures.files(in: Fixtures.folder.appending(path: "bad")))
    func `a bad file is refused with everything that is wrong with it`(_ file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        let actual = try #require(complaint(about: bytes, file: file.lastPathComponent), "the file is accepted") + "\n"
        #expect(try Fixtures.expectation(of: file, suffix: "txt", actual: actual) == actual)
    }

    @Test(arguments: try Fixtures.files(in: Fixtures.folder.appending(path: "good")))
    func `a good file is laid out as expected`(_ file: URL) throws {
        try check(file, against: file)
    }

    @Test(arguments: try Fixtures.files(in: Fixtures.topologies))
    func `a topology that comes with weft is laid out as expected`(_ file: URL) throws {
        try check(file, against: Fixtures.folder.appending(path: "topologies").appending(path: file.lastPathComponent))
    }

    private func check(_ file: URL, against fixture: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        #expect(complaint(about: bytes, file: file.lastPathComponent) == nil)
        let topology = try Topology(bytes: bytes)
        let layout = try Layout(of: topology, leases: Leases(), surroundings: Surroundings())
        let ignored = topology.ignoredKeys.map { "ignored \($0)\n" }.joined()
        let actual = layout.summary + ignored
        #expect(try Fixtures.expectation(of: fixture, suffix: "layout", actual: actual) == actual)
        let again = try Layout(of: topology, leases: layout.leases, surroundings: Surroundings())
        #expect(again == layout)
    }
}
