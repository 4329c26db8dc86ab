import Linux

/// What a test could leave behind in its namespaces, to be compared before and after.
public struct Census: Equatable, Sendable {
    /// The names in `/run/netns`.
    public var namespaces: [String]
    /// The names of the links.
    public var links: [String]
    /// The firewall's tables, chains and rules, as `nft` lists them.
    public var rules: [JSON]
    /// The files in `/run` and `/etc/netns`.
    public var files: [String]
    /// What the descriptors of the calling thread's table refer to.
    public var descriptors: [String]

    /// Counts in the calling thread's namespaces.
    public static func take() throws -> Census {
        Census(
            namespaces: try NetworkNamespace.list(),
            links: try json(of: "ip", "-j", "link", "show").elements.compactMap { $0["ifname"].string }.sorted(),
            rules: try json(of: "nft", "-j", "list", "ruleset")["nftables"].elements,
            files: try ["/run", "/etc/netns"].flatMap(files),
            descriptors: try openDescriptors())
    }

    /// What is in `folder`; nothing if it is not there.
    private static func files(in folder: String) throws -> [String] {
        do throws(SystemCallError) {
            return try listDirectory(folder).map { "\(folder)/\($0)" }
        } catch {
            guard error.errno == .noEntry else { throw error }
            return []
        }
    }

    /// The descriptors' numbers and targets.
    private static func openDescriptors() throws -> [String] {
        try listDirectory("/proc/thread-self/fd").compactMap { number in
            // The one that lists is gone by now.
            linkTarget("/proc/thread-self/fd/\(number)").map { "\(number): \($0)" }
        }
    }
}
