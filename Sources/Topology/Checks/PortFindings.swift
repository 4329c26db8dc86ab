import Addressing
import YAML

extension Topology {
    /// Ports that are published twice, or on addresses from which nothing leads to the container.
    var portFindings: [Diagnostic] {
        let networks = networksByKey
        var books: [String?: PortBook] = [:]
        return services.flatMap { service -> [Diagnostic] in
            let families = outwardFamilies(of: service, networks)
            guard !families.isEmpty, service.scale > 0 else { return [] }
            return service.ports.compactMap { mapping in
                // IPv6 clients are translated where there is only IPv4; the other way there is none.
                if let address = mapping.hostAddress, address.family == .v4, !families.contains(.v4) {
                    return Diagnostic(
                        "\(service.title) publishes a port on \(address), but has no \(IPFamily.v4.name) address",
                        at: mapping.mark, hint: "set enable_ipv4: true on its network, or publish on another address")
                }
                let bindings = bindingAddresses(of: service, networks)
                // Which of several networks leads outside is known only once all is laid out, where ports are looked at again.
                guard mapping.hostAddress != nil || bindings.count <= 1 else { return nil }
                return duplicate(
                    mapping, on: mapping.hostAddress ?? bindings.first ?? nil, of: service,
                    &books[service.host, default: PortBook()])
            }
        }
    }

    private func duplicate(
        _ mapping: PortMapping, on address: IPAddress?, of service: Service, _ book: inout PortBook
    ) -> Diagnostic? {
        guard let range = mapping.published, range.count == 1 else { return nil }
        let (port, transport) = (range.lowerBound, mapping.transport)
        let what = "port \(address.map { "\($0.bracketed):" } ?? "")\(port)/\(transport.rawValue)"
        if let earlier = book.holder(of: port, transport, on: address) {
            return Diagnostic(
                earlier == service.name
                    ? "\(what) is published twice by service \(quoted(earlier))"
                    : "\(what) of \(service.title) is already published by service \(quoted(earlier))",
                at: mapping.mark, hint: "publish another port of the host")
        }
        book.give(port, transport, on: address, to: service.name)
        guard service.scale > 1 else { return nil }
        return Diagnostic(
            "\(what) is published by each of the \(service.scale) containers of \(service.title)",
            at: mapping.mark,
            hint: Int(port) + service.scale > 65_536
                ? "publish a range of ports"
                : "publish a range, such as \(port)-\(Int(port) + service.scale - 1):\(mapping.target)")
    }
}

extension IPAddress {
    /// The address as it stands before a port: IPv6 in brackets.
    var bracketed: String { family == .v4 ? description : "[\(self)]" }
}

extension Topology {
    /// Families in which `service` is reached from outside: those of its networks that are not internal.
    fileprivate func outwardFamilies(of service: Service, _ networks: [String: Network]) -> Set<IPFamily> {
        var families: Set<IPFamily> = []
        for attachment in service.mode.attachments {
            guard let network = networks[attachment.network], !network.isInternal else { continue }
            families.formUnion(network.families)
        }
        return families
    }

    /// The addresses that ports of `service` are published on where the file gives none: those of its networks that lead
    /// outside in IPv4.
    fileprivate func bindingAddresses(of service: Service, _ networks: [String: Network]) -> Set<IPAddress?> {
        Set(
            service.mode.attachments.compactMap { attachment -> IPAddress?? in
                guard let network = networks[attachment.network], !network.isInternal, network.hasIPv4 else {
                    return nil
                }
                return .some(network.options.bindingAddress)
            })
    }
}
