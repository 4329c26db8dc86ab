/// Rows of cells, aligned as Docker aligns its tables.
struct Table {
    /// The columns' titles.
    let titles: [String]
    /// The rows, each with a cell per column.
    private(set) var rows: [[String]] = []
    /// The least width of a column with the blanks after it.
    var narrowest = 0

    init(_ titles: String...) { self.titles = titles }

    /// Adds a row.
    mutating func add(_ cells: String...) { rows.append(cells) }

    /// The titles and the rows, three blanks between columns.
    var lines: [String] {
        let all = [titles] + rows
        let widths = titles.indices.map { column in max(narrowest - 3, all.map { $0[column].count }.max() ?? 0) }
        return all.map { row in
            let padded = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let line = padded.joined(separator: "   ")
            return String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
        }
    }
}
