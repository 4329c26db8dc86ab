import Addressing
import Reconcile
import YAML

extension HostMismatch {
    /// What to tell people.
    var explanation: Explanation {
        switch reason {
        case .undeclared(let known):
            let near = closest(to: host, among: known).map { "did you mean `\($0)`?" }
            return Explanation(
                "the file has no host \(host.inQuotes)",
                ["hint: " + (near ?? "it has \(known.isEmpty ? "no hosts" : known.joined(separator: ", "))")])
        case .other(let other, let topology):
            return Explanation(
                "this machine is not host \(host) of \(topology), but \(other.map { "host \($0)" } ?? "all of its hosts")",
                ["hint: leave --host out"])
        case .noAddress(let address):
            return Explanation(
                "this machine is not host \(host): none of its interfaces has the address \(address)",
                ["hint: choose another --host, or give the address to the interface first"])
        case .smallMTU(let mtu, let declared, let interface):
            return Explanation(
                "host \(host) has an MTU of \(declared) in the file, but \(interface) of this machine one of \(mtu)",
                ["hint: write `mtu: \(mtu)` for the host, so that no overlay makes larger packets"])
        case .otherInterface(let interface, let declared, let address):
            return Explanation(
                "host \(host) has the interface \(declared) in the file, but its address \(address) is on \(interface) here",
                ["hint: write `interface: \(interface)` for the host: routes to other hosts lead by it"])
        }
    }
}
