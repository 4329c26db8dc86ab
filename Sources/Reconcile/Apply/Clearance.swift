import Linux
import Netlink
import Planning

/// Waits for what links of a deleted namespace still hold: addresses upon a parent, numbers of tunnels.
///
/// The kernel takes such links away later, on a thread of its own (cleanup_net, net/core/net_namespace.c), which may be busy with
/// others' namespaces. What others hold for good is found before anything changes.
struct Clearance {
    private static let patience: UInt64 = 10_000_000_000

    private let end = monotonicNanoseconds() + patience

    /// Tries again what was refused because of something held, until it goes well, is refused otherwise, or takes too long.
    func wait(
        for object: KernelObject, _ refusal: NetlinkError?,
        trying again: () throws(ReconcileError) -> NetlinkError?
    ) throws(ReconcileError) -> NetlinkError? {
        var refusal = refusal
        while let error = refusal, Self.isHeld(object, error), monotonicNanoseconds() < end {
            pause(until: monotonicNanoseconds() + 1_000_000)
            refusal = try again()
        }
        return refusal
    }

    private static func isHeld(_ object: KernelObject, _ error: NetlinkError) -> Bool {
        switch object {
        case .up, .address: error.errno == .addressInUse
        case .link(let link): error.errno == .exists && link.device != nil
        default: false
        }
    }
}
