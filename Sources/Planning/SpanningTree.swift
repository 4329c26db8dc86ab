import Links

extension Plan<KernelObject> {
    /// What people should know of bridges that speak the spanning tree protocol from now on: their ports listen and learn, each for
    /// the forward delay, before they forward (IEEE 802.1D §8.4).
    public var spanningTreeNotes: [String] {
        operations.compactMap { operation in
            switch operation {
            case .create(.link(let link)): link.spanningTreeNote
            case .update(.link(let old), .link(let link)) where old.delay == nil: link.spanningTreeNote
            default: nil
            }
        }
    }
}

extension Link {
    /// Seconds until a new port forwards, if a spanning tree keeps it from that.
    fileprivate var delay: Int? {
        guard case .bridge(let bridge) = device, bridge.complete.spanningTree == true,
            let delay = bridge.complete.forwardDelay
        else { return nil }
        return Int(delay) * 2 / 100
    }

    fileprivate var spanningTreeNote: String? {
        delay.map {
            "bridge \(namespace.qualifier)\(name) speaks the spanning tree protocol: a port of it forwards \($0) s after it comes "
                + "up, and until then nothing gets through"
        }
    }
}
