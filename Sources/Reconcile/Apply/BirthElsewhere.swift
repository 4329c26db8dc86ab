import Addressing
import Links
import Linux
import Netlink
import Planning

/// Makes a link from the namespace of what is below it, whence it is born in its own: it need not be moved, and the
/// kernel remembers where its packets travel.
///
/// Of kinds whose packets travel where they are born, the kernel itself moves the link, in the same request.
struct BirthElsewhere {
    private let link: Planning.Link
    private let lower: Planning.Link.Lower
    private let below: Machine.Place
    private let own: Machine.Place

    init(of link: Planning.Link, from lower: Planning.Link.Lower, on machine: Machine) throws(ReconcileError) {
        self.link = link
        self.lower = lower
        below = try machine.place(lower.namespace)
        own = try machine.place(link.namespace)
    }

    /// Sends the request, with `attributes` besides the kind, name and place of the link.
    ///
    /// Before Linux 6.15 the kernel refuses a name that is taken where the request is sent, as `eth0` will be; there the
    /// link is born under another one.
    func run(_ attributes: [Attribute<Netlink.Link>?]) throws(ReconcileError) {
        let refusal = try Clearance().wait(for: .link(link), attempt(attributes)) { attempt(attributes) }
        if let refusal { throw ReconcileError(refusal, about: .link(link)) }
    }

    /// Why the link was not made, if it was not.
    private func attempt(_ attributes: [Attribute<Netlink.Link>?]) -> NetlinkError? {
        guard let device = link.device else { preconditionFailure("a pair has nothing below") }
        do throws(NetlinkError) {
            let index = if let name = lower.link { try below.routing.link(.name(name)).index } else { Int32?.none }
            let kind = LinkKind.device(device, lower: index)
            let isTaken = try below.routing.hasLink(named: link.name)
            let name = isTaken ? "weft" + StableHash.hex("\(link.namespace)/\(link.name)", digits: 11) : link.name
            if device.travelsWhereBorn {
                try own.routing.send(.addLink(name, kind, attributes + [.lowerNamespace(try numberOfBelow)]))
            } else {
                try below.routing.send(.addLink(name, kind, attributes + [.namespace(own.namespace)]))
            }
            guard isTaken else { return nil }
            let born = try own.routing.link(.name(name)).index
            try own.routing.send(.setLink(.index(born), [.name(link.name)]))
            return nil
        } catch {
            return error
        }
    }

    /// The number by which the link's own namespace knows the one below.
    private var numberOfBelow: Int32 {
        get throws(NetlinkError) {
            if let id = try own.routing.namespaceID(of: below.namespace) { return id }
            try own.routing.send(.setNamespaceID(of: below.namespace))
            guard let id = try own.routing.namespaceID(of: below.namespace) else {
                throw .malformedReply("namespace \(below.namespace.name) without a number")
            }
            return id
        }
    }
}

extension NetlinkSocket {
    fileprivate func hasLink(named name: String) throws(NetlinkError) -> Bool {
        do throws(NetlinkError) { _ = try link(.name(name)) } catch {
            guard error.isNotFound else { throw error }
            return false
        }
        return true
    }
}
