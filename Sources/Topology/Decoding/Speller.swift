import YAML

/// Suggests what to write in place of a misspelt word, for as many words as anybody reads.
struct Speller {
    /// Words of a file to make a suggestion for, and words to compare each with: a file full of unknown words among
    /// thousands of known ones must not take minutes.
    private static let limits = (words: 100, candidates: 2_000)

    private var left = Self.limits.words

    /// What to write in place of the unknown `word`, where one of `known` is close to it.
    mutating func suggestion(for word: String, among known: some Collection<String>) -> String? {
        guard left > 0, known.count <= Self.limits.candidates else { return nil }
        left -= 1
        return closest(to: word, among: known.sorted()).map { "did you mean \($0)?" }
    }
}
