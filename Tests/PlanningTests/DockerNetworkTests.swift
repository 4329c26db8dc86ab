import Addressing
import Planning
import TestSupport
import Testing
import Topology

@Suite struct DockerNetworkTests {
    /// Members whose values are another's on every machine.
    private static let identities: Set = ["Id", "EndpointID", "Created"]
    /// Members that the engine of the reference did not have yet.
    private static let added: Set = ["EnableIPv4", "Status"]

    private func network(_ name: String, of layout: Layout) throws -> JSON {
        let networks = DockerNetwork.all(of: [FoundTopology(layout: layout)]).map(\.network)
        return try JSON(of: try #require(networks.first { $0.name == name }))
    }

    @Test(arguments: ["my-bridge", "isolated", "noicc", "dual", "host", "none"])
    func `a network reads as Docker prints it, but for its identities`(name: String) throws {
        let ours = try network(name, of: DockerReference.layout())
        let docker = try DockerReference.json("inspect-\(name)")[0]
        #expect(ours.without(Self.identities.union(Self.added)) == docker.without(Self.identities))
        #expect(ours["Id"].string?.isIdentifier == true)
        #expect(ours.shape(optional: []).contains(".Created: string"))
    }

    @Test func `the predefined bridge differs from Docker's by its device and by a gateway that weft chose`() throws {
        let left: Set = ["com.docker.network.bridge.name", "Gateway"]
        let ours = try network("bridge", of: DockerReference.layout())
        let docker = try DockerReference.json("inspect-bridge")[0]
        #expect(
            ours.without(Self.identities.union(Self.added).union(left)) == docker.without(Self.identities.union(left)))
        #expect(ours["Options"]["com.docker.network.bridge.name"].string == "weft0")
        #expect(ours["IPAM"]["Config"][0]["Gateway"].string == "172.17.0.1")
    }

    @Test func `without any topology there are the three networks that are always there`() throws {
        let networks = DockerNetwork.all(of: [])
        #expect(networks.map(\.network.name) == ["bridge", "host", "none"])
        #expect(networks.map(\.network.driver) == ["bridge", "host", "null"])
        for network in networks {
            let empty = try DockerReference.json("inspect-bridge-empty")[0]
            let ours = try JSON(of: network.network)
            guard case .object(let members) = ours, case .object(let expected) = empty else {
                Issue.record("no object")
                continue
            }
            #expect(Set(members.keys).subtracting(["EnableIPv4"]) == Set(expected.keys))
        }
    }

    @Test func `the status counts what is given out, and what is free in the range`() throws {
        let status = try network("my-bridge", of: DockerReference.layout())["Status"]["IPAM"]["Subnets"]
        // First and last address, gateway, auxiliary address, app and web.
        #expect(status["172.28.0.0/16"]["IPsInUse"].int == 6)
        // Of the 256 of the range, the gateway's, the auxiliary one and app's are not free.
        #expect(status["172.28.0.0/16"]["DynamicIPsAvailable"].int == 253)
        let dual = try network("dual", of: DockerReference.layout())["Status"]["IPAM"]["Subnets"]
        #expect(dual["10.79.0.0/24"]["IPsInUse"].int == 4)
        #expect(dual["10.79.0.0/24"]["DynamicIPsAvailable"].int == 252)
        #expect(dual["fd00:79::/64"]["IPsInUse"].int == 3)
        #expect(try network("host", of: DockerReference.layout())["Status"] == .null)
    }

    @Test func `a network's identifier begins as the name of its bridge does`() throws {
        let layout = try Layout.bridge("demo", containers: 1)
        let id = layout.identifier(of: layout.networks[0])
        #expect("br-" + id.prefix(12) == layout.networks[0].bridge)
        #expect(id.isIdentifier)
    }

    @Test func `identifiers of different things differ`() throws {
        let layouts = [try Layout.bridge("a", containers: 3), try Layout.bridge("b", containers: 3)]
        let ids = layouts.flatMap { layout in
            layout.networks.map(layout.identifier) + layout.containers.map(layout.identifier)
        }
        #expect(Set(ids).count == 8)
    }

    @Test func `a network that was made says when, and one of all topologies when the first made it`() throws {
        let layout = try DockerReference.layout()
        let early = FoundTopology(layout: layout, created: ["bridge": "2026-01-01T00:00:00.5Z", "dual": "2027"])
        let late = FoundTopology(layout: Layout(name: "other"), created: ["bridge": "2026-02-01T00:00:00.5Z"])
        let networks = DockerNetwork.all(of: [late, early]).map(\.network)
        #expect(networks.first { $0.name == "bridge" }?.created == "2026-01-01T00:00:00.5Z")
        #expect(networks.first { $0.name == "dual" }?.created == "2027")
        #expect(networks.first { $0.name == "host" }?.created == "0001-01-01T00:00:00Z")
    }
}
