import Planning

extension NamespaceSnapshot {
    /// Whether the topology may have a part of what all topologies share there: on the host, and on hosts of its own.
    func isOpen(to topology: String) -> Bool { namespace == .host || mark?.topology == topology }
}

extension Snapshot {
    /// The rule sets of the host and of the hosts of `topology`.
    private func firewalls(concerning topology: String) -> [(namespace: Planning.Namespace, rules: FirewallObservation)]
    {
        firewalls.filter { self[$0.key]?.isOpen(to: topology) ?? false }.map { ($0.key, $0.value) }
    }

    /// The rules and elements of `topology`, on whichever host.
    func rules(of topology: String) -> [KernelObject] {
        firewalls(concerning: topology).flatMap { namespace, firewall in
            firewall.owned(by: topology).map { $0.relocated(from: .host, to: namespace) }
        }
    }

    /// What topologies share of the rule sets, as far as `desired` needs it or nobody does once the rules of `topology` are gone.
    func plumbing(concerning topology: String, for desired: State<KernelObject>) -> [KernelObject] {
        firewalls(concerning: topology).flatMap { namespace, firewall in
            let unneeded = Set(firewall.removablePlumbing(withoutRulesOf: topology).map(\.id))
            return firewall.plumbing.compactMap { object in
                let relocated = object.relocated(from: .host, to: namespace)
                return unneeded.contains(object.id) || desired[relocated.id] != nil ? relocated : nil
            }
        }
    }

    /// The kind of firewall that the topology has, if it has rules.
    func firewallKind(of topology: String) -> FirewallKind? {
        let kinds = firewalls(concerning: topology).compactMap { $0.rules.kind(of: topology) }
        return kinds.contains(.nftables) ? .nftables : kinds.first
    }

    /// What topologies other than `topology` publish on the host.
    func portsPublished(exceptBy topology: String) -> [PublishedPort] {
        guard let firewall = firewalls[.host] else { return [] }
        return firewall.topologies.subtracting([topology]).sorted().flatMap { firewall.owned(by: $0) }.compactMap {
            PublishedPort($0)
        }
    }
}
