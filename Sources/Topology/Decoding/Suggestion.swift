import YAML

/// What to write in place of the unknown `word`, where one of `known` is close to it.
func suggestion(for word: String, among known: some Sequence<String>) -> String? {
    closest(to: word, among: known).map { "did you mean \($0)?" }
}
