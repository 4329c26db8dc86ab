public import Links
import Linux
import Netlink
public import Planning

/// Links that a plan would make, and an option of the kernel that they need and that it was built without.
public struct MissingOption: Hashable, Sendable {
    /// The option and its module.
    public var option: KernelOption
    /// The links, by name.
    public var links: [KernelObject]

    /// `links` need `option`.
    public init(option: KernelOption, links: [KernelObject]) {
        self.option = option
        self.links = links
    }
}

extension Session {
    /// Refuses links of kinds that the kernel does not know; asks it only about kinds that not every kernel has.
    func checkKernel(_ desired: State<KernelObject>, _ observed: State<KernelObject>) throws(ReconcileError) {
        var links: [KernelOption: [KernelObject]] = [:]
        var devices: [KernelOption: Device] = [:]
        for case .link(let link) in desired.objects.values {
            guard let device = link.device, !device.isEverywhere, observed[link.id] != .link(link) else { continue }
            links[device.settings.option, default: []].append(.link(link))
            devices[device.settings.option] = device
        }
        var missing: [MissingOption] = []
        for (option, device) in devices.sorted(by: { $0.key < $1.key }) where try !machine.canMake(device) {
            let concerned = (links[option] ?? []).sorted { $0.id < $1.id }
            missing.append(MissingOption(option: option, links: concerned))
        }
        guard missing.isEmpty else { throw .kernelLacks(missing) }
    }
}

extension Device {
    /// Whether the bridge is one that Linux can always make.
    fileprivate var isEverywhere: Bool {
        guard case .bridge(let bridge) = self else { return false }
        return !bridge.vlanFiltering
    }
}

extension Machine {
    fileprivate func canMake(_ device: Device) throws(ReconcileError) -> Bool {
        let routing = try place(.host).routing
        return try talking { () throws(NetlinkError) in
            guard case .bridge = device else { return try routing.canMakeLinks(ofKind: device.kind) }
            return try NetworkNamespace.insideNew { () throws(NetlinkError) in try NetlinkSocket(.route).canMake(device)
            }
        }
    }
}

extension NetlinkSocket {
    /// Whether the kernel makes `device`, in a namespace where it does not matter.
    fileprivate func canMake(_ device: Device) throws(NetlinkError) -> Bool {
        do throws(NetlinkError) { try send(.addLink("weft-probe", .device(device))) } catch {
            guard error.errno == .notSupported else { throw error }
            return false
        }
        return true
    }
}
