extension Diagnostic {
    /// The finding for people: `file:line:column: error: message`, the line with a caret under the column, the hint.
    ///
    /// Without a line break at the end. Characters that a terminal would act on are shown as escapes.
    public func rendered(file: String, source: SourceText, color: Bool = false) -> String {
        let place = ([file.shown] + (mark.map { ["\($0.line)", "\($0.column)"] } ?? [])).joined(separator: ":")
        var lines = [
            "\(Style.bold.apply(to: place + ":", color)) \(Style.error.apply(to: "error:", color)) "
                + Style.bold.apply(to: message.shown, color)
        ]
        if let mark, let excerpt = Excerpt(of: source, at: mark) {
            lines += [excerpt.line, excerpt.indentation + Style.caret.apply(to: "^", color)]
        }
        if let hint { lines.append("  \(Style.hint.apply(to: "hint:", color)) \(hint.shown)") }
        return lines.joined(separator: "\n")
    }
}

extension Diagnostics {
    /// All findings, each as ``Diagnostic/rendered(file:source:color:)`` gives it.
    public func rendered(file: String, source: SourceText, color: Bool = false) -> String {
        all.map { $0.rendered(file: file, source: source, color: color) }.joined(separator: "\n")
    }
}

/// How a part of a diagnostic looks on a terminal: parameters of SGR, console_codes(4).
private enum Style: String {
    case bold = "1"
    case error = "1;31"
    case caret = "1;32"
    case hint = "36"

    func apply(to text: String, _ color: Bool) -> String { color ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text }
}
