extension Unicode.Scalar {
    /// Whether a terminal shows it without acting on it and without hiding it or its neighbours' order.
    var isShownAsIs: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
        // The joiners within words and emoji; all other format characters hide or reorder text.
        case .format: value == 0x200c || value == 0x200d
        default: true
        }
    }

    /// Itself, or an escape where a terminal must not see it.
    var shown: String {
        guard !isShownAsIs else { return String(self) }
        let digits = String(value, radix: 16)
        return value <= 0xff
            ? "\\x" + String(repeating: "0", count: max(0, 2 - digits.count)) + digits
            : "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Columns that it takes in a terminal, as `wcwidth(3)`: 0 where it combines with the one before it, 2 where wide.
    var terminalWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: 0
        default: isWide ? 2 : 1
        }
    }

    /// East Asian Width W or F (Unicode UAX 11), by block.
    private var isWide: Bool {
        switch value {
        case 0..<0x1100: false
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
            0xfe10...0xfe19, 0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f900...0x1f9ff,
            0x20000...0x3fffd:
            true
        default: properties.isEmojiPresentation
        }
    }
}

extension String {
    /// The text on one line that a terminal shows as it is.
    var shown: String { unicodeScalars.allSatisfy(\.isShownAsIs) ? self : unicodeScalars.map(\.shown).joined() }

    /// The text between backticks for a message, cropped where it is long.
    var quoted: String { unicodeScalars.count <= 60 ? "`\(self)`" : "`\(String(unicodeScalars.prefix(60)))…`" }
}
