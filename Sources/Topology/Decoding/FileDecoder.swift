import YAML

/// Turns the nodes of a file into a topology, and gathers all that is wrong on the way.
struct FileDecoder {
    /// What `$NAME` stands for in values.
    var variables: [String: String]
    /// What is wrong with the file.
    private(set) var findings: [Diagnostic] = []
    /// Paths of the keys that have no effect, each once, in file order.
    private(set) var ignoredKeys: [String] = []
    var speller = Speller()
    /// Mappings that the file's ports stand for so far.
    var portCount = 0
    /// Services that are left out, with the profiles that would bring them in.
    var dormantServices: [String: [String]] = [:]
    /// The profiles in use, as in Compose; `*` stands for all.
    let activeProfiles: Set<String>
    private var knownIgnored: Set<String> = []

    init(variables: [String: String]) {
        self.variables = variables
        let profiles = (variables["COMPOSE_PROFILES"] ?? "").split(separator: ",")
        activeProfiles = Set(profiles.map { String($0).trimmed })
    }

    mutating func report(_ message: String, at mark: Mark?, hint: String? = nil) {
        findings.append(Diagnostic(message, at: mark, hint: hint))
    }

    mutating func ignore(_ path: String) {
        if knownIgnored.insert(path).inserted { ignoredKeys.append(path) }
    }

    /// The value that `body` makes, and whether it found nothing wrong.
    mutating func watching<Value>(_ body: (inout Self) -> Value) -> (value: Value, isSound: Bool) {
        let before = findings.count
        let value = body(&self)
        return (value, findings.count == before)
    }
}

/// The entries of a mapping that mean something here, by key.
struct Fields {
    /// Where the mapping begins.
    let mark: Mark
    private let entries: [String: Node.Entry]

    init(_ entries: [Node.Entry], at mark: Mark) {
        self.mark = mark
        self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The value of `key`; `nil` also for null, which Compose treats as absent.
    subscript(key: String) -> Node? {
        entries[key].flatMap { $0.value.isNull ? nil : $0.value }
    }

    /// Where the values begin, by key.
    var marks: [String: Mark] { entries.mapValues(\.value.mark) }
}

extension Node {
    /// Whether the value is YAML's null: nothing, `~` or `null`, not quoted (YAML 1.2 §10.2.1.1).
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What kind of value it is, in words.
    var kind: String {
        switch content {
        case .scalar: isNull ? "null" : "a text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension FileDecoder {
    /// The entries of the mapping `node`; `nil`, reported, where it is none.
    mutating func entries(of node: Node, _ what: String) -> [Node.Entry]? {
        if node.isNull { return [] }
        guard case .mapping(let entries) = node.content else {
            report("\(what) must be a mapping, not \(node.kind)", at: node.mark, hint: "write `key: value` lines")
            return nil
        }
        return entries
    }

    /// The entries of `node` that `vocabulary` uses; the others are ignored, refused or unknown to it.
    mutating func fields(of node: Node, _ what: String, _ vocabulary: Vocabulary) -> Fields? {
        guard let entries = entries(of: node, what) else { return nil }
        return Fields(entries.filter { accept($0, of: what, vocabulary) }, at: node.mark)
    }

    private mutating func accept(_ entry: Node.Entry, of what: String, _ vocabulary: Vocabulary) -> Bool {
        switch vocabulary[entry.key] {
        case .used: return true
        case .extension: return false
        case .ignored(let path): ignore(path)
        case .refused(let hint):
            report("\(quoted(entry.key)) in \(what) is not supported yet", at: entry.mark, hint: hint)
        case .unknown:
            report(
                "unknown key \(quoted(entry.key)) in \(what)", at: entry.mark,
                hint: speller.suggestion(for: entry.key, among: vocabulary.known) ?? "keys of your own begin with x-")
        }
        return false
    }

    /// The items of the list `node`; empty, reported, where it is none.
    mutating func items(of node: Node?, _ what: String) -> [Node] {
        guard let node else { return [] }
        guard case .sequence(let items) = node.content else {
            report("\(what) must be a list, not \(node.kind)", at: node.mark, hint: "write `- item` lines or [item]")
            return []
        }
        return items
    }
}

/// `text` between backticks, cropped where it is long.
func quoted(_ text: String) -> String {
    text.unicodeScalars.count <= 60 ? "`\(text)`" : "`\(String(text.unicodeScalars.prefix(60)))…`"
}
