import Addressing
import Linux
import Netlink
import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct LinkAddressTests {
    @Test func `addresses of both families are set with our mark and taken away`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send([.addLink("br0", .bridge(), index: 50)])
            var four = Address(try #require(InterfaceAddress("172.28.0.1/16")), link: 50)
            four.broadcast = IPAddress("172.28.255.255")
            four.originator = 119
            var six = Address(try #require(InterfaceAddress("fd00:28::1/64")), link: 50)
            six.flags = [.noDuplicateDetection, .noPrefixRoute]
            six.originator = 119
            try route.send([.addAddress(four), .addAddress(six)])

            let shown = try json(of: "ip", "-j", "-d", "address", "show", "dev", "br0")[0]["addr_info"].elements
            #expect(shown.count == 2)
            let shownFour = shown[0]
            #expect(shownFour["local"].string == "172.28.0.1")
            #expect(shownFour["prefixlen"].int == 16)
            #expect(shownFour["broadcast"].string == "172.28.255.255")
            #expect(shownFour["scope"].string == "global")
            let shownSix = shown[1]
            #expect(shownSix["local"].string == "fd00:28::1")
            #expect(shownSix["prefixlen"].int == 64)
            #expect(shownSix["nodad"].bool == true)
            #expect(shownSix["noprefixroute"].bool == true)
            #expect(shownSix["tentative"] == .null)

            let own = try route.addresses().filter { $0.link == 50 && $0.originator == 119 }
            four.flags = .permanent
            six.flags.insert(.permanent)
            #expect(Set(own) == [four, six])

            try route.send([.deleteAddress(four), .deleteAddress(six)])
            #expect(try json(of: "ip", "-j", "address", "show", "dev", "br0")[0]["addr_info"].elements.isEmpty)
        }
    }

    @Test func `an address with a peer is a point-to-point address`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send(.addLink("a", .veth(peer: "b"), index: 50))
            var address = Address(try #require(InterfaceAddress("10.9.0.1/32")), link: 50)
            address.peer = IPAddress("10.9.0.2")
            address.scope = .link
            try route.send(.addAddress(address))
            let shown = try json(of: "ip", "-j", "address", "show", "dev", "a")[0]["addr_info"][0]
            #expect(shown["local"].string == "10.9.0.1")
            #expect(shown["address"].string == "10.9.0.2")
            #expect(shown["scope"].string == "link")
            let own = try #require(try route.addresses().first { $0.link == 50 })
            #expect(own.peer == address.peer)
            #expect(own.scope == .link)
        }
    }

    @Test func `an address that is there already, and one that is not, are refused`() async throws {
        try await inPrivateNamespaces {
            let route = try NetlinkSocket(.route)
            try route.send(.addLink("br0", .bridge(), index: 50))
            for text in ["172.28.0.1/16", "fd00:28::1/64"] {
                let address = Address(try #require(InterfaceAddress(text)), link: 50)
                try route.send(.addAddress(address))
                let twice = try #require(throws: NetlinkError.self) { try route.send(.addAddress(address)) }
                #expect(twice.isAlreadyExists)
                #expect("\(twice)".hasPrefix("address \(text) of link #50: "))
                try route.send(.deleteAddress(address))
                #expect(
                    try #require(throws: NetlinkError.self) { try route.send(.deleteAddress(address)) }.isNotFound)
            }
        }
    }

    @Test func `what ip has set is read`() async throws {
        try await inPrivateNamespaces {
            try output(of: "ip", "link", "add", "name", "a", "type", "veth", "peer", "name", "b")
            try output(of: "ip", "address", "add", "192.0.2.5/24", "broadcast", "+", "dev", "a")
            try output(of: "ip", "address", "add", "192.0.2.6/24", "dev", "a")
            try output(of: "ip", "address", "add", "2001:db8::5/64", "dev", "a", "nodad")
            let route = try NetlinkSocket(.route)
            let index = try route.link("a").index
            let own = try route.addresses().filter { $0.link == index }
            #expect(
                Set(own.map { "\($0.address)" }) == ["192.0.2.5/24", "192.0.2.6/24", "2001:db8::5/64"])
            #expect(own.first { $0.broadcast != nil }?.broadcast == IPAddress("192.0.2.255"))
            #expect(own.first { $0.flags.contains(.secondary) }?.address == InterfaceAddress("192.0.2.6/24"))
            #expect(own.allSatisfy { $0.originator == nil })
        }
    }
}
