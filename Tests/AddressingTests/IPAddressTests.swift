import Addressing
import Testing

@Suite struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("10.0.0.1", "10.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
        ("::1", "::1"), ("fd00:0:0:0:0:0:0:1", "fd00::1"), ("FE80::ABCD", "fe80::abcd"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ])
    func `an address is read, and written in its shortest form`(_ text: String, _ shortest: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == shortest)
        #expect(IPAddress(shortest) == address)
        #expect(IPAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "256.0.0.1", "010.0.0.1", "1.2.3.04", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n",
        "1.2.3.4\0", "1.2.3.4\0.5", "\0", "1.2.3.4/8", "0x7f.0.0.1", "1.2.3.-4", "١.2.3.4", "localhost", ":", ":::",
        "1::2::3", "fe80::1%eth0", "[::1]", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1.2.3", "::g",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `an IPv4-mapped address is an IPv6 one`() throws {
        let address = try #require(IPAddress("::ffff:1.2.3.4"))
        #expect(address.family == .v6)
        #expect(address.bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4])
        #expect(address != IPAddress("1.2.3.4"))
    }

    @Test func `bytes are in network order, 4 or 16 of them`() throws {
        #expect(IPAddress("1.2.3.4")?.bytes == [1, 2, 3, 4])
        #expect(IPAddress(bytes: [1, 2, 3, 4])?.bits == 0x0102_0304)
        for count in (0...20).filter({ $0 != 4 && $0 != 16 }) {
            #expect(IPAddress(bytes: [UInt8](repeating: 1, count: count)) == nil)
        }
    }

    @Test func `a number that is too wide for the family is cut`() {
        #expect(IPAddress(.v4, bits: 0x1_0000_0001).description == "0.0.0.1")
        #expect(IPAddress(.v6, bits: .max).description == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
    }

    @Test func `counting on wraps at the end of the family`() throws {
        #expect(try #require(IPAddress("10.0.0.255")).advanced(by: 1).description == "10.0.1.0")
        #expect(try #require(IPAddress("255.255.255.255")).advanced(by: 1).description == "0.0.0.0")
        #expect(IPAddress(.v6, bits: .max).advanced(by: 2).description == "::1")
    }

    @Test func `kinds of addresses`() throws {
        func all(_ texts: String..., satisfy test: (IPAddress) -> Bool) throws {
            for text in texts { #expect(test(try #require(IPAddress(text))), "\(text)") }
        }
        try all("127.0.0.1", "127.255.255.255", "::1") { $0.isLoopback }
        try all("126.255.255.255", "128.0.0.0", "::2", "::") { !$0.isLoopback }
        try all("0.0.0.0", "::") { $0.isUnspecified }
        try all("224.0.0.0", "239.255.255.255", "ff00::", "ff02::1") { $0.isMulticast }
        try all("223.255.255.255", "240.0.0.0", "fe80::1") { !$0.isMulticast }
        try all("169.254.0.0", "169.254.255.255", "fe80::", "febf::1") { $0.isLinkLocal }
        try all("169.253.0.0", "169.255.0.0", "fec0::", "fe7f::") { !$0.isLinkLocal }
    }

    @Test func `addresses sort by family, then by number`() throws {
        let sorted = ["9.0.0.0", "10.0.0.0", "255.0.0.0", "::", "::1", "fd00::"]
        let addresses = try sorted.map { try #require(IPAddress($0)) }
        #expect(addresses.shuffled().sorted() == addresses)
    }
}
