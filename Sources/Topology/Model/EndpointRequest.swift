public import Addressing

/// What a live connection asks of its endpoint, as the keys of a service's network do in a file.
public struct EndpointRequest: Hashable, Sendable {
    /// A name of the container's own for another one on the network.
    public struct Link: Hashable, Sendable {
        /// The other container, by its name or its service's.
        public var target: String
        /// What it is called.
        public var alias: String
    }

    /// `ipv4_address` and `ipv6_address`, at most one of each family; the lowest free ones otherwise.
    public var addresses: [IPAddress]
    /// `gw_priority`.
    public var gatewayPriority = 0
    /// `aliases`.
    public private(set) var aliases: [String] = []
    /// `link_local_ips`.
    public private(set) var linkLocalAddresses: [IPAddress] = []
    /// `links`, of this network alone.
    public private(set) var links: [Link] = []
    /// `driver_opts` as they were given.
    public private(set) var driverOptions: [String: String] = [:]
    /// `com.docker.network.endpoint.ifname`; the network's prefix and the lowest free number if absent.
    public private(set) var interfaceName: String?
    /// `com.docker.network.endpoint.sysctls`, with `IFNAME` where the interface's name belongs.
    public private(set) var settings: [Topology.Setting] = []

    /// An endpoint with these addresses, and everything else left to the defaults.
    public init(addresses: [IPAddress] = []) { self.addresses = addresses }
}

extension EndpointRequest {
    /// Adds a name by which others on the network find the container.
    public mutating func add(alias: String) throws(ValueFault) {
        if let problem = NameRule.host.problem(with: alias) { throw ValueFault("\(quoted(alias)) \(problem)") }
        aliases.append(alias)
    }

    /// Adds an address of 169.254.0.0/16 or fe80::/10.
    public mutating func add(linkLocalAddress text: String) throws(ValueFault) {
        guard let address = IPAddress(text) else { throw ValueFault("\(quoted(text)) is no address") }
        linkLocalAddresses.append(try address.checkedLinkLocal(as: "\(address)"))
    }

    /// Adds `CONTAINER:ALIAS`, or `CONTAINER` alone (docker/cli opts, ValidateLink).
    public mutating func add(link text: String) throws(ValueFault) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count < 3, parts.allSatisfy({ !$0.isEmpty }) else {
            throw ValueFault("\(quoted(text)) is not CONTAINER or CONTAINER:ALIAS")
        }
        let alias = parts[parts.count - 1]
        if let problem = NameRule.host.problem(with: alias) { throw ValueFault("\(quoted(alias)) \(problem)") }
        links.append(Link(target: parts[0], alias: alias))
    }

    /// Adds `KEY=VALUE`, in double quotes or not: Docker's own line is read as CSV, in which a value with a comma needs them.
    public mutating func add(driverOption text: String) throws(ValueFault) {
        let isQuoted = text.count > 1 && text.hasPrefix("\"") && text.hasSuffix("\"")
        let plain = isQuoted ? String(text.dropFirst().dropLast()) : text
        let parts = plain.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
            String($0).trimmed
        }
        guard parts.count == 2, !parts[0].isEmpty else { throw ValueFault("\(quoted(text)) is not KEY=VALUE") }
        switch EndpointOption(rawValue: parts[0]) {
        case .interfaceName:
            if let problem = NameRule.problem(withInterface: parts[1]) {
                throw ValueFault("interface name \(quoted(parts[1])) \(problem)")
            }
            interfaceName = parts[1]
        case .settings:
            let items = Topology.Setting.ofEndpoint(in: parts[1])
            settings = try items.map { item throws(ValueFault) in try item.get() }
        case nil: throw EndpointOption.unknown(parts[0], of: "endpoints")
        }
        driverOptions[parts[0]] = parts[1]
    }
}

/// An option of an endpoint's `driver_opts` (moby daemon/libnetwork/netlabel/labels.go).
enum EndpointOption: String, CaseIterable {
    /// The interface's name, `interface_name` in Compose.
    case interfaceName = "com.docker.network.endpoint.ifname"
    /// Values of the kernel's for the interface.
    case settings = "com.docker.network.endpoint.sysctls"

    /// What to say of an option that there is not.
    static func unknown(_ key: String, of what: String) -> ValueFault {
        let known = allCases.map(\.rawValue)
        return ValueFault(
            "option \(quoted(key)) of \(what) is not supported yet",
            hint: known.first { $0.hasSuffix(".\(key)") }.map { "did you mean \($0)?" }
                ?? "there are \(known.joined(separator: " and "))")
    }
}

/// Why a value cannot be that of a key or an option.
public struct ValueFault: Error, Hashable, Sendable {
    /// What is wrong, with the value.
    public let message: String
    /// What helps, if that is known.
    public let hint: String?

    init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }
}

extension IPAddress {
    /// The address, where it is link-local; `what` names it in the fault.
    func checkedLinkLocal(as what: String) throws(ValueFault) -> IPAddress {
        guard !isLinkLocal else { return self }
        throw ValueFault(
            "\(what) is not link-local", hint: "such addresses lie in 169.254.0.0/16 or fe80::/10")
    }
}
