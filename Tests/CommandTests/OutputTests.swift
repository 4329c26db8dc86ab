import Testing

@testable import weft

@Suite struct OutputTests {
    @Test func `a table's columns are as wide as their widest cell`() {
        var table = Table("NAME", "NETWORKS", "FILE")
        table.add("shop", "front, back", "/srv/shop.yaml")
        table.add("a-longer-name", "", "-")
        table.add("x", "", "")
        #expect(
            table.lines == [
                "NAME            NETWORKS      FILE",
                "shop            front, back   /srv/shop.yaml",
                "a-longer-name                 -",
                "x",
            ])
    }

    @Test func `a table without rows is its titles`() {
        #expect(Table("NAME", "FILE").lines == ["NAME   FILE"])
    }

    @Test func `a progress bar fills up`() {
        #expect(
            ProgressBar.line(done: 30, of: 120, "links", columns: 80)
                == "[##########                              ] 30/120 links")
        #expect(
            ProgressBar.line(done: 120, of: 120, "links", columns: 80)
                == "[########################################] 120/120 links")
    }

    @Test(arguments: [0, 1, 10, 41, 79, 200])
    func `a progress bar never wraps`(columns: Int) {
        let line = ProgressBar.line(done: 5, of: 9, "a very long name of what is going on right now", columns: columns)
        #expect(line.count <= max(0, columns - 1))
    }

    @Test func `a plan of nothing has a bar of nothing`() {
        #expect(ProgressBar.line(done: 0, of: 0, "x", columns: 50) == "[          ] 0/0 x")
    }

    @Test func `a style is only applied where there is colour`() {
        #expect(Style.red.apply(to: "x", false) == "x")
        #expect(Style.red.apply(to: "x", true) == "\u{1b}[31mx\u{1b}[0m")
    }
}
