import Addressing
import Linux
import Netlink
import Testing

struct ErrorTests {
    private func refusal(_ errno: Errno, _ message: String? = nil) -> NetlinkError {
        .refused(Refusal(errno: errno, message: message, offset: nil, request: .deleteLink("web0")))
    }

    @Test func `a refusal without the kernel's words has the C library's`() {
        #expect("\(refusal(.exists))" == "link web0: File exists (EEXIST)")
        #expect("\(refusal(.invalid, "Device is not up"))" == "link web0: Device is not up (EINVAL)")
    }

    @Test func `an object that is there and one that is not are told apart`() {
        #expect(refusal(.exists).isAlreadyExists)
        #expect(!refusal(.exists).isNotFound)
        for errno in [Errno.noEntry, .noDevice, .noSuchProcess, .addressNotAvailable] {
            #expect(refusal(errno).isNotFound)
            #expect(!refusal(errno).isAlreadyExists)
        }
        #expect(refusal(.notPermitted).isNotPermitted)
        #expect(!NetlinkError.overrun.isNotFound)
    }

    @Test func `a failed system call names the call, the object and the reason`() {
        let error = SystemCallError(call: "open", errno: .accessDenied, object: "/run/netns/web")
        #expect("\(error)" == "open /run/netns/web: Permission denied (EACCES)")
        #expect("\(NetlinkError(error))" == "netlink: open /run/netns/web: Permission denied (EACCES)")
        #expect("\(Errno(rawValue: 12345))" == "Unknown error (errno 12345)")
    }

    @Test func `a socket occupies its port on the addresses that it takes`() throws {
        func socket(_ address: String, isIPv6Only: Bool = false) throws -> BoundSocket {
            BoundSocket(
                transport: .tcp, address: try #require(IPAddress(address)), port: 80, isIPv6Only: isIPv6Only, inode: 1)
        }
        let one = try #require(IPAddress("192.0.2.1"))
        let other = try #require(IPAddress("192.0.2.2"))
        let any = try #require(IPAddress("0.0.0.0"))
        let six = try #require(IPAddress("2001:db8::1"))
        #expect(try socket("192.0.2.1").occupies(.tcp, one, 80))
        #expect(try socket("192.0.2.1").occupies(.tcp, any, 80))
        #expect(try socket("0.0.0.0").occupies(.tcp, one, 80))
        #expect(try socket("::").occupies(.tcp, one, 80))
        #expect(try socket("::").occupies(.tcp, six, 80))
        #expect(try !socket("::", isIPv6Only: true).occupies(.tcp, one, 80))
        #expect(try !socket("0.0.0.0").occupies(.tcp, six, 80))
        #expect(try !socket("192.0.2.1").occupies(.tcp, other, 80))
        #expect(try !socket("192.0.2.1").occupies(.tcp, one, 81))
        #expect(try !socket("192.0.2.1").occupies(.udp, one, 80))
    }
}
