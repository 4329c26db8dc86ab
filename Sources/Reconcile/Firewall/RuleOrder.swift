import Planning

extension [FirewallObservation.ObservedRule] {
    /// The rules, those of ours among them marked that are in the way of the others' order.
    ///
    /// As few as possible are: whoever moves one rule past ten others has misplaced one rule. A rule's double has no place.
    var withMisplacedOnesMarked: Self {
        var result = self
        for places in Dictionary(grouping: indices, by: { Chain(self[$0].table, self[$0].chain) }).values {
            let single = places.filter { self[$0].rule?.occurrence == 0 }
            let ours = single.compactMap { place in self[place].rank.map { (place: place, rank: $0) } }
            for index in indicesOutOfOrder(ours.map(\.rank)) { result[ours[index].place].rule?.isMisplaced = true }
        }
        return result
    }
}

extension Rule {
    /// The rule as it is at its place.
    var inPlace: Rule {
        var rule = self
        rule.isMisplaced = false
        return rule
    }
}

extension KernelObject {
    /// The object; a rule as it is at its place.
    var inPlace: KernelObject {
        guard case .rule(let rule) = self else { return self }
        return .rule(rule.inPlace)
    }
}

/// Where `numbers` have to be taken out, so that as many as possible are left and none is less than one before it; of several
/// ways the one that leaves the first ones.
///
/// What is left is found by patience sorting from the end, in a time of n log n.
func indicesOutOfOrder(_ numbers: [Int]) -> [Int] {
    // Of the selections of each length, where the one begins that begins with the greatest number; and what follows each number.
    var starts: [Int] = []
    var next = [Int?](repeating: nil, count: numbers.count)
    for (index, number) in numbers.enumerated().reversed() {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[starts[middle]] >= number { low = middle + 1 } else { high = middle }
        }
        next[index] = low > 0 ? starts[low - 1] : nil
        if low < starts.count { starts[low] = index } else { starts.append(index) }
    }
    var kept: Set<Int> = []
    var last = starts.last
    while let index = last {
        kept.insert(index)
        last = next[index]
    }
    return numbers.indices.filter { !kept.contains($0) }
}
