import Addressing
import Foundation
import Testing

@Suite struct SubnetTests {
    @Test(arguments: [
        ("0.0.0.0/0", "255.255.255.255"), ("10.0.0.0/8", "10.255.255.255"), ("10.0.0.0/30", "10.0.0.3"),
        ("10.0.0.2/31", "10.0.0.3"), ("10.0.0.1/32", "10.0.0.1"), ("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ("fd00::/64", "fd00::ffff:ffff:ffff:ffff"), ("fd00::2/127", "fd00::3"), ("fd00::1/128", "fd00::1"),
    ])
    func `a subnet is read and reaches to its last address`(_ text: String, _ last: String) throws {
        let subnet = try #require(Subnet(text))
        #expect(subnet.description == text)
        #expect(subnet.last.description == last)
        #expect(subnet.contains(subnet.network) && subnet.contains(subnet.last))
        #expect(!subnet.contains(subnet.last.advanced(by: 1)) || subnet.prefixLength == 0)
        #expect(subnet.hostBits + subnet.prefixLength == subnet.family.bitWidth)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08",
        "10.0.0.0/ 8", "10.0.0.0/8/8", "10.0.0.0/8\0", "10.0.0.0/255.0.0.0", "10.0.0.1/8", "10.0.0.1/31", "fd00::/129",
        "fd00::1/64", "fd00::/99999999999999999999", "010.0.0.0/8",
    ])
    func `what is no subnet is refused`(_ text: String) {
        #expect(Subnet(text) == nil)
    }

    @Test func `a subnet that holds an address is cut at the prefix`() throws {
        let address = try #require(IPAddress("10.1.2.3"))
        #expect(Subnet(containing: address, prefixLength: 0)?.description == "0.0.0.0/0")
        #expect(Subnet(containing: address, prefixLength: 23)?.description == "10.1.2.0/23")
        #expect(Subnet(containing: address, prefixLength: 32)?.description == "10.1.2.3/32")
        #expect(Subnet(containing: address, prefixLength: 33) == nil)
        #expect(Subnet(containing: address, prefixLength: -1) == nil)
        let six = IPAddress(.v6, bits: .max)
        #expect(Subnet(containing: six, prefixLength: 0)?.description == "::/0")
        #expect(Subnet(containing: six, prefixLength: 128)?.network == six)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.1.0.0/16", true), ("10.0.0.0/16", "10.1.0.0/16", false), ("0.0.0.0/0", "::/0", false),
        ("10.0.0.0/31", "10.0.0.1/32", true), ("10.0.0.0/31", "10.0.0.2/31", false), ("::/0", "fd00::/8", true),
        ("10.0.0.0/8", "10.0.0.0/8", true),
    ])
    func `subnets overlap where one holds the other`(_ first: String, _ second: String, _ overlaps: Bool) throws {
        let (first, second) = (try #require(Subnet(first)), try #require(Subnet(second)))
        #expect(first.overlaps(second) == overlaps)
        #expect(second.overlaps(first) == overlaps)
        #expect(first.contains(second) == overlaps)
        #expect(second.contains(first) == (first == second))
    }

    @Test func `an interface's address keeps its host bits`() throws {
        let interface = try #require(InterfaceAddress("10.1.2.3/24"))
        #expect(interface.description == "10.1.2.3/24")
        #expect(interface.subnet.description == "10.1.2.0/24")
        #expect(InterfaceAddress(interface.address, in: interface.subnet) == interface)
        #expect(InterfaceAddress("10.1.2.3") == nil)
        #expect(InterfaceAddress("10.1.2.3/33") == nil)
        #expect(InterfaceAddress(interface.address, prefixLength: 33) == nil)
    }

    @Test func `all of them are text in JSON`() throws {
        struct All: Codable, Equatable {
            var address: IPAddress
            var subnet: Subnet
            var interface: InterfaceAddress
            var mac: MACAddress
        }
        let json = #"{"address":"::1","interface":"10.0.0.1/30","mac":"02:42:0a:00:00:01","subnet":"10.0.0.0/30"}"#
        let all = try JSONDecoder().decode(All.self, from: Data(json.utf8))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(all), as: UTF8.self) == json)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Subnet].self, from: Data(#"["10.0.0.1/8"]"#.utf8))
        }
    }
}
