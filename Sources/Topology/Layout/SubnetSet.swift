import Addressing

/// Subnets that are taken, with a question about overlap that takes no longer when there are many.
struct SubnetSet {
    private var members: Set<Subnet> = []
    private var lengths: Set<Int> = []
    /// Every wider prefix of a member.
    private var wider: Set<Subnet> = []

    mutating func insert(_ subnet: Subnet) {
        guard members.insert(subnet).inserted else { return }
        lengths.insert(subnet.prefixLength)
        for length in (0..<subnet.prefixLength).reversed() {
            guard let prefix = Subnet(containing: subnet.network, prefixLength: length), wider.insert(prefix).inserted
            else { return }
        }
    }

    mutating func insert(_ subnets: some Sequence<Subnet>) {
        for subnet in subnets { insert(subnet) }
    }

    /// Whether a member has an address of `subnet`.
    func overlaps(_ subnet: Subnet) -> Bool {
        if wider.contains(subnet) { return true }
        return lengths.contains { length in
            length <= subnet.prefixLength
                && Subnet(containing: subnet.network, prefixLength: length).map { members.contains($0) } ?? false
        }
    }
}
