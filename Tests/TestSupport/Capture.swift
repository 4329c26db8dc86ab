import Foundation

/// What tcpdump needs besides permission to listen: it gives up its groups before it begins.
public enum Capture {
    /// Whether a process may change its groups; one in an ordinary user's namespace may not (user_namespaces(7)).
    public static var isPermitted: Bool {
        do { return try String(contentsOfFile: "/proc/self/setgroups", encoding: .utf8) != "deny\n" } catch {
            return true
        }
    }

    /// Why a test that captures packets is skipped.
    public static let requirement = "tcpdump gives up its groups, which an ordinary user's namespace does not let it do"
}
