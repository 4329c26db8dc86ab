public import Addressing

/// Why a container of a layout cannot be connected to a network or disconnected from it.
public enum ConnectionError: Error, Hashable, Sendable {
    /// The layout has no such container.
    case noContainer(String)
    /// The layout has no such network.
    case noNetwork(String)
    /// The network spans machines, so that the file alone says who is on it.
    case spanning(network: String)
    /// The container uses another's network stack.
    case noSandbox(container: String)
    /// The container has interfaces in a namespace that is not weft's, in which there are none of networks that span hosts.
    case outsideSandbox(container: String)
    /// The hosts have no addresses between which the network's packets could travel, or too small an MTU.
    case notCarried(network: String, hosts: [String])
    /// The container has a place on the network already.
    case connected(container: String, network: String)
    /// The container has no place on the network.
    case notConnected(container: String, network: String)
    /// The address lies in none of the network's subnets.
    case outside(IPAddress, network: String)
    /// Something else has the address.
    case taken(IPAddress)
    /// Every address of the family is given out.
    case exhausted(IPFamily, network: String)
}
