extension Topology {
    /// Where an interface of `links:` is.
    public enum Place: Hashable, Sendable {
        /// In the sandbox of the service of this name.
        case service(String)
        /// On the host of this name itself.
        case host(String)
    }
}

extension Topology.Place {
    /// The service's or the host's name.
    var name: String {
        switch self {
        case .service(let name), .host(let name): name
        }
    }

    /// The place in a message.
    var title: String {
        switch self {
        case .service(let name): "service \(quoted(name))"
        case .host(let name): "host \(quoted(name))"
        }
    }

    /// The host that it is, or that its service is on; `nil` where nobody has said so.
    func host(_ services: [String: Topology.Service]) -> String? {
        switch self {
        case .service(let name): services[name]?.host
        case .host(let name): name
        }
    }
}
