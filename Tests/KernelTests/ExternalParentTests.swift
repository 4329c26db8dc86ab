import Addressing
import Reconcile
import TestSupport
import Testing
import Topology
import YAML

/// Networks of other topologies that are no bridges of this machine: used where they can be, and refused where not.
@Suite(.enabled(if: Sandbox.isAvailable, "\(Sandbox.requirement)"))
struct ExternalParentTests {
    private static func owner(_ driver: String, _ options: String) -> String {
        """
        name: shop
        networks:
          lan:
            driver: \(driver)
            driver_opts: {\(options)}
            ipam: {config: [{subnet: 10.5.0.0/24, gateway: 10.5.0.1}]}
        services: {web: {networks: [lan]}}
        """
    }
    private static let guest = """
        name: guest
        networks: {theirs: {external: true, name: shop_lan}}
        services: {app: {networks: {theirs: {aliases: [cache]}}}}
        """

    private func reaches(_ from: String, _ address: String) throws -> Bool {
        try isEchoed(by: address, from: from)
    }

    /// Makes the interface `nic0`, which leads to 10.5.0.1.
    private func makeOutside() throws {
        try shell(
            """
            ip netns add out; ip link add nic0 type veth peer name nic1 netns out; ip link set nic0 up
            ip -n out link set nic1 up; ip -n out addr add 10.5.0.1/24 dev nic1
            """)
    }

    /// Applies a topology and one that uses its network, and takes both away; nothing is left of either.
    private func checkLife(of owner: String, _ body: () throws -> Void) throws {
        func links() throws -> String { try shell("ip -o link show | cut -d: -f1,2") }
        let before = try links()
        try apply(owner)
        let parents = try links()
        try apply(Self.guest)
        #expect(try plan(Self.guest) == [])
        #expect(try plan(owner) == [])
        #expect(try links() == parents)
        #expect(try shell("ip -n guest-app addr show eth0").contains("10.5.0.3/24"))
        #expect(try shell("cat /etc/netns/guest-app/hosts").contains("10.5.0.2\tshop-web web "))
        try body()
        let error = try #require(throws: ReconcileError.self) { try remove("shop") }
        guard case .activeEndpoints(let networks) = error else { throw error }
        #expect(networks.map(\.name) == ["shop_lan"])
        #expect(networks.flatMap(\.members) == ["guest: guest-app"])
        try remove("guest")
        #expect(try links() == parents)
        #expect(try plan(owner) == [])
        try remove("shop")
        #expect(try links() == before)
        #expect(try shell("ls /run/netns").contains("app") == false)
    }

    @Test(.requires(.macvlan)) func `a macvlan network is used upon the parent that it has`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            try checkLife(of: Self.owner("macvlan", "parent: nic0")) { () throws in
                for address in ["10.5.0.1", "10.5.0.2"] { #expect(try reaches("guest-app", address)) }
                #expect(try reaches("shop-web", "10.5.0.3"))
                let error = try #require(throws: ReconcileError.self) {
                    try apply(Self.owner("macvlan", "parent: nic0").replacing("10.5.0", with: "10.6.0"))
                }
                guard case .activeEndpoints = error else { throw error }
                try apply(
                    Self.owner("macvlan", "parent: nic0").replacing("{web:", with: "{db: {networks: [lan]}, web:"))
                #expect(try shell("ip -n shop-db addr show eth0").contains("10.5.0.4/24"))
                try apply(Self.owner("macvlan", "parent: nic0"))
            }
        }
    }

    @Test(.requires(.ipvlan)) func `so is an ipvlan network`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            try checkLife(of: Self.owner("ipvlan", "parent: nic0")) { () throws in
                for address in ["10.5.0.1", "10.5.0.2"] { #expect(try reaches("guest-app", address)) }
            }
        }
    }

    @Test(.requires(.vlan)) func `a VLAN that the owner has made as parent stays the owner's`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            try checkLife(of: Self.owner("macvlan", "parent: nic0.7")) { () throws in
                #expect(try reaches("guest-app", "10.5.0.2"))
                #expect(try shell("ip -o link show nic0.7").contains("weft:shop/lan"))
            }
        }
    }

    @Test(.requires(.dummy)) func `and so does a dummy`() async throws {
        try await inPrivateNamespaces {
            try checkLife(of: Self.owner("macvlan", "")) { () throws in #expect(try reaches("guest-app", "10.5.0.2")) }
        }
    }

    /// Why `guest` is refused on a machine with the topology `owner`.
    private func refusal(of owner: String, host: String? = nil) throws -> Diagnostic {
        try apply(owner, host: host)
        let before = try Census.take()
        let error = try #require(throws: ReconcileError.self) { try apply(Self.guest) }
        guard case .missing(let diagnostics) = error else { throw error }
        #expect(try Census.take() == before)
        try remove("shop")
        return try #require(diagnostics.all.first)
    }

    private static func spread(_ network: String) -> String {
        """
        name: shop
        hosts: {n1: {address: 192.0.2.10/24, interface: nic0}, n2: {address: 192.0.2.11/24, interface: nic0}}
        networks: {lan: {\(network)}}
        services: {web: {host: n1, networks: [lan]}, db: {host: n2, networks: [lan]}}
        """
    }

    @Test(
        .requires(.nftables),
        arguments: ["driver: bridge", "driver: overlay", "driver: routed, ipam: {config: [{subnet: 10.244.0.0/16}]}"])
    func `what a lab's hosts have is refused with the reason`(_ network: String) async throws {
        try await inPrivateNamespaces {
            let refusal = try refusal(of: Self.spread(network))
            #expect(
                refusal.message
                    == "network `theirs` is external, and shop_lan of topology shop is one of a lab's hosts, in namespaces of their own"
            )
            #expect(refusal.mark == Mark(line: 2, column: 43))
            #expect(refusal.hint == "put the services into the file of shop")
        }
    }

    @Test(.requires(.nftables), arguments: ["overlay", "routed", "macvlan"])
    func `what spans machines is refused with the reason`(_ driver: String) async throws {
        let options = driver == "macvlan" ? ", driver_opts: {parent: nic0}" : ""
        let subnet = driver == "routed" ? "16" : "24"
        try await inPrivateNamespaces {
            try makeOutside()
            try shell("ip addr add 192.0.2.10/24 dev nic0")
            let refusal = try refusal(
                of: Self.spread("driver: \(driver)\(options), ipam: {config: [{subnet: 10.244.0.0/\(subnet)}]}"),
                host: "n1")
            #expect(
                refusal.message
                    == "network `theirs` is external, and shop_lan of topology shop is of driver \(driver) and spans hosts, "
                    + "which know of no endpoints but those of their own file")
            #expect(refusal.mark == Mark(line: 2, column: 43))
        }
    }

    @Test(.requires(.nftables)) func `a bridge that a machine has as one host is used like any other`() async throws {
        try await inPrivateNamespaces {
            try makeOutside()
            try shell("ip addr add 192.0.2.10/24 dev nic0")
            let owner = Self.spread("ipam: {config: [{subnet: 10.5.0.0/24}]}")
            try apply(owner, host: "n1")
            try apply(Self.guest)
            #expect(try plan(Self.guest) == [])
            #expect(try plan(owner, host: "n1") == [])
            #expect(try reaches("guest-app", "10.5.0.2"))
        }
    }
}
