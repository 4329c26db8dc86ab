import Linux
import Netlink
import Planning

/// What there is on the machine, as far as a topology can be concerned by it: read once, then asked many things.
struct Snapshot {
    let machine: Machine
    let host: NamespaceSnapshot
    /// Namespaces that carry a mark of ours, by name.
    let named: [String: NamespaceSnapshot]
    /// Names below `/run/netns` that are namespaces without our mark.
    let foreign: Set<String>
    /// Names below `/run/netns` at which nothing is mounted: what an interrupted creation leaves.
    let unmounted: Set<String>
    let firewall: FirewallObservation
    let files: [ConfigurationFile]
    let pairs: VethPairs

    init(of machine: Machine) throws(ReconcileError) {
        self.machine = machine
        var named: [String: NamespaceSnapshot] = [:]
        var foreign: Set<String> = []
        var unmounted: Set<String> = []
        do throws(NetlinkError) {
            let names = try Self.names()
            unmounted = names.unmounted
            do throws(ReconcileError) { try machine.open(names.mounted) } catch { throw .malformedReply("") }
            for name in names.mounted {
                let place = machine.place(of: name)
                guard let place else { continue }
                let loopback = try place.routing.link("lo")
                if loopback.alias.flatMap({ OwnershipMark($0) }) == nil {
                    foreign.insert(name)
                    machine.close(name)
                } else {
                    named[name] = try NamespaceSnapshot(.named(name), place.routing)
                }
            }
        } catch {
            throw ReconcileError(error)
        }
    }
}
