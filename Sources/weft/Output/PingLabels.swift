import Planning
import Topology

/// Short names for the sandboxes of a layout, as people know them from the file.
struct PingLabels {
    /// The sandboxes in file order.
    let order: [Namespace]
    /// The hosts: this machine, and in a lab the namespaces that stand for others.
    let hosts: Set<Namespace>
    /// Which containers have no sandbox of their own, in words.
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
        let own = layout.containers.filter { $0.sandbox == .own }
        let places = (layout.fabric?.hosts ?? []).map { (Namespace.named($0.namespace), "host \($0.name)") }
        let labels = Dictionary(own.map { (Namespace.named($0.name), label($0)) } + places) { first, _ in first }
        hosts = Set(places.map(\.0) + [.host])
        order = own.map { .named($0.name) }
        notes = layout.containers.compactMap { container in
            guard container.sandbox != .own, let sandbox = layout.namespace(ofContainer: container.name) else {
                return nil
            }
            let isOnHost = sandbox == .host || places.contains { $0.0 == sandbox }
            return isOnHost
                ? "\(label(container)) is on \(labels[sandbox].map { "the network of \($0)" } ?? "the host's own network")"
                : "\(label(container)) shares the sandbox of \(labels[sandbox] ?? "\(sandbox)")"
        }
        self.labels = labels
    }

    /// The short name of a sandbox; `host` for the host.
    subscript(namespace: Namespace) -> String { labels[namespace] ?? "\(namespace)" }
}
