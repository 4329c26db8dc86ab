import CLinux
import Glibc
public import Linux

/// The space of the attributes `NETNSA_*` (`linux/net_namespace.h`).
enum NamespaceID {}

extension MessageType {
    static let newNamespaceID = MessageType(RTM_NEWNSID, "RTM_NEWNSID")
    static let getNamespaceID = MessageType(RTM_GETNSID, "RTM_GETNSID", modifies: false)
}

extension Request {
    /// Gives `namespace` a number in the socket's namespace, by which links refer to it; `EEXIST` if it has one.
    ///
    /// Equivalent to: `ip netns set NAME [ID | auto]`.
    /// - Parameter id: The number; the kernel's choice if `nil`.
    public static func setNamespaceID(of namespace: NetworkNamespace, to id: Int32? = nil) -> Request {
        Request(
            .newNamespaceID, about: "namespace \(namespace.name)", header: rtgenmsg(rtgen_family: UInt8(AF_UNSPEC)),
            [
                Attribute<NamespaceID>(NETNSA_FD, namespace.descriptor.rawValue),
                Attribute<NamespaceID>(NETNSA_NSID, id ?? -1),
            ])
    }
}

extension NetlinkSocket {
    /// The number of `namespace` in the socket's namespace, as in `Link.lowerNamespaceID`; `nil` if it has none.
    ///
    /// Equivalent to: `ip netns list-id`.
    public func namespaceID(of namespace: NetworkNamespace) throws(NetlinkError) -> Int32? {
        let request = Request(
            .getNamespaceID, about: "namespace \(namespace.name)", header: rtgenmsg(rtgen_family: UInt8(AF_UNSPEC)),
            [Attribute<NamespaceID>(NETNSA_FD, namespace.descriptor.rawValue)])
        let id = try get(request) { body throws(NetlinkError) in
            var id: Int32?
            try body.forEachAttribute(after: rtgenmsg.self) { type, value throws(NetlinkError) in
                if type == NETNSA_NSID { id = try value.integer() }
            }
            return id
        }
        return id == NETNSA_NSID_NOT_ASSIGNED ? nil : id
    }
}
