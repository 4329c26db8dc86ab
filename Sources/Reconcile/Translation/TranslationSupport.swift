import Addressing
import Linux
import Netlink
import Planning
import Topology

extension Session {
    /// Why IPv6 clients can't be led to IPv4 addresses of containers; `nil` if they can.
    ///
    /// - Parameter sites: The hosts with such containers.
    func obstacleToTranslation(
        on sites: [Layout.Site], in snapshot: Snapshot
    ) throws(ReconcileError) -> String? {
        guard !sites.isEmpty else { return nil }
        if let obstacle = try obstacleToForwarding(on: sites, in: snapshot) { return obstacle }
        let isLoaded = sites.contains { snapshot.translators[$0.namespace]?.program == .translator }
        guard !isLoaded else { return nil }
        let program: Descriptor
        do throws(SystemCallError) { program = try Translator.program.load() } catch {
            return "bpf(2): \(error.errno)"
        }
        do throws(NetlinkError) { try Self.hang(program) } catch {
            guard case .refused = error else { return try talking { () throws(NetlinkError) in throw error } }
            return "\(error) (CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_BPF)"
        }
        return nil
    }

    /// Puts the program at a link's way out, in a namespace where it does not matter.
    private static func hang(_ program: Descriptor) throws(NetlinkError) {
        try NetworkNamespace.insideNew { () throws(NetlinkError) in
            let socket = try NetlinkSocket(.route)
            let link = try socket.link("lo").index
            try socket.send(.addHooks(to: link))
            try socket.send(.setProgram(program, name: Translator.program.name, at: link))
        }
    }

    /// Once a host hands packets on, the kernel heeds no router advertisements any more (`accept_ra`, ip-sysctl), which may be
    /// where the host's own routes come from.
    private func obstacleToForwarding(
        on sites: [Layout.Site], in snapshot: Snapshot
    ) throws(ReconcileError) -> String? {
        let path = ["net", "ipv6", "conf", "all", "forwarding"]
        var values: [Planning.Namespace: String] = [:]
        // A host of a lab that is still to be made has the kernel of this machine, and no routes yet.
        let places = Set(sites.map(\.namespace).filter { snapshot[$0] != nil } + [.host])
        try machine.visit(places.sorted()) { (namespace) throws(SystemCallError) in
            do throws(SystemCallError) { values[namespace] = try Linux.Sysctl(path).read() } catch {
                guard error.errno == .noEntry else { throw error }
            }
        }
        guard values[.host] != nil else { return "the kernel has no IPv6" }
        let losing = sites.first { site in
            values[site.namespace] == "0" && !site.layout.hasOpenIPv6
                && (snapshot[site.namespace]?.routes ?? []).contains { $0.originator == Self.routerAdvertisements }
        }
        return losing.map { site in
            let host = site.namespace == .host ? "the host" : "\(site.namespace)"
            return
                "\(path.joined(separator: ".")) is 0, and with 1 \(host) would lose its routes from router advertisements"
        }
    }

    /// `RTPROT_RA` (linux/rtnetlink.h): routes that the kernel made from router advertisements.
    private static let routerAdvertisements: UInt8 = 9
}

extension Layout {
    /// Whether IPv6 clients are led to IPv4 addresses of containers.
    var translatesClients: Bool { !translatedPorts.isEmpty }

    /// What does not work without that, in words.
    var lossesWithoutTranslation: [String] {
        let ports = Dictionary(grouping: translatedPorts) { $0.hostAddress == .loopback(.v6) }
        return [
            ports[false].map { _ in "IPv6 clients do not reach published ports of IPv4-only containers" },
            ports[true].map { _ in "published ports are not found at the host's ::1" },
        ].compactMap(\.self)
    }

    private var translatedPorts: [Layout.Port] { containers.flatMap(\.ports).filter(\.isTranslated) }

    /// Whether the host hands IPv6 packets on in any case.
    fileprivate var hasOpenIPv6: Bool {
        networks.contains { network in
            !network.declaration.isInternal && network.segments.contains { $0.subnet.family == .v6 }
        }
    }

    /// The layout in which no IPv6 client is led to an IPv4 address.
    var withoutTranslation: Layout {
        var layout = self
        for index in layout.containers.indices { layout.containers[index].ports.removeAll(where: \.isTranslated) }
        return layout
    }
}
