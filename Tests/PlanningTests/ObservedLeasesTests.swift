import Addressing
import Planning
import Testing
import Topology

@Suite struct ObservedLeasesTests {
    @Test func `the kernel's objects alone tell which addresses were given out`() throws {
        let layout = try Layout.bridge(containers: 2)
        let leases = Leases(observedIn: State(desiredBy: layout, firewall: .none), topology: "demo")
        #expect(leases.subnets == ["front": [try #require(Subnet("10.77.0.0/24"))]])
        #expect(leases.addresses["demo-c1"] == ["front": [try #require(IPAddress("10.77.0.3"))]])
    }

    @Test func `another topology's objects tell nothing`() throws {
        let layout = try Layout.bridge("other", containers: 2)
        let leases = Leases(observedIn: State(desiredBy: layout, firewall: .none), topology: "demo")
        #expect(leases == Leases())
    }

    @Test func `a record fills in what the kernel lost`() throws {
        let address = try #require(IPAddress("10.77.0.9"))
        let known = try #require(IPAddress("10.77.0.2"))
        let observed = Leases(addresses: ["a": ["front": [known]]])
        let record = Leases(addresses: ["a": ["front": [address], "back": [address]], "b": ["front": [address]]])
        let both = observed.completed(by: record)
        #expect(both.addresses["a"] == ["front": [known], "back": [address]])
        #expect(both.addresses["b"] == ["front": [address]])
    }
}
