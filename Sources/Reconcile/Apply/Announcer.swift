import Addressing
import Linux
import Netlink
import Planning

/// Tells the neighbours of endpoints where addresses are now, as soon as bridges and shared interfaces let it through.
///
/// The kernel says it itself (`arp_notify`, `ndisc_notify`; ip-sysctl) when an interface gets a MAC address, the one that it
/// has included. It does so too when an interface comes up, but then the bridge's port does not forward yet. A packet socket in
/// the sandbox would cost more than all else together: closing one waits for a grace period of the kernel's, some 10 ms.
struct Announcer {
    let machine: Machine

    /// How long a port may take to forward, in nanoseconds: it is a matter of milliseconds, unless a spanning tree is at work.
    private static let patience: UInt64 = 2_000_000_000

    /// Says everything, as often as it is to be said, and gives what went wrong.
    ///
    /// - Parameter isCancelled: Whether to say no more, asked while waiting.
    func say(_ announcements: [Announcement], isCancelled: () -> Bool) -> [String] {
        guard !announcements.isEmpty else { return [] }
        var problems: [String] = []
        let ready = forwarding(announcements, isCancelled: isCancelled, problems: &problems)
        let start = monotonicNanoseconds()
        for (delay, due) in Self.schedule(of: ready) {
            let time = start + UInt64(delay) * 1_000_000
            while monotonicNanoseconds() < time, !isCancelled() { pause(until: time) }
            guard !isCancelled() else { break }
            saying(due, problems: &problems)
        }
        return problems
    }

    /// What is due at which time, in milliseconds from the first.
    static func schedule(of announcements: [Announcement]) -> [(Int, [Announcement])] {
        var due: [Int: [Announcement]] = [:]
        for announcement in announcements {
            for number in 0..<announcement.count {
                due[number * announcement.interval, default: []].append(announcement)
            }
        }
        return due.sorted { $0.key < $1.key }
    }

    /// Waits for the announcements' ports, and leaves out those that take too long.
    private func forwarding(
        _ announcements: [Announcement], isCancelled: () -> Bool, problems: inout [String]
    ) -> [Announcement] {
        var ready: [Announcement] = []
        var waiting = announcements
        let end = monotonicNanoseconds() + Self.patience
        while true {
            var rest: [Announcement] = []
            for announcement in waiting {
                do throws(ReconcileError) {
                    if try isForwarding(announcement) { ready.append(announcement) } else { rest.append(announcement) }
                } catch {
                    problems.append(announcement.problem("\(error)"))
                }
            }
            waiting = rest
            let now = monotonicNanoseconds()
            guard !waiting.isEmpty, now < end, !isCancelled() else { break }
            pause(until: now + 1_000_000)
        }
        problems += waiting.map { waiting in
            let what = waiting.port.map { "the bridge's port \($0)" } ?? "the interface below"
            return waiting.problem("\(what) does not forward yet")
        }
        return ready
    }

    /// Whether frames get from the sandbox to the neighbours; asking makes the kernel look at the carriers at once.
    private func isForwarding(_ announcement: Announcement) throws(ReconcileError) -> Bool {
        let place = try machine.place(announcement.namespace)
        let other = try machine.place(announcement.portNamespace)
        return try talking { () throws(NetlinkError) in
            guard try place.routing.link(.name(announcement.interface)).operationalState == .up else { return false }
            guard let port = announcement.port else { return true }
            return try other.routing.link(.name(port)).bridgePort?.isForwarding == true
        }
    }

    private func saying(_ announcements: [Announcement], problems: inout [String]) {
        let bySandbox = Dictionary(grouping: announcements, by: \.namespace)
        var found: [String] = []
        do throws(ReconcileError) {
            try machine.visit(bySandbox.keys.sorted()) { (namespace) throws(SystemCallError) in
                for announcement in bySandbox[namespace] ?? [] {
                    do throws(ReconcileError) { try say(announcement) } catch {
                        found.append(announcement.problem("\(error)"))
                    }
                }
            }
        } catch {
            found += announcements.map { $0.problem("\(error)") }
        }
        problems += found
    }

    /// Makes the kernel speak, on a thread in the sandbox; the switches are then as they were.
    private func say(_ announcement: Announcement) throws(ReconcileError) {
        let routing = try machine.place(announcement.namespace).routing
        let switches = try calling { () throws(SystemCallError) in
            var off: [Linux.Sysctl] = []
            for value in announcement.switches where try value.read() == "0" { off.append(value) }
            return off
        }
        try calling { () throws(SystemCallError) in for value in switches { try value.write("1") } }
        let outcome = Result { () throws(NetlinkError) in
            let kept = announcement.isOnOldInterface ? try permanentNeighbours(announcement, routing) : []
            try routing.send(
                [.setLink(.name(announcement.interface), [.macAddress(announcement.mac)])]
                    + kept.map { .replaceNeighbour($0) })
        }
        try calling { () throws(SystemCallError) in for value in switches { try value.write("0") } }
        try talking { () throws(NetlinkError) in try outcome.get() }
    }

    /// Neighbours that somebody has set for good; the kernel forgets all of an interface that gets a MAC address.
    private func permanentNeighbours(
        _ announcement: Announcement, _ routing: NetlinkSocket
    ) throws(NetlinkError) -> [Netlink.Neighbour] {
        let link = try routing.link(.name(announcement.interface)).index
        return try routing.neighbours().filter { $0.link == link && $0.state.contains(.permanent) }
    }
}

extension Announcement {
    /// What makes the kernel speak of the addresses of each family.
    fileprivate var switches: [Linux.Sysctl] {
        families.sorted().map { family in
            switch family {
            case .v4: Linux.Sysctl("net", "ipv4", "conf", interface, "arp_notify")
            case .v6: Linux.Sysctl("net", "ipv6", "conf", interface, "ndisc_notify")
            }
        }
    }

    fileprivate func problem(_ reason: String) -> String {
        "\(namespace) could not announce its addresses on \(interface): \(reason)"
    }
}
