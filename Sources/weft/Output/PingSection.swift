import Planning
import Probe

/// The parts of a report on promises.
enum PingSection: CaseIterable {
    case pairs, host, waysOut, ports, names

    /// The part's title.
    var title: String {
        switch self {
        case .pairs: "pairs"
        case .host: "host"
        case .waysOut: "way out"
        case .ports: "ports"
        case .names: "names"
        }
    }

    /// What the promises of the part say together.
    var sentence: String {
        switch self {
        case .pairs: "neighbours reach each other, and nobody else"
        case .host: "the host and the containers reach each other"
        case .waysOut: "open networks have a default route, internal ones none"
        case .ports: "published ports lead to their containers"
        case .names: "neighbours are known by name"
        }
    }
}

extension Outcome {
    /// The part of a report that the outcome belongs to.
    func section(_ labels: PingLabels) -> PingSection {
        switch promise.trial {
        case .echo:
            labels.hosts.contains(promise.from) || promise.to.map(labels.hosts.contains) ?? false ? .host : .pairs
        case .wayOut: .waysOut
        case .port: .ports
        case .names: .names
        }
    }

    /// The sandbox that would be needed and does not exist.
    var missingSandbox: Namespace? {
        guard case .failed(.noNamespace(let namespace)) = observation else { return nil }
        return namespace
    }

    /// The MTU, in bytes, that the kernel or a router gives for why a packet does not pass.
    var pathMTU: UInt32? {
        guard case .failed(.tooLarge(_, let limit, _)) = observation else { return nil }
        return limit
    }

    /// How long the answer took, in nanoseconds.
    var nanoseconds: UInt64? {
        guard case .succeeded(let nanoseconds) = observation else { return nil }
        return nanoseconds
    }
}
