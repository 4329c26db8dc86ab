/// Text that may turn out to be a key.
struct Scalar {
    let text: String
    let isPlain: Bool
    let mark: Mark
    /// Where it begins.
    let start: Cursor.Position
}

extension Parser {
    /// Refuses what cannot begin plain text, saying what it is.
    mutating func refuseIndicator(inFlow: Bool) throws(Diagnostic) {
        let endsToken = cursor.next.isBlankOrEnd
        let refusal: (message: String, hint: String?)? =
            switch cursor.byte {
            case "!": ("tags are not supported", "remove the tag")
            case "?" where inFlow || endsToken: ("explicit keys (`? `) are not supported", "write `key: value`")
            case ":" where inFlow || endsToken: ("a `:` without a key", "write `key: value`")
            case "-" where inFlow && endsToken: ("a `- ` entry between brackets", "separate the entries by `,`")
            case "-" where inFlow && cursor.next.isFlowIndicator: ("a `-` alone", nil)
            case "|", ">": (inFlow ? "block text between brackets" : "block text where a key is expected", nil)
            case "`": ("text cannot begin with a backtick", "put it in quotes")
            case "%", "@", ",", "]", "}": ("text cannot begin with `\(cursor.character())`", nil)
            default: nil
            }
        guard let refusal else { return }
        throw Diagnostic(
            refusal.message, at: cursor.mark(),
            hint: refusal.hint ?? "put text that begins with `\(cursor.character())` in quotes")
    }

    /// The key that `scalar` is, the cursor being at its `:`.
    func key(_ scalar: Scalar) throws(Diagnostic) -> String {
        guard scalar.start.line == cursor.line else {
            throw Diagnostic(
                "a key and its `:` must be on one line", at: scalar.mark,
                hint: "is a quote or bracket above left open, or a `:` meant as text and not in quotes?")
        }
        guard cursor.index - scalar.start.index <= limits.maxKeyBytes else {
            throw Diagnostic(
                "the key is longer than \(limits.maxKeyBytes) bytes", at: scalar.mark, hint: "shorten it")
        }
        guard scalar.isPlain || scalar.text != Entries.mergeKey else {
            throw Diagnostic("`<<` in quotes is no merge key", at: scalar.mark, hint: "remove the quotes")
        }
        return scalar.text
    }
}

/// The entries of a mapping that is being read.
struct Entries {
    static let mergeKey = "<<"
    /// Below this many entries a search through them is quicker than a dictionary.
    private static let few = 8

    private(set) var all: [Node.Entry] = []
    private var marks: [String: Mark] = [:]

    /// Refuses a key that is there already.
    mutating func refuseDuplicate(of key: String, at mark: Mark) throws(Diagnostic) {
        if all.count == Self.few, marks.isEmpty {
            for entry in all { marks[entry.key] = entry.mark }
        }
        guard let first = marks.isEmpty ? all.first(where: { $0.key == key })?.mark : marks[key] else { return }
        throw Diagnostic(
            "the key \(key.quoted) is there twice", at: mark,
            hint: "the first one is at \(first)")
    }

    mutating func append(_ entry: Node.Entry) {
        all.append(entry)
        if !marks.isEmpty { marks[entry.key] = entry.mark }
    }
}
