import Glibc
import Linux
import Netlink
import Synchronization
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct NamespaceTests {
    @Test func `ip netns sees our namespaces and can delete them`() async throws {
        try await inPrivateNamespaces {
            _ = try namespace("web")
            let route = try NetlinkSocket(.route, in: NetworkNamespace(named: "web"))
            try route.send(.addLink("ours", .bridge()))
            #expect(try json(of: "ip", "-j", "netns", "list")[0]["name"].string == "web")
            #expect(try output(of: "ip", "-n", "web", "link", "show", "dev", "ours").contains("ours"))
            #expect(try output(of: "ip", "netns", "exec", "web", "cat", "/sys/class/net/ours/address") != "")
            #expect(try NetworkNamespace.isMounted("web"))
            try output(of: "ip", "netns", "delete", "web")
            #expect(try NetworkNamespace.list() == [])
        }
    }

    @Test func `we see the namespaces of ip netns and can delete them`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ip", "netns", "add", "web")
            try output(of: "ip", "-n", "web", "link", "add", "name", "theirs", "type", "bridge")
            #expect(try NetworkNamespace.list() == ["web"])
            let route = try NetlinkSocket(.route, in: NetworkNamespace(named: "web"))
            #expect(try route.link("theirs").kind == "bridge")
            try NetworkNamespace.delete("web")
            #expect(try output(of: "ip", "netns", "list") == "")
            #expect(
                try #require(throws: SystemCallError.self) { try NetworkNamespace.delete("web") }.errno == .noEntry)
        }
    }

    @Test func `the directory of names is a shared mount, as ip netns makes it`() async throws {
        try await inPrivateNamespaces {
            func mounts() throws -> [String] {
                try output(of: "cat", "/proc/thread-self/mountinfo").split(separator: "\n")
                    .filter { $0.contains(" /run/netns ") }.map(String.init)
            }
            // A sandbox within another one still lists the mounts that its own /run covers.
            let covered = try mounts().count
            _ = try namespace("one")
            _ = try namespace("two")
            #expect(try mounts().count == covered + 1)
            #expect(try #require(try mounts().last).contains("shared:"))
            try output(of: "ip", "netns", "add", "three")
            #expect(try mounts().count == covered + 1)
        }
    }

    @Test func `a name appears only once its namespace is prepared`() async throws {
        try await inPrivateNamespaces {
            let value = try NetworkNamespace.create("web") { namespace throws(NetlinkError) in
                let names = Result { () throws(SystemCallError) in try NetworkNamespace.list() }
                guard case .success([]) = names else { throw .malformedReply("\(names)") }
                let route = try NetlinkSocket(.route)
                try route.send(.setLink("lo", isUp: true, [.alias("weft:shop/web")]))
                return namespace.name
            }
            #expect(value == "web")
            let shown = try json(of: "ip", "-n", "web", "-j", "link", "show", "dev", "lo")[0]
            #expect(shown["ifalias"].string == "weft:shop/web")
            #expect(shown["flags"].elements.contains(.string("UP")))
        }
    }

    @Test func `what the preparation throws undoes the creation`() async throws {
        try await inPrivateNamespaces {
            let outcome = Result { () throws(NetlinkError) in
                try NetworkNamespace.create("web") { _ throws(NetlinkError) in throw .overrun }
            }
            #expect(throws: NetlinkError.overrun) { try outcome.get() }
            let left = try NetworkNamespace.list()
            #expect(left == [])
        }
    }

    @Test func `a name that is taken is refused, be it by a namespace or by a leftover file`() async throws {
        try await inPrivateNamespaces {
            let web = try namespace("web")
            let inode = try web.inode()
            let error = try #require(throws: SystemCallError.self) { try namespace("web") }
            #expect("\(error)" == "open /run/netns/web: File exists (EEXIST)")
            #expect(try NetworkNamespace(named: "web").inode() == inode)

            try output(of: "touch", "/run/netns/leftover")
            #expect(try #require(throws: SystemCallError.self) { try namespace("leftover") }.errno == .exists)
            #expect(try NetworkNamespace.list() == ["leftover", "web"])
            #expect(try NetworkNamespace.isMounted("leftover") == false)
            #expect(try NetworkNamespace.isMounted("nothing") == false)
            #expect(throws: SystemCallError.self) { try NetworkNamespace(named: "leftover") }
            try NetworkNamespace.delete("leftover")
            #expect(try NetworkNamespace.list() == ["web"])
        }
    }

    @Test func `many are made on threads, and come in order with the reason of those that are not`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ip", "netns", "add", "n7")
            let names = (0..<40).map { "n\($0)" }
            var order: [Int] = []
            var failed: [Int] = []
            var sockets: [NetlinkSocket] = []
            try NetworkNamespace.create(names, threads: 3) { namespace throws(NetlinkError) in
                guard namespace.name != "n11" else { throw .overrun }
                return try NetlinkSocket(.route)
            } consume: { index, outcome in
                order.append(index)
                switch outcome {
                case .success(let socket): sockets.append(socket)
                case .failure(.overrun): failed.append(index)
                case .failure(let error):
                    #expect(error.isAlreadyExists)
                    failed.append(index)
                }
            }
            #expect(order == Array(0..<40))
            #expect(failed == [7, 11])
            #expect(sockets.count == 38)
            for socket in sockets { try socket.send(.addLink("br0", .bridge())) }
            #expect(Set(try NetworkNamespace.list()) == Set(names).subtracting(["n11"]))
            #expect(try linkNames() == ["lo"])
        }
    }

    @Test func `a body runs inside, and the caller stays where it is`() async throws {
        try await inPrivateNamespaces {
            let before = try NetworkNamespace.current().inode()
            let web = try namespace("web")
            let inside = try web.inside { () throws(SystemCallError) in try NetworkNamespace.current().inode() }
            #expect(inside == (try web.inode()))
            #expect(try NetworkNamespace.current().inode() == before)
            #expect(inside != before)
            #expect(try NetworkNamespace(path: "/proc/thread-self/ns/net").inode() == before)
            #expect(try NetworkNamespace(ofProcess: getpid()).inode() != before)
        }
    }

    @Test func `one thread visits many namespaces, each with parameters of its own`() async throws {
        try await inPrivateNamespaces {
            let spaces = try ["a", "b", "c"].map { try namespace($0) }
            let forwarding = Sysctl("net", "ipv4", "ip_forward")
            try spaces[1].inside { () throws(SystemCallError) in try forwarding.write("1") }
            let values = try NetworkNamespace.visit(spaces) { _ throws(SystemCallError) in try forwarding.read() }
            #expect(values == ["0", "1", "0"])
            #expect(try output(of: "ip", "netns", "exec", "b", "sysctl", "-n", "net.ipv4.ip_forward") == "1\n")
            #expect(try forwarding.read() == "0")
        }
    }

    @Test func `a parameter of a link whose name has a dot is found`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send(.addLink("eth0.1", .bridge()))
            let filter = Sysctl("net/ipv4/conf", "eth0.1", "rp_filter")
            try filter.write("2")
            #expect(try filter.read() == "2")
            #expect(try output(of: "sysctl", "-n", "net/ipv4/conf/eth0.1/rp_filter") == "2\n")
            let missing = Sysctl("net/ipv4/conf", "nothing", "rp_filter")
            #expect(try #require(throws: SystemCallError.self) { try missing.read() }.errno == .noEntry)
        }
    }

    @Test func `a namespace has a number in another one, asked for or chosen`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            let (one, two) = (try namespace("one"), try namespace("two"))
            #expect(try route.namespaceID(of: one) == nil)
            try route.send([.setNamespaceID(of: one, to: 41), .setNamespaceID(of: two)])
            #expect(try route.namespaceID(of: one) == 41)
            #expect(try route.namespaceID(of: two) != nil)
            #expect(try output(of: "ip", "netns", "list-id").contains("nsid 41 (iproute2 netns name: one)"))
            #expect(
                try #require(throws: NetlinkError.self) { try route.send(.setNamespaceID(of: one)) }.isAlreadyExists)
        }
    }

    @Test func `a namespace goes with its name and its last descriptor`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            var web: NetworkNamespace? = try namespace("web")
            try route.send(.addLink("a", .veth(peer: "eth0", [web.map { .namespace($0) }])))
            try NetworkNamespace.delete("web")
            #expect(try linkNames() == ["a", "lo"])
            web = nil
            #expect(try eventually { try linkNames() == ["lo"] })
        }
    }

    @Test func `a file that is no network namespace is refused`() async throws {
        try await inPrivateNamespaces {
            for path in ["/proc/self/ns/mnt", "/etc/passwd", "/run/netns/nothing"] {
                #expect(throws: SystemCallError.self) { try NetworkNamespace(path: path) }
            }
        }
    }

    @Test(arguments: [
        ("web", true), ("shop-web-1", true), ("a.b", true), ("é", true), ("...", true),
        (String(repeating: "x", count: 255), true), ("", false), (".", false), ("..", false), ("a/b", false),
        ("a b", false), ("a\tb", false), ("a\nb", false), ("a\0b", false), ("a\u{7f}", false),
        (String(repeating: "x", count: 256), false),
    ])
    func `a name that could lead elsewhere is not valid`(name: String, isValid: Bool) async throws {
        #expect(NetworkNamespace.isValidName(name) == isValid)
        try await inPrivateNamespaces {
            let result = Result { try namespace(name) }
            if isValid {
                #expect(try NetworkNamespace(named: name).inode() == (try result.get().inode()))
                try NetworkNamespace.delete(name)
            } else {
                #expect(throws: SystemCallError.self) { try result.get() }
                #expect(throws: SystemCallError.self) { try NetworkNamespace.delete(name) }
            }
            #expect(try NetworkNamespace.list() == [])
        }
    }
}
