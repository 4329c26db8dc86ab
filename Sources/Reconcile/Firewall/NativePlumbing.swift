import Addressing
import Netlink
import Planning

/// What all topologies share in our own tables, to be recognised in what there is.
struct NativePlumbing {
    private struct Key: Hashable {
        let table: Table
        let chain: String
        let expressions: [Netfilter.Expression]
    }

    /// The tables.
    let tables: Set<Table>
    /// The identities of the chains.
    let chains: Set<ObjectID>
    /// The sets and maps, by identity.
    let sets: [ObjectID: NamedSet]
    private let rules: [Key: NativeRule]

    /// That of both families.
    static let all = NativePlumbing(of: IPFamily.allCases)

    private init(of families: [IPFamily]) {
        var tables: Set<Table> = []
        var chains: Set<ObjectID> = []
        var sets: [ObjectID: NamedSet] = [:]
        var rules: [Key: NativeRule] = [:]
        for object in families.flatMap({ NftablesFirewall.plumbing($0) }) {
            switch object {
            case .table(let table): tables.insert(table)
            case .chain(let chain): chains.insert(chain.id)
            case .set(let set): sets[set.id] = set
            case .native(let rule):
                let key = Key(table: rule.table, chain: rule.chain, expressions: rule.record.expressions)
                rules[key] = rule
            default: break
            }
        }
        self.tables = tables
        self.chains = chains
        self.sets = sets
        self.rules = rules
    }

    /// The rule that has just these expressions, if it is one of ours.
    func rule(_ table: Table, _ chain: String, _ expressions: [Netfilter.Expression]) -> NativeRule? {
        rules[Key(table: table, chain: chain, expressions: expressions)]
    }
}
