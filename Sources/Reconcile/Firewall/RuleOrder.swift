import Planning

extension [FirewallObservation.ObservedRule] {
    /// The rules, those of ours among them marked that are in the way of the others' order.
    ///
    /// As few as possible are: whoever moves one rule past ten others has misplaced one rule. A rule's double has no place.
    var withMisplacedOnesMarked: Self {
        var result = self
        for places in Dictionary(grouping: indices, by: { Chain(self[$0].table, self[$0].chain) }).values {
            let ours = places.compactMap { place in self[place].order.map { (place: place, order: $0) } }
            for index in indicesOutOfOrder(ours.map(\.order)) {
                result[ours[index].place].rule?.isMisplaced = true
                result[ours[index].place].native?.isMisplaced = true
            }
        }
        return result
    }
}

extension FirewallObservation.ObservedRule {
    /// Where in its chain the rule belongs among ours; `nil` for one of others, and for a double.
    fileprivate var order: Int? {
        if let native { return native.occurrence == 0 ? native.place : nil }
        return rule?.occurrence == 0 ? rank : nil
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

extension NativeRule {
    /// The rule as it is at its place.
    var inPlace: NativeRule {
        var rule = self
        rule.isMisplaced = false
        return rule
    }
}

extension KernelObject {
    /// The object; a rule as it is at its place.
    var inPlace: KernelObject {
        switch self {
        case .rule(let rule): .rule(rule.inPlace)
        case .native(let rule): .native(rule.inPlace)
        default: self
        }
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
