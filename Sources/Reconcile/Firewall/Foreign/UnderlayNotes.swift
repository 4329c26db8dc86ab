import Addressing
import Netlink
import Planning

extension ForeignRules {
    /// Which rules stop packets that carry overlays between hosts, and what helps; in words, one per rule and carrier.
    ///
    /// - Parameter firewall: The kind of rules that the overlays' gateway bridges get.
    func notes(on traffic: [UnderlayTraffic], firewall: FirewallKind) -> [String] {
        var carriers: [UnderlayTraffic.Carrier] = []
        for carrier in traffic.map(\.carrier) where !carriers.contains(carrier) { carriers.append(carrier) }
        return carriers.flatMap { carrier in
            obstacles(to: traffic.filter { $0.carrier == carrier }, firewall: firewall).map { obstacle in
                let hosts = listed("host", obstacle.stopped.map { "\($0.host) (\($0.remote))" })
                let networks = listed("overlay", obstacle.stopped.flatMap(\.networks))
                let packets =
                    "\(carrier.name) packets \(carrier.isIncoming ? "from" : "to") \(hosts), which carry \(networks),"
                return obstacle.text(packets, remedy: remedy(for: obstacle, carrier))
            }
        }
    }

    private func remedy(for obstacle: Obstacle<UnderlayTraffic>, _ carrier: UnderlayTraffic.Carrier) -> String {
        let chain = obstacle.culprit.chain
        let remotes = Set(obstacle.stopped.map(\.remote)).sorted()
        if chain.table == "firewalld", carrier.isIncoming {
            let prefix = "filter_IN_"
            let zone =
                chain.name.hasPrefix(prefix) ? "--zone=\(chain.name.dropFirst(prefix.count).prefix { $0 != "_" }) " : ""
            return "firewall-cmd \(zone)\(carrier.optionOfFirewalld)"
        }
        let place: BuiltInChain = carrier.isIncoming ? .input : .output
        guard isOfIptables(chain, place) else {
            let known = remotes.map { "\($0)" }.joined(separator: ", ")
            return "nft insert rule \(chain.family) \(chain.table) \(chain.name) "
                + "\(chain.family == .ip6 || remotes.first?.family == .v6 ? "ip6" : "ip") \(carrier.isIncoming ? "saddr" : "daddr") "
                + "\(remotes.count == 1 ? known : "{ \(known) }") \(carrier.conditionOfNftables) accept"
        }
        if isAfterUsersOfUFW(obstacle.culprit, place) {
            return remotes.map { carrier.commandOfUFW($0) }.joined(separator: "; ")
        }
        let known = remotes.map { "\($0)" }.joined(separator: ",")
        return "\(chain.family == .ip ? "iptables" : "ip6tables") -I \(place.rawValue) "
            + "\(carrier.isIncoming ? "-s" : "-d") \(known) \(carrier.conditionOfIptables) -j ACCEPT"
    }
}

extension UnderlayTraffic {
    /// In what frames are carried, and which way.
    fileprivate struct Carrier: Hashable {
        let isIncoming: Bool
        /// VXLAN's UDP port; absent for GRE.
        let port: UInt16?

        var name: String { port.map { "VXLAN (UDP port \($0))" } ?? "GRE" }
        var conditionOfIptables: String { port.map { "-p udp --dport \($0)" } ?? "-p gre" }
        var conditionOfNftables: String { port.map { "udp dport \($0)" } ?? "meta l4proto gre" }
        var optionOfFirewalld: String { port.map { "--add-port=\($0)/udp" } ?? "--add-protocol=gre" }

        func commandOfUFW(_ remote: IPAddress) -> String {
            let protocols = "proto \(port == nil ? "gre" : "udp")"
            let target = port.map { " port \($0)" } ?? ""
            return isIncoming
                ? "ufw allow \(protocols) from \(remote)\(port == nil ? "" : " to any\(target)")"
                : "ufw allow out \(protocols) to \(remote)\(target)"
        }
    }

    fileprivate var carrier: Carrier {
        guard case .udp(let port)? = packets.transport else { return Carrier(isIncoming: isIncoming, port: nil) }
        return Carrier(isIncoming: isIncoming, port: port)
    }
}
