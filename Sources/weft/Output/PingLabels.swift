import Planning
import Topology

/// Short names for the sandboxes of a layout, as people know them from the file.
struct PingLabels {
    /// The sandboxes in file order, host by host.
    let order: [Namespace]
    /// The hosts: this machine, and in a lab the namespaces that stand for others.
    let hosts: Set<Namespace>
    /// Which containers are on which host, and which have no sandbox of their own, in words.
    let notes: [String]
    private let labels: [Namespace: String]

    init(of layout: Layout) {
        let instances = Dictionary(grouping: layout.containers, by: \.service)
        func short(_ container: Layout.Container) -> String {
            instances[container.service]?.count == 1 ? container.service : "\(container.service)-\(container.index)"
        }
        let uses = Dictionary(grouping: layout.containers, by: short)
        func label(_ container: Layout.Container) -> String {
            let label = short(container)
            return uses[label]?.count == 1 && label != "\(Namespace.host)" ? label : container.name
        }
        let own = layout.containers.compactMap { container in
            container.hasInterfaces ? container.namespace.map { (namespace: $0, container: container) } : nil
        }
        let places = (layout.fabric?.hosts ?? []).map { (Namespace.named($0.namespace), "host \($0.name)") }
        let labels = Dictionary(own.map { ($0.namespace, label($0.container)) } + places) { first, _ in first }
        hosts = Set(places.map(\.0) + [.host])
        let groups = Dictionary(grouping: own) { $0.container.host ?? "" }
        let onHosts = (layout.fabric?.hosts ?? []).map { (host: $0.name, members: groups[$0.name] ?? []) }
        order = ((groups[""] ?? []) + onHosts.flatMap(\.members)).map(\.namespace)
        // More have no matrix that this would explain.
        let isShown = onHosts.count > 1 && own.count <= PingMatrix.largestShown
        let homes = onHosts.filter { isShown && !$0.members.isEmpty }.map {
            "\($0.members.map { label($0.container) }.joined(separator: ", ")) on host \($0.host)"
        }
        let guests: [String] = layout.containers.compactMap { container in
            guard !container.hasInterfaces, let sandbox = layout.namespace(ofContainer: container.name) else {
                return nil
            }
            let isOnHost = sandbox == .host || places.contains { $0.0 == sandbox }
            return isOnHost
                ? "\(label(container)) is on \(labels[sandbox].map { "the network of \($0)" } ?? "the host's own network")"
                : "\(label(container)) shares the sandbox of \(labels[sandbox] ?? "\(sandbox)")"
        }
        notes = homes + guests
        self.labels = labels
    }

    /// The short name of a sandbox; `host` for the host.
    subscript(namespace: Namespace) -> String { labels[namespace] ?? "\(namespace)" }
}
