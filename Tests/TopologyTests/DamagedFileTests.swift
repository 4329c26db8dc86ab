import FoundationEssentials
import TestSupport
import Testing
import Topology
import YAML

@Suite struct DamagedFileTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a damaged file is laid out or refused with a finding, and stops nothing`(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let folders = ["good", "bad"].map { Fixtures.folder.appending(path: $0) } + [Fixtures.topologies]
        let files = try folders.flatMap { try Fixtures.files(in: $0) }.map { [UInt8](try Data(contentsOf: $0)) }
        let words = Array(Set(files.flatMap(Self.words))).sorted { $0.lexicographicallyPrecedes($1) }
        var counts = (accepted: 0, refused: 0)
        for _ in 0..<150 {
            var text = try #require(files.randomElement(using: &generator))
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.damage(&text, words, &generator) }
            let node: Node
            do throws(Diagnostic) { node = try Document.parse(text) } catch { continue }
            do throws(Diagnostics) {
                _ = try Topology(decoding: node, defaultName: "lab")
                counts.accepted += 1
            } catch {
                #expect(!error.all.isEmpty)
                #expect(error.all.allSatisfy { !$0.message.isEmpty && !$0.message.contains("Optional(") })
                counts.refused += 1
            }
        }
        #expect(counts.accepted > 0 && counts.refused > 10)
    }

    /// Replaces, removes, repeats or inserts a word.
    private static func damage(_ text: inout [UInt8], _ words: [[UInt8]], _ generator: inout SeededGenerator) {
        let ranges = wordRanges(text)
        guard let range = ranges.randomElement(using: &generator), let word = words.randomElement(using: &generator)
        else { return }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: text.removeSubrange(range)
        case 1: text.insert(contentsOf: text[range], at: range.upperBound)
        case 2: text[range.lowerBound] = UInt8.random(in: 0x20...0x7e, using: &generator)
        default: text.replaceSubrange(range, with: word)
        }
    }

    private static func words(_ text: [UInt8]) -> [[UInt8]] { wordRanges(text).map { Array(text[$0]) } }

    private static func wordRanges(_ text: [UInt8]) -> [Range<Int>] {
        text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { $0.startIndex..<$0.endIndex }
    }
}
