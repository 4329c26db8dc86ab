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
                        "\(what) is internal and has the gateway \(gateway)", at: pool.mark(of: "gateway"),
                        hint: "leave the gateway out: an internal network has no way out"))
            }
            if pool.subnet.unassignable.contains(gateway) {
                findings.append(
                    Diagnostic(
                        "gateway \(gateway) of \(what) is not the address of a host in \(pool.subnet)",
                        at: pool.mark(of: "gateway")))
            }
        }
        let addresses = AddressPool(pool.subnet, range: pool.range, gateway: pool.gateway)
        guard let gateway = addresses.gateway ?? pool.gateway else {
            let where_ = pool.range.map { "ip_range \($0)" } ?? "subnet \(pool.subnet)"
            return findings + [
                Diagnostic("\(where_) of \(what) has no address for the bridge", at: pool.mark(of: "ip_range"))
            ]
        }
        var taken: [IPAddress: String] = [gateway: "the gateway"]
        for (name, address) in pool.auxiliary.sorted(by: { $0.key < $1.key }) {
            if let earlier = taken.updateValue("aux_addresses \(quoted(name))", forKey: address) {
                findings.append(
                    Diagnostic(
                        "\(address) of \(what) is both \(earlier) and aux_addresses \(quoted(name))",
                        at: pool.mark(ofAuxiliary: name),
                        hint: pool.gateway == nil && address == gateway ? "choose the gateway with `gateway:`" : nil))
            }
        }
        return findings
    }
}
