/// A file that `ip netns exec` and `weft exec` put over one of `/etc`, such as `/etc/netns/<name>/hosts`.
///
/// For a container on the host's network, whose name is no namespace's, `weft exec` alone does.
public struct ConfigurationFile: Hashable, Sendable {
    /// The namespace that the file is for, or the container on the host's network.
    public var container: String
    /// The file's name in `/etc`, one of ``names``.
    public var name: String
    /// Everything that the file holds.
    public var content: String

    /// The files that a namespace may have.
    public static let names = ["hostname", "hosts", "resolv.conf"]

    /// The file `name` for `container`.
    public init(container: String, name: String, content: String) {
        self.container = container
        self.name = name
        self.content = content
    }

    /// Where the file is.
    public var path: String { "/etc/netns/\(container)/\(name)" }
}

extension ConfigurationFile: Reconcilable {
    /// The path.
    public var id: ObjectID { ObjectID(.file, .host, path) }
    /// The namespace that it is for, where there is one.
    public var requires: [ObjectID] { [NamespaceObject.id(.named(container))] }
    /// Nothing: files stay until they are deleted.
    public var owners: [ObjectID] { [] }
    /// The content is overwritten.
    public func canBecome(_ other: ConfigurationFile) -> Bool { true }
}
