import Addressing
import Linux
import Netlink
import Planning
import Topology

extension Session {
    /// Why IPv6 clients can't be led to IPv4 addresses of containers; `nil` if they can.
    ///
    /// - Parameter forwards: Whether the topology has IPv6 packets handed on in any case.
    func obstacleToTranslation(
        in snapshot: Snapshot, forwards: Bool
    ) throws(ReconcileError) -> String? {
        if let obstacle = try obstacleToForwarding(in: snapshot, forwards: forwards) { return obstacle }
        guard snapshot.translators[.host]?.program != .translator else { return nil }
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
    private func obstacleToForwarding(in snapshot: Snapshot, forwards: Bool) throws(ReconcileError) -> String? {
        let switches = ["net", "ipv6", "conf", "all", "forwarding"]
        let value: String
        do throws(SystemCallError) { value = try Linux.Sysctl(switches).read() } catch {
            guard error.errno == .noEntry else { throw .system(error) }
            return "the kernel has no IPv6"
        }
        guard value == "0", !forwards,
            snapshot.host.routes.contains(where: { $0.originator == Self.routerAdvertisements })
        else { return nil }
        return
            "\(switches.joined(separator: ".")) is 0, and with 1 the host would lose its routes from router advertisements"
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

    /// The layout in which no IPv6 client is led to an IPv4 address.
    var withoutTranslation: Layout {
        var layout = self
        for index in layout.containers.indices { layout.containers[index].ports.removeAll(where: \.isTranslated) }
        return layout
    }
}
