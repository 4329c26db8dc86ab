import Addressing
import Links
import YAML

/// Links that the kernel could not tell apart, or not make beside each other.
struct LinkClashes {
    private(set) var findings: [Diagnostic] = []
    private var tunnels = Uses<[String]>()
    private var segments = Uses<[String]>()
    private var vlans = Uses<[String]>()

    /// Looks at a link whose ends are in the sandboxes `containers`, and its parent's interface in `parent`.
    mutating func add(_ link: Topology.DeviceLink, in containers: [String], parent: String?) {
        switch link.device {
        case .gre(let gre):
            // Over IPv6 the kernel takes 0 for none.
            let none: UInt32? = gre.variant.family == .v6 ? 0 : nil
            let keys = [gre.inputKey, gre.outputKey].map { $0 == none ? "" : $0.map { "\($0)" } ?? "" }
            claimTunnel(link, containers, keys, "key")
        case .ipTunnel:
            claimTunnel(link, containers, ["", ""], nil)
        case .vxlan(let vxlan) where !vxlan.isExternal: claimSegment(link, containers, vxlan.id, vxlan.port)
        case .geneve(let geneve): claimSegment(link, containers, geneve.id, geneve.port)
        case .vlan(let vlan):
            guard let container = containers.first, let interface = link.parent?.interface else { return }
            let place = [parent ?? container, interface, vlan.tagging.rawValue, "\(vlan.id)"]
            if vlans.claim(place, for: "") != nil {
                report("VLAN \(vlan.id) of \(quoted(interface)) is that of another link too", link, "id")
            }
        default: return
        }
    }

    /// Two tunnels between the same addresses are told apart by what packets bring to each end.
    private mutating func claimTunnel(
        _ link: Topology.DeviceLink, _ containers: [String], _ keys: [String], _ key: String?
    ) {
        for index in containers.indices where containers.count == 2 {
            let ends = [index, 1 - index].flatMap { [containers[$0], link.ends[$0].local.map { "\($0)" } ?? ""] }
            guard tunnels.claim([link.device.kind] + ends + [keys[index]], for: "") != nil else { continue }
            let services = "\(quoted(link.ends[0].place.name)) and \(quoted(link.ends[1].place.name))"
            let which = keys[index].isEmpty ? "without a key" : "with the key \(keys[index])"
            return report(
                "\(services) have two \(link.device.kind) links" + (key == nil ? "" : " \(which)"), link, key ?? "type",
                Self.hint(hasKey: key != nil))
        }
    }

    /// What to do about two tunnels with the same ends, of a kind that has keys or none.
    static func hint(hasKey: Bool) -> String {
        hasKey ? "give each link a `key:` of its own" : "one is enough, or use gre with a `key:`"
    }

    private mutating func claimSegment(
        _ link: Topology.DeviceLink, _ containers: [String], _ id: UInt32, _ port: UInt16
    ) {
        for (index, container) in containers.enumerated() {
            // A geneve socket is told apart by its other end too.
            let other = link.device.kind == "geneve" && containers.count == 2 ? containers[1 - index] : ""
            guard segments.claim([link.device.kind, container, "\(id)", "\(port)", other], for: "") != nil else {
                continue
            }
            return report(
                "\(link.ends[index].place.title) has two \(link.device.kind) links with the id \(id)", link,
                "id", "give each link an `id:` of its own")
        }
    }

    private mutating func report(_ message: String, _ link: Topology.DeviceLink, _ key: String, _ hint: String? = nil) {
        findings.append(Diagnostic(message, at: link.marks[key] ?? link.mark, hint: hint))
    }
}
