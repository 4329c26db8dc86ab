import Addressing
import Testing

@Suite struct MACAddressTests {
    @Test(arguments: ["02:42:ac:11:00:02", "02:42:AC:11:00:02", "02-42-ac-11-00-02"])
    func `an address is read in each of its forms`(_ text: String) throws {
        let mac = try #require(MACAddress(text))
        #expect(mac.description == "02:42:ac:11:00:02")
        #expect(mac.bytes == [0x02, 0x42, 0xac, 0x11, 0x00, 0x02])
        #expect(MACAddress(bytes: mac.bytes) == mac)
    }

    @Test(arguments: [
        "", "02", "02:42:ac:11:00", "02:42:ac:11:00:02:03", "02:42:ac:11:00:0g", "2:42:ac:11:0:2", "0242.ac11.0002",
        "0242ac110002", "02:42:ac:11:00:02 ", "02:42:ac:11:00:+2", "02:42:ac:11:00:-2", "02:42-ac:11-00:02",
        "02:42:ac:11:00:02\0", ":::::", "02::42:ac:11:00", "０2:42:ac:11:00:02",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(MACAddress(text) == nil)
    }

    @Test func `Docker's address of an endpoint ends in its IPv4 address`() throws {
        let address = try #require(IPAddress("172.19.0.2"))
        #expect(MACAddress(derivedFrom: address).description == "02:42:ac:13:00:02")
    }

    @Test func `the lowest bit of the first byte makes a group`() {
        #expect(MACAddress("01:00:5e:00:00:01")?.isMulticast == true)
        #expect(MACAddress("ff:ff:ff:ff:ff:ff")?.isMulticast == true)
        #expect(MACAddress("02:42:ac:11:00:02")?.isMulticast == false)
        #expect(MACAddress("00:00:00:00:00:00")?.isMulticast == false)
    }

    @Test func `only six bytes count`() {
        #expect(MACAddress(bits: 0xffff_0000_0000_0001).description == "00:00:00:00:00:01")
        #expect(MACAddress(bytes: [1, 2, 3, 4, 5]) == nil)
        #expect(MACAddress(bytes: [1, 2, 3, 4, 5, 6, 7]) == nil)
    }
}
