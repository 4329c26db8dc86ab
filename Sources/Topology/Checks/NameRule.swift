/// What a kind of name may look like.
struct NameRule {
    /// Longest name, in bytes.
    let maxBytes: Int
    /// The characters that are allowed, in words.
    let characters: String
    let allows: @Sendable (UInt8) -> Bool
    let allowsFirst: @Sendable (UInt8) -> Bool

    /// What is wrong with `name`, as the end of a sentence that begins with it; `nil` where nothing is.
    func problem(with name: String) -> String? {
        guard let first = name.utf8.first else { return "is empty" }
        if name.utf8.count > maxBytes { return "is \(name.utf8.count) bytes long, and \(maxBytes) is the limit" }
        if name == "." || name == ".." { return "means a folder" }
        if let bad = name.unicodeScalars.first(where: { !$0.isASCII || !allows(UInt8($0.value)) }) {
            return "has \(quoted(String(bad))); allowed are \(characters)"
        }
        return allowsFirst(first) ? nil : "must begin with a letter or digit"
    }
}

extension NameRule {
    private static let isLower: @Sendable (UInt8) -> Bool = { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
    private static let isDigit: @Sendable (UInt8) -> Bool = { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    private static let isAlphanumeric: @Sendable (UInt8) -> Bool = { isLower($0 | 0x20) || isDigit($0) }
    private static let isWord: @Sendable (UInt8) -> Bool = {
        isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
    private static let isDotted: @Sendable (UInt8) -> Bool = { isWord($0) || $0 == UInt8(ascii: ".") }

    /// A project's name in Compose; short enough for a DNS label (RFC 1035 §2.3.4), and so for every name made of it.
    static let topology = NameRule(
        maxBytes: 63, characters: "a-z, 0-9, _ and -",
        allows: { isLower($0) || isDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") },
        allowsFirst: { isLower($0) || isDigit($0) })

    /// A key of `services:` or `networks:` in Compose's schema, short enough for a DNS label.
    static let key = NameRule(
        maxBytes: 63, characters: "letters, digits, ., _ and -", allows: isDotted, allowsFirst: isDotted)

    /// A container's or network's name in Docker (moby daemon/names), which also names a file, a namespace and, as
    /// alternative name, a link (`ALTIFNAMSIZ`, linux/if.h).
    static let docker = NameRule(
        maxBytes: 127, characters: "letters, digits, ., _ and -", allows: isDotted, allowsFirst: isAlphanumeric)

    /// A name in a hosts file (hosts(5), RFC 1035 §2.3.4).
    static let host = NameRule(
        maxBytes: 253, characters: "letters, digits, ., _ and -", allows: isDotted, allowsFirst: isDotted)

    /// What every namespace gets as soon as somebody on the machine uses a tunnel of the kind, unless the sysctl
    /// `net.core.fb_tunnels_only_for_init_net` says otherwise.
    private static let tunnelsOfKernel: Set = [
        "tunl0", "gre0", "gretap0", "erspan0", "sit0", "ip6tnl0", "ip6gre0", "ip_vti0", "ip6_vti0",
    ]

    /// What keeps `name` from naming a network interface (net/core/dev.c, dev_valid_name, and its `%d` templates).
    static func problem(withInterface name: String) -> String? {
        if name.isEmpty { return "is empty" }
        if name.utf8.count > 15 { return "is \(name.utf8.count) bytes long, and 15 is the limit" }
        if name == "." || name == ".." { return "means a folder" }
        // `all` and `default` stand beside the interfaces in /proc/sys/net/ipv4/conf.
        if ["lo", "all", "default"].contains(name) || tunnelsOfKernel.contains(name) { return "is the kernel's" }
        let isBad: (Unicode.Scalar) -> Bool = { !(0x21...0x7e ~= $0.value) || "/:%".unicodeScalars.contains($0) }
        return name.unicodeScalars.first(where: isBad).map {
            "has \(quoted(String($0))), which no interface's name can"
        }
    }
}
