import Addressing
import Testing

@Suite struct StableHashTests {
    @Test func `the same text has the same digits for ever`() {
        #expect(StableHash.hex("shop/front", digits: 16) == "09cbc30d7e3f851c")
        #expect(StableHash.hex("", digits: 16) == "f52a15e9a9b5e89b")
    }

    @Test func `fewer digits are the first of more`() {
        let all = StableHash.hex("shop/front", digits: 16)
        for count in 1...16 { #expect(StableHash.hex("shop/front", digits: count) == String(all.prefix(count))) }
    }

    @Test func `names that differ in the last character differ in seven digits`() {
        let hashes = Set((0..<10_000).map { StableHash.hex("shop-web-\($0)/front", digits: 12) })
        #expect(hashes.count == 10_000)
    }
}
