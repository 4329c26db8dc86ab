import Addressing
import Links

extension Link {
    /// Commands of iproute2 that make the link and mark it.
    var creation: [String] {
        ["\(lowerOrOwn.ip) link add \(upperWords)\(name)\(lowerWords)\(commonWords) type \(kindWords)"]
            + (isMoved ? ["\(lowerOrOwn.ip) link set \(name) netns \(namespace)"] : [])
            + ["\(namespace.ip) link set \(name) alias \(alias) group \(group)\(hasNeighbours ? "" : " arp off")"]
            + (alternativeName.map { ["\(namespace.ip) link property add dev \(name) altname \($0)"] } ?? [])
    }

    /// The namespace from which the link is made: the one below, from where it is born in its own.
    private var lowerOrOwn: Namespace { lower?.namespace ?? namespace }

    private var upperWords: String { lowerOrOwn == namespace || isMoved ? "" : "netns \(namespace) name " }

    /// Whether the link is made in the namespace below, and comes into its own afterwards.
    private var isMoved: Bool { lowerOrOwn != namespace && device?.travelsWhereBorn ?? false }

    private var lowerWords: String {
        guard case .device(let device) = kind, type(of: device.settings).lowerKeyword == .link,
            let link = lower?.link
        else { return "" }
        return " link \(link)"
    }

    private var commonWords: String {
        (mac.map { " address \($0)" } ?? "") + (mtu.map { " mtu \($0)" } ?? "") + (peer == nil ? "" : " txqueuelen 0")
    }

    private var kindWords: String {
        switch kind {
        case .veth(let peer):
            return "veth peer name \(peer.name)" + (peer.mac.map { " address \($0)" } ?? "") + " txqueuelen 0"
                + (mtu.map { " mtu \($0)" } ?? "")
                + (peer.namespace == .host ? "" : " netns \(peer.namespace)")
        case .device(let device):
            var words = [device.kind] + device.settings.words
            if type(of: device.settings).lowerKeyword == .dev, let link = lower?.link { words += ["dev", link] }
            return words.joined(separator: " ")
        }
    }

    /// Commands of iproute2 that make the link what `new` is.
    func changing(to new: Link) -> [String] {
        var words: [String] = []
        if mtu != new.mtu, let mtu = new.mtu { words += ["mtu", "\(mtu)"] }
        if mac != new.mac, let mac = new.mac { words += ["address", "\(mac)"] }
        if alias != new.alias { words += ["alias", new.alias] }
        if group != new.group { words += ["group", "\(new.group)"] }
        if hasNeighbours != new.hasNeighbours { words += ["arp", new.hasNeighbours ? "on" : "off"] }
        if let device, let wanted = new.device, device != wanted {
            words += ["type", wanted.kind] + wanted.words(besides: device)
        }
        return (words.isEmpty ? [] : ["\(namespace.ip) link set \(name) \(words.joined(separator: " "))"])
            + peerChanges(to: new) + nameChanges(to: new)
    }

    private func peerChanges(to new: Link) -> [String] {
        guard let peer = new.peer else { return [] }
        var commands: [String] = []
        if let mac = peer.mac, mac != self.peer?.mac {
            commands.append("\(peer.namespace.ip) link set \(peer.name) address \(mac)")
        }
        if (self.peer?.mtu ?? mtu) != new.mtu, let mtu = new.mtu {
            commands.append("\(peer.namespace.ip) link set \(peer.name) mtu \(mtu)")
        }
        return commands
    }

    private func nameChanges(to new: Link) -> [String] {
        guard alternativeName != new.alternativeName, let altname = new.alternativeName else { return [] }
        return ["\(namespace.ip) link property add dev \(name) altname \(altname)"]
    }
}
