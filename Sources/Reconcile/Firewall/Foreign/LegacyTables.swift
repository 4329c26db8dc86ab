import Addressing
import Linux

/// The tables of `iptables-legacy`, which nf_tables knows nothing of.
enum LegacyTables {
    /// What is to be said where such rules may stop forwarded packets of `families`: they are not read here.
    static func notes(_ families: [IPFamily]) throws(SystemCallError) -> [String] {
        var notes: [String] = []
        for family in families where try names(family).contains("filter") {
            let command = family == .v4 ? "iptables-legacy" : "ip6tables-legacy"
            notes.append(
                "\(command) has a table filter here, whose rules are not read: `\(command) -S FORWARD` says whether it "
                    + "drops forwarded packets")
        }
        return notes
    }

    /// The tables that are in use in the calling thread's namespace (`xt_table_seq_show`, net/netfilter/x_tables.c).
    private static func names(_ family: IPFamily) throws(SystemCallError) -> [String] {
        let file = family == .v4 ? "ip_tables_names" : "ip6_tables_names"
        do throws(SystemCallError) {
            let bytes = try readFile("/proc/thread-self/net/\(file)")
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        } catch  where error.errno == .noEntry || error.errno == .accessDenied {
            // A kernel without them; or somebody who may change networks, but not read root's files.
            return []
        }
    }
}
