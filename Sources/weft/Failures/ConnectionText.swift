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
        case .elsewhere(let container, let host, let network):
            Explanation(
                "\(container) is on host \(host), and network \(network) is another one on each host",
                ["hint: connect or disconnect it there"])
        case .onHost(let container):
            Explanation(
                "\(container) uses the host's network stack, and can be on no other network",
                ["hint: leave `network_mode: host` out of its service, and name networks instead"])
        case .noSandbox(let container, let owner):
            Explanation(
                "\(container) uses the network stack of \(owner), and can be on no other network",
                ["hint: connect \(owner)"])
        case .isPrivate(let container):
            Explanation(
                "\(container) is private: nobody on network none is on another one too",
                ["hint: `weft network disconnect none \(container)` first; an apply of the file makes it private again"]
            )
        case .hostNetwork(let container):
            Explanation(
                "\(container) cannot be connected to network host or disconnected from it while it runs",
                ["hint: write `network_mode: host` at its service, or leave it out, and apply the file"])
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
        case .interfaceTaken(let name, let container):
            Explanation("\(container) has an interface \(name) already")
        case .hasDefaultRoute(let container, let family):
            Explanation(
                "the namespace of \(container) has a default route for \(family == .v4 ? "IPv4" : "IPv6") that is not weft's",
                ["hint: leave --gw-priority out, and the namespace keeps its route; or delete that"])
        case .noLinkTarget(let name, let network):
            Explanation(
                "no container \(name.inQuotes) is on network \(network), so that a link leads nowhere",
                ["hint: `weft network inspect \(network)` lists who is"])
        case .noSubnet(let network):
            Explanation(
                "every default IPv4 subnet is in use, and network \(network) needs one",
                ["hint: declare it in the file with a subnet of its own: ipam: {config: [{subnet: …}]}"])
        case .exhausted(let family, let network):
            Explanation("no \(family == .v4 ? "IPv4" : "IPv6") address of network \(network) is left")
        }
    }
}
