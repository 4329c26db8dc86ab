import Links
import Topology

extension Layout.Network {
    /// Whether endpoints on one parent reach each other; `nil` where a switch outside decides.
    var connectsOnParent: Bool? {
        switch declaration.deviceOnParent {
        case .macvlan(let macvlan):
            switch macvlan.mode {
            case .bridge: true
            case .private: false
            case .vepa, .passthru: nil
            }
        case .ipvlan(let ipvlan):
            switch ipvlan.flag {
            case .bridge: true
            case .private: false
            case .vepa: nil
            }
        default: nil
        }
    }

    /// Whether endpoints on different hosts meet on what is between the hosts.
    var isOnUnderlay: Bool {
        guard let parent, !declaration.isRoutedByParent else { return false }
        return parent.origin != .dummy
    }
}
