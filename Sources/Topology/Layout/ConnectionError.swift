public import Addressing

/// Why a container of a layout cannot be connected to a network or disconnected from it.
public enum ConnectionError: Error, Hashable, Sendable {
    /// The layout has no such container.
    case noContainer(String)
    /// The layout has no such network.
    case noNetwork(String)
    /// The container is on another host than this machine, where the network is another one.
    case elsewhere(container: String, host: String, network: String)
    /// The container uses the host's network stack.
    case onHost(container: String)
    /// The container uses the network stack of the container `owner`.
    case noSandbox(container: String, owner: String)
    /// The container is on the network `none`, or is to be on it beside others.
    case isPrivate(container: String)
    /// Containers are on the network `host` or not from their beginning on.
    case hostNetwork(container: String)
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
    /// The container has an interface of that name.
    case interfaceTaken(String, container: String)
    /// The container's namespace has a default route of somebody else's.
    case hasDefaultRoute(container: String, IPFamily)
    /// No container of that name is on the network.
    case noLinkTarget(String, network: String)
    /// No subnet of the default pools is left for the gateway bridge.
    case noSubnet(network: String)
    /// Every address of the family is given out.
    case exhausted(IPFamily, network: String)
}
