import CLinux
import Linux

extension NetlinkSocket {
    /// Whether the kernel can make links of the kind called `kind`; loads its module, but makes nothing.
    ///
    /// A kind is looked up before the number of queues is looked at, and with none no link is made (rtnl_create_link,
    /// net/core/rtnetlink.c).
    public func canMakeLinks(ofKind kind: String) throws(NetlinkError) -> Bool {
        let request = Request.addLink("weft-probe", LinkKind(kind, [Attribute<LinkInfo>]()), [.noTransmitQueues])
        do throws(NetlinkError) { try send(request) } catch {
            guard case .refused(let refusal) = error else { throw error }
            return refusal.errno != .notSupported
        }
        return true
    }
}

extension Attribute where Space == Link {
    fileprivate static var noTransmitQueues: Self { .init(IFLA_NUM_TX_QUEUES, UInt32(0)) }
}
