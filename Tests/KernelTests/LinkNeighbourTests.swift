import Addressing
import Linux
import Netlink
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct LinkNeighbourTests {
    @Test func `permanent neighbours of both families come, change and go`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send([.addLink("a", .veth(peer: "b"), index: 50, isUp: true), .setLink("b", isUp: true)])
            for text in ["10.0.0.9", "fd00::9"] {
                func shown() throws -> JSON {
                    try json(of: "ip", "-j", "-d", "neighbour", "show", text, "dev", "a", "nud", "all")[0]
                }
                var neighbour = Neighbour(
                    try #require(IPAddress(text)), at: try mac("02:42:0a:00:00:09"), link: 50)
                neighbour.originator = 119
                try route.send(.addNeighbour(neighbour))
                #expect(try shown()["lladdr"].string == "02:42:0a:00:00:09")
                #expect(try shown()["state"] == .array([.string("PERMANENT")]))
                #expect(try route.neighbours().first { $0.address == neighbour.address } == neighbour)
                #expect(
                    try #require(throws: NetlinkError.self) { try route.send(.addNeighbour(neighbour)) }
                        .isAlreadyExists)

                neighbour.macAddress = try mac("02:42:0a:00:00:0a")
                try route.send(.replaceNeighbour(neighbour))
                #expect(try shown()["lladdr"].string == "02:42:0a:00:00:0a")

                try route.send(.deleteNeighbour(neighbour))
                #expect(try shown() == .null)
                #expect(
                    try #require(throws: NetlinkError.self) { try route.send(.deleteNeighbour(neighbour)) }
                        .isNotFound)
            }
        }
    }

    @Test func `a bridge's forwarding entry is bound to its port`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send([
                .addLink("br0", .bridge(), index: 50), .addLink("a", .veth(peer: "b"), index: 60, [.master(50)]),
            ])
            let address = try mac("02:42:0a:00:00:09")
            let entry = ForwardingEntry(address, link: 60, flags: .master)
            try route.send(.addForwardingEntry(entry))
            func shown() throws -> JSON {
                try json(of: "bridge", "-j", "fdb", "show", "br", "br0").first(where: "mac", is: "\(address)")
            }
            #expect(try shown()["ifname"].string == "a")
            #expect(try shown()["state"].string == "permanent")
            let own = try #require(try route.forwardingEntries(ofBridge: 50).first { $0.macAddress == address })
            #expect(own.link == 60)
            #expect(own.master == 50)
            #expect(own.state.contains(.permanent))
            try route.send(.deleteForwardingEntry(entry))
            #expect(try shown() == .null)
        }
    }

    @Test func `a VXLAN's forwarding entries name machines, several for all addresses`() async throws {
        try await inPrivateNamespaces {
            let vxlan = try run(["ip", "link", "add", "vx0", "type", "vxlan", "id", "42", "dstport", "4789"])
            try #require(vxlan.status == 0, "vxlan: \(vxlan.stderr)")
            let route = try NetlinkSocket(.route)
            let index = try route.link("vx0").index
            let address = try mac("02:42:0a:00:00:09")
            let everyone = try mac("00:00:00:00:00:00")
            let one = IPAddress("192.168.205.11")
            let other = IPAddress("192.168.205.12")
            try route.send([
                .addForwardingEntry(ForwardingEntry(address, to: one, link: index)),
                .appendForwardingEntry(ForwardingEntry(everyone, to: one, link: index)),
                .appendForwardingEntry(ForwardingEntry(everyone, to: other, link: index)),
            ])
            let shown = try json(of: "bridge", "-j", "fdb", "show", "dev", "vx0")
            #expect(shown.first(where: "mac", is: "\(address)")["dst"].string == "192.168.205.11")
            #expect(shown.first(where: "mac", is: "\(address)")["flags"] == .array([.string("self")]))
            let entries = try route.forwardingEntries()
            #expect(entries.filter { $0.macAddress == everyone }.map(\.destination) == [one, other])

            try route.send([
                .replaceForwardingEntry(ForwardingEntry(address, to: other, link: index)),
                .deleteForwardingEntry(ForwardingEntry(everyone, to: one, link: index)),
            ])
            let left = try route.forwardingEntries().filter { $0.link == index }
            #expect(Set(left.map(\.macAddress)) == [address, everyone])
            #expect(left.allSatisfy { $0.destination == other && $0.flags.contains(.own) })
        }
    }
}
