import YAML

/// The interfaces of sandboxes and hosts, as networks and links claim them.
struct InterfaceFindings {
    private(set) var findings: [Diagnostic] = []
    private var speller = Speller()
    private let services: [String: Topology.Service]
    private let sandboxes: Sandboxes
    /// The interfaces of the hosts that lead to the others, by the host's name.
    private let underlays: [String: String]
    /// Interfaces by service, whose containers all have the same ones, or by host.
    private var interfaces = Uses<Interface>()
    /// Those that are ports.
    private var ports = Uses<Interface>()

    private struct Interface: Hashable {
        var owner: Topology.Place
        var name: String
    }

    init(of topology: Topology, _ sandboxes: Sandboxes) {
        services = topology.servicesByName
        self.sandboxes = sandboxes
        underlays = Dictionary(topology.hosts.map { ($0.name, $0.interface) }) { first, _ in first }
        for (host, interface) in underlays {
            _ = interfaces.claim(Interface(owner: .host(host), name: interface), for: "the underlay")
        }
    }

    mutating func add(_ service: Topology.Service) {
        for (attachment, name) in service.interfaces {
            let mark = attachment.mark(of: "interface_name")
            let what = "of \(service.title)"
            if let problem = NameRule.problem(withInterface: name) {
                report("interface name \(quoted(name)) \(what) \(problem)", mark)
            } else if let earlier = interfaces.claim(
                Interface(owner: .service(service.name), name: name), for: "network \(quoted(attachment.network))")
            {
                report("interface \(quoted(name)) \(what) is already that of \(earlier)", mark, "choose another name")
            }
        }
    }

    /// Adds the bridge of `network`, called `bridge`, on `hosts`.
    mutating func add(_ bridge: String, of network: Topology.Network, on hosts: Set<String>) {
        for host in hosts { _ = interfaces.claim(Interface(owner: .host(host), name: bridge), for: network.title) }
    }

    /// Adds the interface of a link in `place`.
    mutating func add(_ interface: String, in place: Topology.Place, _ mark: Mark) {
        guard let owner = owner(place, "a link ends at", mark) else { return }
        if let problem = NameRule.problem(withInterface: interface) {
            return report("interface name \(quoted(interface)) of a link \(problem)", mark)
        }
        guard let earlier = interfaces.claim(Interface(owner: owner, name: interface), for: "another link") else {
            return
        }
        let isHost = underlays[owner.name] != nil && owner == .host(owner.name)
        report(
            "interface \(quoted(interface)) of \(owner.title) is already that of \(earlier)", mark,
            isHost
                ? "choose another name"
                : "interfaces of networks are eth0, eth1 and so on; give the link's another name")
    }

    /// Whose interfaces those of a link in `place` are; `nil`, reported, where there can be none.
    private mutating func owner(_ place: Topology.Place, _ verb: String, _ mark: Mark) -> Topology.Place? {
        let what = "\(verb) \(place.title)"
        guard case .service(let name) = place else {
            guard underlays[place.name] == nil else { return place }
            let hint = speller.suggestion(for: place.name, among: underlays.keys) ?? "declare it under `hosts:`"
            report("\(what), which is not declared", mark, hint)
            return nil
        }
        guard let service = services[name] else {
            let hint = speller.suggestion(for: name, among: services.keys) ?? "declare it under `services:`"
            report("\(what), which is not declared", mark, hint)
            return nil
        }
        guard service.scale == 1 else {
            report("\(what), which has \(service.scale) containers", mark, "set scale: 1")
            return nil
        }
        // A service without an owner has a finding already, see `modeFindings`.
        guard let owner = sandboxes.knownOwner(of: service) else { return nil }
        guard case .container(_, let ownerService) = owner else {
            report("\(what), which is on the host's network", mark, "leave network_mode: host out of the service")
            return nil
        }
        guard services[ownerService]?.namespace == nil else {
            report(
                "\(what), whose namespace is not weft's", mark, "links are in services with namespaces of their own")
            return nil
        }
        return .service(ownerService)
    }

    /// Looks for what a link is above of, and for its ports, among all interfaces.
    mutating func check(_ link: Topology.DeviceLink) {
        guard let end = link.ends.first else { return }
        if let parent = link.parent {
            _ = check(parent.interface, of: parent.place ?? end.place, "parent", parent.mark)
            let isOwn = parent.place.map { $0 == end.place } ?? true
            if isOwn && parent.interface == end.interface {
                report("a link is its own parent", parent.mark)
            }
        }
        for port in link.ports where port.interface != end.interface {
            guard let owner = check(port.interface, of: end.place, "port", port.mark) else { continue }
            if case .host(let host) = owner, underlays[host] == port.interface {
                report(
                    "interface \(quoted(port.interface)) of \(owner.title) leads to the other hosts, and can be no port",
                    port.mark, "give the host another one: a link of type veth, say")
            }
            if let earlier = ports.claim(Interface(owner: owner, name: port.interface), for: quoted(end.interface)) {
                report("interface \(quoted(port.interface)) is a port of \(earlier) already", port.mark)
            }
        }
    }

    /// Whose `interface` it is that has a `role` in a link; `nil`, reported, where it can be nobody's.
    private mutating func check(
        _ interface: String, of place: Topology.Place, _ role: String, _ mark: Mark
    ) -> Topology.Place? {
        guard let owner = owner(place, "a \(role) of a link is in", mark) else { return nil }
        guard interfaces.owner(of: Interface(owner: owner, name: interface)) == nil else { return owner }
        let known = interfaces.keys.filter { $0.owner == owner }.map(\.name)
        let hint =
            speller.suggestion(for: interface, among: known)
            ?? (known.isEmpty ? "the service has no interface" : "it has \(known.sorted().joined(separator: ", "))")
        report("\(owner.title) has no interface \(quoted(interface))", mark, hint)
        return owner
    }

    private mutating func report(_ message: String, _ mark: Mark, _ hint: String? = nil) {
        findings.append(Diagnostic(message, at: mark, hint: hint))
    }
}
