/// The one of `candidates` that `word` is most likely a slip of; `nil` where none is near.
///
/// Nearness is the number of characters to insert, delete, replace or swap with a neighbour (optimal string
/// alignment distance), case ignored; a third of the word's length may differ, but at least one character.
public func closest(to word: String, among candidates: some Sequence<String>) -> String? {
    let word = Array(word.lowercased().unicodeScalars)
    guard word.count <= longestWord else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let limit = (best?.distance).map { $0 - 1 } ?? max(1, word.count / 3)
        guard candidate.utf8.count <= 4 * (word.count + limit) else { continue }
        let scalars = Array(candidate.lowercased().unicodeScalars)
        guard let distance = editDistance(word, scalars, atMost: limit) else { continue }
        best = (candidate, distance)
        if distance == 0 { break }
    }
    return best?.candidate
}

/// The most characters of a word to compare; longer ones are no slips of anything, and costly.
private let longestWord = 128

/// The optimal string alignment distance of two words; `nil` where it is over `limit`.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
            var distance = min(previous[column + 1] + 1, current[column] + 1, replaced)
            if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                distance = min(distance, beforePrevious[column - 1] + 1)
            }
            current.append(distance)
        }
        guard current.contains(where: { $0 <= limit }) else { return nil }
        (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count] <= limit ? previous[right.count] : nil
}
