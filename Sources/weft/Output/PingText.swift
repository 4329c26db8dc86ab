import Addressing
import Linux
import Planning
import Probe
import Topology

extension Outcome {
    /// What was tried, in a line: `web → api 10.77.0.3`.
    func subject(_ labels: PingLabels) -> String {
        let from = labels[promise.from]
        switch promise.trial {
        case .echo(let address, _): return "\(from) → \(target(labels)) \(address)"
        case .wayOut(let family): return "\(from) → out \(Promise.elsewhere(family))"
        case .port(let port): return "\(from) → \(target(labels)) \(port.text)"
        case .names: return "\(from) /etc/hosts"
        }
    }

    private func target(_ labels: PingLabels) -> String { promise.target.map { labels[$0] } ?? "out" }

    /// What was promised, as the end of a sentence.
    var promisedText: String {
        switch promise.trial {
        case .echo: promise.isToSucceed ? "should answer" : "should not be reachable"
        case .wayOut: promise.isToSucceed ? "should have a route" : "should have no route"
        case .port(let port): "should lead to \(port.serverAddress.text(port: port.serverPort))"
        case .names: "should have the names of all neighbours"
        }
    }

    /// What happened, as the end of a sentence.
    var observedText: String {
        switch observation {
        case .succeeded(let time?): "answered in \(milliseconds(time)) ms"
        case .succeeded(nil): "there is one"
        case .failed(let cause): cause.text
        case .notChecked(let omission): omission.text
        }
    }

    /// What may be the cause of a broken promise, and where to look.
    var hint: String? {
        guard verdict == .broken else { return nil }
        guard case .failed(let cause) = observation else {
            switch promise.trial {
            case .wayOut: return "a default route is there that is not the file's: `ip -n \(promise.from) route`"
            default: return "nothing keeps the networks apart: `weft plan` shows the firewall rules that are missing"
            }
        }
        switch cause {
        case .noNamespace: return "`weft apply` makes the sandbox"
        case .refused(.networkUnreachable), .refused(.hostUnreachable):
            return "an address or a route is missing or its interface is down: `weft plan` shows it"
        case .refused(.noBufferSpace):
            return
                "the kernel's table of neighbours is full: `sysctl net.ipv4.neigh.default.gc_thresh3`, or `net.ipv6…`"
        case .refused(.notPermitted): return "a firewall in \(promise.from) drops what is sent"
        case .refused, .rejected:
            if case .port = promise.trial { return "the port is not translated, or translated to another container" }
            return "a firewall on the way refuses the packets"
        case .noAnswer:
            if case .port = promise.trial { return "the port is not translated, or the host's firewall drops it" }
            return
                "`weft plan` shows what is missing; if nothing is, a firewall on the way or at the other end drops the packets"
        case .noNeighbour:
            return "the other end is down or has lost its address, or a bridge port is missing: `weft plan` shows it"
        case .tooLarge:
            return "an interface's MTU is smaller than the file says, and transfers hang: `weft plan` shows which"
        case .stranger: return "another program has the port on the host, or another rule translates it"
        case .unreadable, .names: return "`weft apply` writes the file anew"
        }
    }
}

extension Observation.Cause {
    /// The cause, as the end of a sentence.
    var text: String {
        switch self {
        case .noAnswer: "no answer"
        case .noNeighbour: "nobody on the link has the address"
        case .refused(let errno): Self.words(errno)
        case .rejected(let errno, let router): "\(Self.words(errno)), says \(router)"
        case .tooLarge(let size, let limit, let router): Self.words(size, limit, router)
        case .stranger: "something else answered"
        case .noNamespace(let namespace): "the sandbox \(namespace) does not exist"
        case .unreadable(let error): "\(error)"
        case .names(let faults): faults.map(\.text).joined(separator: "; ")
        }
    }

    private static func words(_ size: UInt32, _ limit: UInt32?, _ router: IPAddress?) -> String {
        let reason =
            switch (limit, router) {
            case (let limit?, let router?): "the MTU beyond \(router) is \(limit)"
            case (let limit?, nil): "the MTU of its own interface is \(limit)"
            case (nil, _): "an MTU on the way is smaller"
            }
        return "small packets pass, \(size)-byte ones do not: \(reason)"
    }

    private static func words(_ errno: Errno) -> String {
        switch errno {
        case .networkUnreachable: "no route"
        case .hostUnreachable: "host unreachable"
        case .connectionRefused: "connection refused"
        case .noBufferSpace: "no room for one more neighbour"
        case .notPermitted: "dropped by a local firewall"
        default: "\(errno)"
        }
    }
}

extension Observation.Omission {
    /// The reason, as the end of a sentence.
    var text: String {
        switch self {
        case .portInUse: "something in the container listens there already"
        case .noRoom: "the kernel's table of neighbours is full"
        case .unsupported(let transport): "the kernel has no \(transport.rawValue.uppercased())"
        case .loopback: "Linux has no way from ::1 to an IPv6 address of a container"
        }
    }
}

extension NameFault {
    /// The fault, as a part of a sentence.
    fileprivate var text: String {
        let expected = expected.map { "\($0)" }.joined(separator: ", ")
        return found.isEmpty
            ? "\(name) is missing (\(expected))"
            : "\(name) leads to \(found.joined(separator: ", ")), not \(expected)"
    }
}

extension Promise.PublishedPort {
    /// Where the port is looked for: `tcp 127.0.0.1:8080`.
    fileprivate var text: String { "\(transport.rawValue) \(address.text(port: port))" }
}

extension IPAddress {
    /// The address with a port behind it; an IPv6 address in brackets (RFC 3986).
    fileprivate func text(port: UInt16) -> String { family == .v4 ? "\(self):\(port)" : "[\(self)]:\(port)" }
}
