/// How a part of a text looks on a terminal: the parameter of SGR, console_codes(4).
enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    /// `text` in the style, where there is `color`.
    func apply(to text: String, _ color: Bool) -> String { color ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text }
}
