import TestSupport
import Testing

@Suite(.enabled(if: Sandbox.isAvailable, Comment(rawValue: Sandbox.requirement)))
struct KernelFeatureTests {
    /// Otherwise a test that is skipped everywhere would go unnoticed.
    @Test(.enabled("this is not User Mode Linux", isUserModeLinux))
    func `User Mode Linux has all that tests require but a firewall`() throws {
        for feature in KernelFeature.allCases {
            #expect(try feature.isPresent == ![.nftables, .sctpTracking].contains(feature), "\(feature)")
        }
    }

    @Test(.requires(.dummy)) func `a required feature is there`() async throws {
        try await inPrivateNamespaces {
            try shell("ip link add name d type dummy")
            #expect(try linkNames() == ["d", "lo"])
        }
    }

    private static func isUserModeLinux() throws -> Bool {
        try output(of: "cat", "/proc/cpuinfo").contains("User Mode Linux")
    }
}
