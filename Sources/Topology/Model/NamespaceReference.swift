/// A network namespace that exists already, as a file refers to it: by name, path or process.
public enum NamespaceReference: Hashable, Sendable, Codable {
    /// `/run/netns/<name>`.
    case name(String)
    /// A file that stands for a namespace.
    case path(String)
    /// The namespace that a process is in.
    case process(Int32)

    /// The reference that `text` is: digits are a process, a slash makes a path, all else is a name.
    ///
    /// `nil` where it is none of them.
    public init?(_ text: String) {
        if !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            guard let id = Int32(text), id > 0 else { return nil }
            self = .process(id)
        } else if text.contains("/") {
            guard text.hasPrefix("/") else { return nil }
            let names = ["/run/netns/", "/var/run/netns/"].filter { text.hasPrefix($0) }
            let name = names.first.map { String(text.dropFirst($0.count)) }
            self = name.flatMap { Self.isName($0) ? .name($0) : nil } ?? .path(text)
        } else {
            guard Self.isName(text) else { return nil }
            self = .name(text)
        }
    }

    private static func isName(_ text: String) -> Bool {
        1...255 ~= text.utf8.count && text != "." && text != ".."
            && text.unicodeScalars.allSatisfy { scalar in
                scalar != "/" && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
            }
    }
}

extension NamespaceReference: CustomStringConvertible {
    /// The name, the path, or the process in words.
    public var description: String {
        switch self {
        case .name(let name): name
        case .path(let path): path
        case .process(let id): "of process \(id)"
        }
    }
}
