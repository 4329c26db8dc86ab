/// One thing wrong with a file: where, what and how to put it right.
public struct Diagnostic: Error, Hashable, Sendable {
    /// Where; `nil` where it is about the file as a whole.
    public var mark: Mark?
    /// What is wrong, in one line, naming the object.
    public var message: String
    /// What to do about it, in one line.
    public var hint: String?

    /// A finding at `mark`.
    public init(_ message: String, at mark: Mark?, hint: String? = nil) {
        self.message = message
        self.mark = mark
        self.hint = hint
    }
}

/// Everything that is wrong with a file, in file order; never empty.
public struct Diagnostics: Error, Hashable, Sendable {
    /// The findings.
    public var all: [Diagnostic]

    /// The findings `all`, sorted by place.
    public init(_ all: [Diagnostic]) {
        self.all = all.sorted { left, right in
            (left.mark?.line ?? 0, left.mark?.column ?? 0) < (right.mark?.line ?? 0, right.mark?.column ?? 0)
        }
    }
}
