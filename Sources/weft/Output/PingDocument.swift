import Addressing
import Planning
import Probe
import Topology

/// What `weft ping --json` prints.
///
/// ```json
/// {"checks": [{"from": "shop-web", "to": "shop-db", "kind": "ping", "address": "10.77.1.4",
///              "packet_bytes": 1500, "promised": "reachable", "observed": "unreachable", "reason": "no answer"}],
///  "ok": false}
/// ```
struct PingDocument: Encodable {
    /// Whether no promise is broken.
    let ok: Bool
    /// One per promise, in the order of the file.
    let checks: [Check]

    /// What came of one promise.
    struct Check: Encodable {
        /// The sandbox that tries, or `host`.
        let from: String
        /// The sandbox that is tried, `host`, or `outside`; absent for the names of all neighbours.
        let to: String?
        /// The host of the file that the sandbox is on, where that is another machine.
        let toHost: String?
        /// `ping`, `route`, `names`, or a published port's `tcp`, `udp` or `sctp`.
        let kind: String
        /// The address that is tried; absent for names.
        let address: String?
        /// The host's port that is tried; absent if none is.
        let port: UInt16?
        /// How long an IP packet, in bytes, must pass whole, besides a small one; absent if none is tried.
        let packetBytes: UInt32?
        /// The MTU in bytes that the kernel or a router gives for why it does not; absent if neither does.
        let pathMTU: UInt32?
        /// `reachable` or `unreachable`.
        let promised: String
        /// `reachable`, `unreachable` or `unchecked`.
        let observed: String
        /// Time from request to answer, in milliseconds; absent if no packet was answered.
        let rttMilliseconds: Double?
        /// Why it is unreachable or unchecked; absent if it is reachable.
        let reason: String?

        private enum CodingKeys: String, CodingKey {
            case from, to, kind, address, port, promised, observed, reason
            case toHost = "to_host"
            case packetBytes = "packet_bytes"
            case pathMTU = "path_mtu"
            case rttMilliseconds = "rtt_ms"
        }
    }

    init(of outcomes: [Outcome], in layout: Layout) {
        let hosts = Dictionary(layout.containers.map { ($0.name, $0.host) }) { first, _ in first }
        ok = !outcomes.contains { $0.verdict == .broken }
        checks = outcomes.map { outcome in Check(outcome, toHost: outcome.promise.distant.flatMap { hosts[$0] ?? nil })
        }
    }
}

extension PingDocument.Check {
    fileprivate init(_ outcome: Outcome, toHost: String?) {
        let promise = outcome.promise
        self.toHost = toHost
        from = "\(promise.from)"
        address = promise.address.map { "\($0)" }
        promised = promise.isToSucceed ? "reachable" : "unreachable"
        packetBytes = promise.packet
        pathMTU = outcome.pathMTU
        rttMilliseconds = outcome.nanoseconds.map { Double($0) / 1e6 }
        switch promise.trial {
        case .echo: (kind, port, to) = ("ping", nil, promise.target.map { "\($0)" })
        case .wayOut: (kind, port, to) = ("route", nil, "outside")
        case .port(let published):
            (kind, port, to) = (published.transport.rawValue, published.port, promise.to.map { "\($0)" })
        case .names: (kind, port, to) = ("names", nil, promise.target.map { "\($0)" })
        }
        switch outcome.observation {
        case .succeeded: (observed, reason) = ("reachable", nil)
        case .failed(let cause): (observed, reason) = ("unreachable", cause.text)
        case .notChecked(let omission): (observed, reason) = ("unchecked", omission.text)
        }
    }
}
