import Addressing
import YAML

extension Topology {
    /// Faults of subnets, gateways and reserved addresses.
    var poolFindings: [Diagnostic] {
        networks.flatMap { network in network.pools.flatMap { findings(of: $0, network) } } + overlapFindings
    }

    private func findings(of pool: Network.Pool, _ network: Network) -> [Diagnostic] {
        let what = network.title
        var findings: [Diagnostic] = []
        if let gateway = pool.gateway {
            if network.isInternal {
                findings.append(
                    Diagnostic(
                        "\(what) is internal and has the gateway \(gateway)", at: pool.mark,
                        hint: "leave the gateway out: an internal network has no way out"))
            }
            if pool.subnet.unassignable.contains(gateway) {
                findings.append(
                    Diagnostic(
                        "gateway \(gateway) of \(what) is not the address of a host in \(pool.subnet)", at: pool.mark))
            }
        }
        let addresses = AddressPool(pool.subnet, range: pool.range, gateway: pool.gateway)
        guard let gateway = addresses.gateway ?? pool.gateway else {
            let where_ = pool.range.map { "ip_range \($0)" } ?? "subnet \(pool.subnet)"
            return findings + [Diagnostic("\(where_) of \(what) has no address for the bridge", at: pool.mark)]
        }
        var taken: [IPAddress: String] = [gateway: "the gateway"]
        for (name, address) in pool.auxiliary.sorted(by: { $0.key < $1.key }) {
            if let earlier = taken.updateValue("aux_addresses \(quoted(name))", forKey: address) {
                findings.append(
                    Diagnostic(
                        "\(address) of \(what) is both \(earlier) and aux_addresses \(quoted(name))", at: pool.mark,
                        hint: pool.gateway == nil && address == gateway ? "choose the gateway with `gateway:`" : nil))
            }
        }
        return findings
    }

    /// Subnets of the file that share addresses; each is compared with the one that reaches furthest before it.
    private var overlapFindings: [Diagnostic] {
        let all = networks.flatMap { network in network.pools.map { (network: network, pool: $0) } }
        let sorted = all.enumerated().sorted {
            ($0.element.pool.subnet, $0.offset) < ($1.element.pool.subnet, $1.offset)
        }
        var findings: [Diagnostic] = []
        var widest: (offset: Int, element: (network: Network, pool: Network.Pool))?
        for next in sorted {
            defer {
                if widest.map({ $0.element.pool.subnet.last < next.element.pool.subnet.last }) ?? true { widest = next }
            }
            guard let widest, widest.element.pool.subnet.overlaps(next.element.pool.subnet) else { continue }
            let (first, second) =
                widest.offset < next.offset ? (widest.element, next.element) : (next.element, widest.element)
            let other =
                first.network.key == second.network.key
                ? "of the same network" : "of \(first.network.title)"
            findings.append(
                Diagnostic(
                    "subnet \(second.pool.subnet) of \(second.network.title) overlaps \(first.pool.subnet) \(other)",
                    at: second.pool.mark, hint: "networks of one machine need subnets of their own"))
        }
        return findings
    }
}
