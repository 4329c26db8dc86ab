public import Addressing

extension Topology {
    /// How names are looked up that the hosts file does not have: what `resolv.conf(5)` says.
    public struct Resolver: Hashable, Sendable, Codable {
        /// `dns`: the servers to ask.
        public var nameservers: [IPAddress]
        /// `dns_search`: the domains to look short names up in.
        public var searchDomains: [String]
        /// `dns_opt`: options such as `ndots:2`.
        public var options: [String]

        /// A resolver with these settings.
        public init(nameservers: [IPAddress] = [], searchDomains: [String] = [], options: [String] = []) {
            self.nameservers = nameservers
            self.searchDomains = searchDomains
            self.options = options
        }

        /// The resolver that the text of a `resolv.conf` describes; of `search` and `options` lines the last counts.
        public init(configuration text: some StringProtocol) {
            self.init()
            for line in text.split(separator: "\n") {
                let words = line.split(whereSeparator: { $0.isWhitespace }).map { String($0) }
                switch words.first {
                case "nameserver": nameservers += words.dropFirst().prefix(1).compactMap { IPAddress($0) }
                case "search", "domain": searchDomains = Array(words.dropFirst())
                case "options": options = Array(words.dropFirst())
                default: break
                }
            }
        }

        /// These settings, with those of the host where there are none, as Docker fills them in.
        ///
        /// A server on the host's loopback is none of the container's; the search domain `.` stands for no domain at all.
        ///
        /// - Parameter isOnHost: Whether the container is on the host's network, and its loopback is the host's (moby
        ///   `updateDNS`).
        public func completed(by host: Resolver, isOnHost: Bool = false) -> Resolver {
            let domains = searchDomains.isEmpty ? host.searchDomains : searchDomains
            return Resolver(
                nameservers: nameservers.isEmpty
                    ? host.nameservers.filter { isOnHost || !$0.isLoopback } : nameservers,
                searchDomains: domains.filter { $0 != "." }, options: options.isEmpty ? host.options : options)
        }
    }
}
