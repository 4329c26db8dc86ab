import Addressing
import Planning
import Probe
import Topology

/// What `weft ping` tells people: matrices, a line per kind of promise, what is not as promised, and the sum.
struct PingReport {
    /// Broken promises that are listed one by one.
    private static let mostListed = 50
    private static let mostHints = 5

    private let outcomes: [Outcome]
    private let labels: PingLabels
    private let nanoseconds: UInt64

    /// The report on `outcomes`, which took `nanoseconds` to find.
    init(on outcomes: [Outcome], of layout: Layout, nanoseconds: UInt64) {
        self.outcomes = outcomes
        labels = PingLabels(of: layout)
        self.nanoseconds = nanoseconds
    }

    /// Whether no promise is broken.
    var isGood: Bool { !outcomes.contains { $0.verdict == .broken } }

    /// The report in lines of at most `width` characters where names allow.
    func lines(width: Int, color: Bool) -> [String] {
        let parts = [
            matrices(width: width, color: color), sections(color: color),
            missing(color: color) + faults(color: color) + hints, [summary(color: color)],
        ]
        return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
    }

    private func matrices(width: Int, color: Bool) -> [String] {
        let tables = IPFamily.allCases.compactMap { family -> [String]? in
            let lines =
                PingMatrix(of: outcomes, family: family, labels: labels)?.lines(width: width, color: color) ?? []
            guard !lines.isEmpty else { return nil }
            let name = family == .v4 ? "IPv4" : "IPv6"
            return [Style.bold.apply(to: "\(name), round trip from row to column in ms", color) + legend(family)]
                + lines
        }
        let notes = tables.isEmpty ? [] : (labels.notes + sizes).map { "  \($0)" }
        return Array(tables.joined(separator: [""])) + notes
    }

    /// How large the packets are that passed, if all did that were to.
    private var sizes: [String] {
        let promised = outcomes.filter { $0.promise.packet != nil }
        let sizes = promised.compactMap(\.promise.packet)
        guard let least = sizes.min(), let most = sizes.max(), promised.allSatisfy({ $0.verdict == .kept }) else {
            return []
        }
        return [
            "packets of \(least == most ? "\(least)" : "\(least) to \(most)") bytes pass too, as their MTU promises"
        ]
    }

    /// What the marks mean that occur among the echoes of `family`.
    private func legend(_ family: IPFamily) -> String {
        let echoes = outcomes.filter { $0.section(labels) == .pairs && $0.promise.address?.family == family }
        let apart = echoes.contains { $0.verdict == .kept && !$0.promise.isToSucceed }
        let broken = echoes.contains { $0.verdict == .broken }
        return (apart ? "   · not reachable, as promised" : "") + (broken ? "   ✗ not as promised" : "")
    }

    private func sections(color: Bool) -> [String] {
        PingSection.allCases.compactMap { section in
            let outcomes = outcomes.filter { $0.section(labels) == section }
            guard !outcomes.isEmpty else { return nil }
            let kept = outcomes.count { $0.verdict == .kept }
            let notChecked = outcomes.count { $0.verdict == .notChecked }
            let isGood = kept + notChecked == outcomes.count
            let mark = isGood ? Style.green.apply(to: "✓", color) : Style.red.apply(to: "✗", color)
            let title = section.title + String(repeating: " ", count: 8 - section.title.count)
            return "\(mark) \(title) \(kept) of \(outcomes.count)"
                + (notChecked > 0 ? ", \(notChecked) not checked" : "")
                + (isGood ? ": \(section.sentence)" : " as promised") + Self.times(of: outcomes)
        }
    }

    private static func times(of outcomes: [Outcome]) -> String {
        let times = outcomes.compactMap(\.nanoseconds)
        guard let least = times.min(), let most = times.max() else { return "" }
        let (first, last) = (milliseconds(least), milliseconds(most))
        return first == last ? " (\(first) ms)" : " (\(first) to \(last) ms)"
    }

    /// The sandboxes that do not exist, with how many outcomes that explains.
    private func missing(color: Bool) -> [String] {
        let missing = Dictionary(grouping: outcomes.compactMap(\.missingSandbox)) { $0 }
        return missing.sorted { $0.key < $1.key }.map { namespace, outcomes in
            let count = outcomes.count == 1 ? "1 check" : "\(outcomes.count) checks"
            return "\(Style.red.apply(to: "✗", color)) \(labels[namespace]): the sandbox does not exist (\(count))"
        }
    }

    /// The broken promises that are not explained by a missing sandbox, and what could not be tried.
    private func faults(color: Bool) -> [String] {
        let broken = outcomes.filter { $0.verdict == .broken && $0.missingSandbox == nil }
        let left = broken.count - Self.mostListed
        return broken.prefix(Self.mostListed).map {
            "\(Style.red.apply(to: "✗", color)) \($0.subject(labels)): \($0.promisedText), but: \($0.observedText)"
        }
            + (left > 0 ? ["  … and \(left) more (--json has all)"] : [])
            + outcomes.filter { $0.verdict == .notChecked }.map {
                "\(Style.yellow.apply(to: "?", color)) \($0.subject(labels)): not checked, \($0.observedText)"
            }
    }

    /// What may be the causes, each once.
    private var hints: [String] {
        var seen: Set<String> = []
        return outcomes.compactMap(\.hint).filter { seen.insert($0).inserted }.prefix(Self.mostHints).map {
            "  hint: \($0)"
        }
    }

    private func summary(color: Bool) -> String {
        let broken = outcomes.count { $0.verdict == .broken }
        let notChecked = outcomes.count { $0.verdict == .notChecked }
        let checked = outcomes.count - notChecked
        let rest = notChecked > 0 ? ", \(notChecked) not checked" : ""
        let count = checked == 1 ? "1 check" : "\(checked) checks"
        guard broken > 0 else {
            let all = checked == 0 ? "" : checked == 1 ? ", as the file promises" : ", all as the file promises"
            return Style.green.apply(to: "\(count)\(all)\(rest), in \(seconds)", color)
        }
        let verb = broken == 1 ? "is" : "are"
        return Style.red.apply(
            to: "\(broken) of \(count) \(verb) not what the file promises\(rest), in \(seconds)", color)
    }

    private var seconds: String {
        let hundredths = (nanoseconds + 5_000_000) / 10_000_000
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    }
}
