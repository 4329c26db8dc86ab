import Addressing
import Planning
import TestSupport
import Testing
import Topology

/// Bridges and sandboxes made by iproute2, to try promises on.
struct ProbeLab {
    /// Batches of `ip`, by namespace; the host's are under "".
    private var batches: [(namespace: String, lines: [String])] = []

    /// A bridge `name` in the host with its own `addresses`.
    mutating func addBridge(_ name: String, _ addresses: String...) {
        add(["link add \(name) type bridge", "link set \(name) up"] + addresses.map { Self.assign($0, name) })
    }

    /// A sandbox of that name.
    mutating func addSandbox(_ name: String) {
        add(["netns add \(name)"])
        add(["link set lo up"], in: name)
    }

    /// An interface of a sandbox on a bridge, and its default gateways.
    mutating func connect(
        _ sandbox: String, to bridge: String, as interface: String = "eth0", _ addresses: String...,
        via gateways: [String] = []
    ) {
        let port = "\(bridge).\(sandbox)"
        add([
            "link add \(port) type veth peer name \(interface) netns \(sandbox)",
            "link set \(port) master \(bridge) up",
        ])
        add(
            ["link set \(interface) up"] + addresses.map { Self.assign($0, interface) }
                + gateways.map { "route add default via \($0)" }, in: sandbox)
    }

    /// More `ip` commands.
    mutating func add(_ lines: [String], in namespace: String = "") {
        if batches.last?.namespace == namespace {
            batches[batches.count - 1].lines += lines
        } else {
            batches.append((namespace, lines))
        }
    }

    /// Makes it all.
    func build() throws {
        for (namespace, lines) in batches {
            let input = lines.joined(separator: "\n") + "\n"
            if namespace.isEmpty {
                try output(of: "ip", "-batch", "-", input: input)
            } else {
                try output(of: "ip", "-n", namespace, "-batch", "-", input: input)
            }
        }
    }

    /// An address that is there at once: IPv6 would be checked for a second before.
    private static func assign(_ address: String, _ interface: String) -> String {
        "addr add \(address) dev \(interface)" + (address.contains(":") ? " nodad" : "")
    }
}

/// A promise about an echo.
func echo(
    _ from: Namespace, _ to: Namespace, _ address: String, packet: UInt32? = nil, succeeds: Bool = true
) throws -> Promise {
    Promise(from: from, to: to, trial: .echo(try #require(IPAddress(address)), packet: packet), isToSucceed: succeeds)
}

/// A promise that `address` and `port` lead to another port of `container`.
func published(
    _ transport: TransportProtocol, from: Namespace, at address: String, _ port: UInt16, to container: Namespace,
    _ serverAddress: String, _ serverPort: UInt16
) throws -> Promise {
    let mapping = Layout.Port(
        hostAddress: nil, published: port, address: try #require(IPAddress(serverAddress)), target: serverPort,
        transport: transport, network: "front")
    return Promise(
        from: from, to: container, trial: .port(.init(mapping, at: try #require(IPAddress(address)))))
}
