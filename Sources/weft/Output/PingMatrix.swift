import Addressing
import Planning
import Probe

/// The echoes between sandboxes in one family as a table: who pings in rows, who is pinged in columns.
struct PingMatrix {
    private enum Cell {
        case same, unpromised, apart, broken, notChecked
        case time(UInt64)
    }

    private struct Pair: Hashable {
        var from: Namespace
        var to: Namespace
    }

    /// A matrix of more sandboxes than this is told in a sentence.
    static let largestShown = 40
    private let labels: PingLabels
    private let rows: [Namespace]
    private let columns: [Namespace]
    private let cells: [Pair: Cell]

    /// The matrix of the echoes in `family` among `outcomes`; `nil` if there are none.
    init?(of outcomes: [Outcome], family: IPFamily, labels: PingLabels) {
        var cells: [Pair: Cell] = [:]
        for outcome in outcomes where outcome.section(labels) == .pairs && outcome.promise.address?.family == family {
            guard let to = outcome.promise.target else { continue }
            let pair = Pair(from: outcome.promise.from, to: to)
            cells[pair] = Self.merged(cells[pair] ?? .unpromised, outcome)
        }
        guard !cells.isEmpty else { return nil }
        let sources = Set(cells.keys.map(\.from))
        let targets = Set(cells.keys.map(\.to))
        rows = labels.order.filter { sources.contains($0) }
        columns = labels.order.filter { targets.contains($0) }
        self.cells = cells
        self.labels = labels
    }

    /// What is wrong outweighs what is right, and an answer outweighs the silence that is promised elsewhere.
    private static func merged(_ cell: Cell, _ outcome: Outcome) -> Cell {
        switch (cell, outcome.verdict, outcome.observation) {
        case (.broken, _, _), (_, .broken, _): .broken
        case (.time(let before), _, .succeeded(let time?)): .time(min(before, time))
        case (_, _, .succeeded(let time?)): .time(time)
        case (.time, _, _): cell
        case (_, .kept, _): .apart
        case (_, .notChecked, _): .notChecked
        }
    }

    /// The table in as many blocks of columns as it takes to stay within `width`.
    func lines(width: Int, color: Bool) -> [String] {
        guard max(rows.count, columns.count) <= Self.largestShown else { return [] }
        let names = Headings(rows: rows, columns: columns, labels: labels, width: width)
        let blocks = names.blocks(of: columns, width: width).map { block in
            let head = block.map { "  " + names.column($0).padded(to: names.width(of: $0)) }
            return [names.margin + head.joined()]
                + rows.map { row in
                    let cells = block.map { "  " + text(row, $0, width: names.width(of: $0), color: color) }
                    return names.row(row) + cells.joined()
                }
        }
        return blocks.joined(separator: [""]).map(\.trimmingEnd)
    }

    private func text(_ row: Namespace, _ column: Namespace, width: Int, color: Bool) -> String {
        let cell = cells[Pair(from: row, to: column)] ?? (row == column ? .same : .unpromised)
        let (text, style): (String, Style?) =
            switch cell {
            case .same: ("-", .dim)
            case .unpromised: ("", nil)
            case .apart: ("·", .dim)
            case .broken: ("✗", .red)
            case .notChecked: ("?", .yellow)
            case .time(let nanoseconds): (milliseconds(nanoseconds), .green)
            }
        return style?.apply(to: text.padded(to: width), color) ?? text.padded(to: width)
    }
}

/// What stands beside the rows and above the columns: names, or numbers where long names would not fit.
private struct Headings {
    /// Names longer than this are numbered where they would not fit.
    private static let longest = 10
    private static let narrowest = 4

    private let labels: PingLabels
    private let numbers: [Namespace: String]
    private let rowWidth: Int

    init(rows: [Namespace], columns: [Namespace], labels: PingLabels, width: Int) {
        let lengths = columns.map { labels[$0].count }
        let rowWidth = rows.map { labels[$0].count }.max() ?? 0
        let needed = lengths.reduce(2 + rowWidth) { $0 + 2 + max($1, Self.narrowest) }
        let isNumbered = needed > width && (lengths.max() ?? 0) > Self.longest
        let counted = labels.order.enumerated().map { ($1, "\($0 + 1)") }
        numbers = isNumbered ? Dictionary(counted) { first, _ in first } : [:]
        self.labels = labels
        self.rowWidth = isNumbered ? rowWidth + Self.narrowest : rowWidth
    }

    /// What stands beside the headings of the columns.
    var margin: String { String(repeating: " ", count: 2 + rowWidth) }

    func column(_ namespace: Namespace) -> String { numbers[namespace] ?? labels[namespace] }

    func width(of column: Namespace) -> Int { max(Self.narrowest, self.column(column).count) }

    func row(_ namespace: Namespace) -> String {
        let number = numbers[namespace].map { $0.padded(to: Self.narrowest - 1) + " " } ?? ""
        let name = "  \(number)\(labels[namespace])"
        return name + margin.dropFirst(name.count)
    }

    /// The columns in groups that fit beside the rows, at least one at a time.
    func blocks(of columns: [Namespace], width: Int) -> [[Namespace]] {
        var blocks: [[Namespace]] = []
        var rest = 0
        for column in columns {
            let needed = 2 + self.width(of: column)
            if blocks.isEmpty || rest < needed {
                blocks.append([])
                rest = width - margin.count
            }
            blocks[blocks.count - 1].append(column)
            rest -= needed
        }
        return blocks
    }
}

/// Milliseconds with as many digits as four places hold, never less than 0.01: `0.05`, `12.3`, `1024`.
func milliseconds(_ nanoseconds: UInt64) -> String {
    let hundredths = max(1, (nanoseconds + 5000) / 10_000)
    if hundredths < 1000 {
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
    let tenths = (nanoseconds + 50_000) / 100_000
    return tenths < 1000 ? "\(tenths / 10).\(tenths % 10)" : "\((nanoseconds + 500_000) / 1_000_000)"
}

extension String {
    /// The text with blanks in front, `width` characters in all.
    fileprivate func padded(to width: Int) -> String {
        String(repeating: " ", count: Swift.max(0, width - count)) + self
    }

    /// The text without the blanks at its end.
    fileprivate var trimmingEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
