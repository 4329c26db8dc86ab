import Addressing
import Topology

extension ConnectionError {
    /// What to tell people.
    var explanation: Explanation {
        switch self {
        case .noContainer(let name):
            Explanation("container \(name) is not on record", ["hint: apply its topology's file again"])
        case .noNetwork(let name):
            Explanation(
                "the container's topology has no network \(name.inQuotes)",
                ["hint: declare it in the file; a network that no service is on is made too"])
        case .spanning(let network):
            Explanation(
                "network \(network) spans hosts, which all must know who is on it",
                ["hint: change the file, and apply it on every host"])
        case .noSandbox(let container):
            Explanation(
                "\(container) uses the network stack of the host or of another container",
                ["hint: connect the container whose network stack it is"])
        case .outsideSandbox(let container):
            Explanation("the namespace of \(container) is not weft's, and can be on no network that spans hosts")
        case .notCarried(let network, let hosts):
            Explanation(
                "network \(network) cannot be on hosts \(hosts.joined(separator: ", "))",
                ["hint: they need addresses of one family, in one subnet if it is routed, and an MTU that leaves room"])
        case .connected(let container, let network): Explanation("\(container) is on network \(network) already")
        case .notConnected(let container, let network): Explanation("\(container) is not on network \(network)")
        case .outside(let address, let network):
            Explanation(
                "\(address) is in no subnet of network \(network)",
                ["hint: `weft network inspect \(network)` lists them"])
        case .taken(let address): Explanation("\(address) is taken, or no address for a container")
        case .exhausted(let family, let network):
            Explanation("no \(family == .v4 ? "IPv4" : "IPv6") address of network \(network) is left")
        }
    }
}
