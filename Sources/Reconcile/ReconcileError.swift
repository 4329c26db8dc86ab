public import Addressing
public import Linux
import Netlink
public import Planning
public import Topology
public import YAML

/// Why a topology could not be observed, planned or applied.
public indirect enum ReconcileError: Error, Sendable {
    /// The file cannot be laid out on this machine: no free subnet, too few addresses.
    case layout(Diagnostics)
    /// The file refers to something that is not on the machine.
    case missing(Diagnostics)
    /// Networks of the topology that a plan takes away or moves are in use by others.
    case activeEndpoints([ActiveNetwork])
    /// A system call failed.
    case system(SystemCallError)
    /// The kernel refused a message, about `object` if it was about one.
    case kernel(String, object: KernelObject?)
    /// Something of the same name exists and is not ours.
    case collisions([Collision])
    /// Something on the host listens on ports that the file publishes.
    case portsInUse([PortConflict])
    /// The kernel was built without what some links need.
    case kernelLacks([MissingOption])
    /// This machine is not the host that it is to be.
    case notThisHost(HostMismatch)
    /// A record in the run directory cannot be read.
    case record(path: String, reason: String)
    /// There is no topology of this name on the machine.
    case noSuchTopology(String, known: [String])
    /// A container cannot be connected or disconnected.
    case connection(ConnectionError)
    /// After an apply without an error these operations were still to do.
    case residue([Operation<KernelObject>])
    /// Ctrl-C or a request to end arrived.
    case cancelled
    /// The apply failed, and the machine is as it was before.
    case rolledBack(cause: ReconcileError)
    /// The apply failed, and so did going back; what is left is said by `remains`.
    case notRolledBack(cause: ReconcileError, then: ReconcileError, remains: [Operation<KernelObject>])
}

/// An object that a plan needs, whose name is taken by something that is not ours.
public struct Collision: Hashable, Sendable {
    /// The object that the plan needs.
    public var object: KernelObject
    /// What stands in the way, such as `a dummy link named br0`.
    public var obstacle: String
}

/// A network on which others than its own topology have endpoints.
public struct ActiveNetwork: Hashable, Sendable {
    /// The network's name.
    public var name: String
    /// The containers, as `TOPOLOGY: CONTAINER`.
    public var members: [String]
}

/// A published port that something on the host has already.
public struct PortConflict: Hashable, Sendable {
    /// The container that wants to publish it.
    public var container: String
    /// The port.
    public var port: Layout.Port
    /// Who has it: `a process listens on 0.0.0.0:8080`, `topology shop publishes it`.
    public var holder: String
}

/// Why a machine can't be the host of a topology that it is to be.
public struct HostMismatch: Hashable, Sendable {
    /// What is wrong.
    public enum Reason: Hashable, Sendable {
        /// The file has no such host, though the topology was applied as its part.
        case undeclared(known: [String])
        /// The machine is another host of the topology, or all of them.
        case other(String?, topology: String)
        /// The machine does not have the host's address.
        case noAddress(IPAddress)
        /// The interface that has the address takes smaller packets than the file says.
        case smallMTU(UInt32, declared: UInt32, interface: String)
        /// The address is on another interface than the file says, by which routes are to lead.
        case otherInterface(String, declared: String, address: IPAddress)
    }

    /// The host.
    public var host: String
    /// What is wrong.
    public var reason: Reason

    /// `host` can't be this machine, for `reason`.
    public init(host: String, reason: Reason) {
        self.host = host
        self.reason = reason
    }
}

extension ReconcileError {
    /// The kernel's refusal, about `object` if it is about one; a lack of privileges, or a failed system call.
    init(_ error: NetlinkError, about object: KernelObject? = nil) {
        switch error {
        case .system(let failure): self = .system(failure)
        case .refused(let refusal) where error.isNotPermitted:
            self = .system(
                SystemCallError(call: refusal.request.type.name, errno: refusal.errno, object: refusal.request.subject))
        default: self = .kernel("\(error)", object: object)
        }
    }
}

extension ReconcileError: SystemFailure {
    /// A failed system call.
    public init(_ error: SystemCallError) { self = .system(error) }
}

/// Runs `body`; what the kernel refuses is thrown as an error about `object`.
func talking<Value>(
    about object: KernelObject? = nil, _ body: () throws(NetlinkError) -> Value
) throws(ReconcileError) -> Value {
    do throws(NetlinkError) { return try body() } catch { throw ReconcileError(error, about: object) }
}

/// Runs `body`; a failed system call is thrown as an error of ours.
func calling<Value>(_ body: () throws(SystemCallError) -> Value) throws(ReconcileError) -> Value {
    do throws(SystemCallError) { return try body() } catch { throw .system(error) }
}
