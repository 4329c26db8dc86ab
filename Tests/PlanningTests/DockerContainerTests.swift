import Addressing
import Planning
import TestSupport
import Testing
import Topology

@Suite struct DockerContainerTests {
    private func container(_ name: String) throws -> JSON {
        let layout = try DockerReference.layout()
        let container = try #require(layout.containers.first { $0.name == name })
        return try JSON(of: DockerContainer(container, in: layout))
    }

    @Test(arguments: ["app", "web", "in1", "v6", "linked", "hidden", "sidecar"])
    func `a container's settings have the members of Docker's, with values of the same kinds`(name: String) throws {
        let optional: Set = ["Aliases", "DNSNames", "DriverOpts"]
        let ours = try container(name)["NetworkSettings"].shape(optional: optional)
        let docker = try DockerReference.json("networksettings-\(name)").shape(optional: optional)
        #expect(ours == docker)
    }

    @Test(arguments: ["app", "web", "in1", "v6", "linked", "hidden", "sidecar"])
    func `a container's addresses are those that Docker gave`(name: String) throws {
        // Docker's proxy listens on IPv6 for containers that have none.
        let left: Set = [
            "SandboxID", "SandboxKey", "EndpointID", "NetworkID", "Aliases", "DNSNames", "DriverOpts", "Ports",
        ]
        let ours = try container(name)["NetworkSettings"].without(left)
        #expect(ours == (try DockerReference.json("networksettings-\(name)").without(left)))
    }

    @Test func `ports are listed with the host's address and port as text`() throws {
        let ports = try container("web")["NetworkSettings"]["Ports"]
        #expect(ports["80/tcp"][0] == .object(["HostIp": .string("0.0.0.0"), "HostPort": .string("8080")]))
        #expect(ports["53/udp"][0] == .object(["HostIp": .string("127.0.0.1"), "HostPort": .string("5353")]))
    }

    @Test func `a port that is reached at the container's address has no bindings`() throws {
        var layout = try Layout.bridge(containers: 1)
        let address = layout.containers[0].endpoints[0].addresses[0].address
        layout.containers[0].openPorts = [.init(address: address, target: 80, transport: .tcp)]
        let settings = try JSON(of: DockerContainer(layout.containers[0], in: layout))["NetworkSettings"]
        #expect(settings["Ports"] == .object(["80/tcp": .null]))
    }

    @Test func `names and aliases are listed where they lead to the container`() throws {
        let networks = try container("app")["NetworkSettings"]["Networks"]
        #expect(networks["my-bridge"]["Aliases"] == .array([.string("www")]))
        #expect(networks["my-bridge"]["DNSNames"] == .array([.string("app"), .string("www")]))
        let linked = try container("linked")["NetworkSettings"]["Networks"]["bridge"]
        #expect(linked["Aliases"] == .null)
        #expect(linked["DNSNames"] == .null)
    }

    @Test func `an endpoint has the same identifier seen from its container and from its network`() throws {
        let layout = try DockerReference.layout()
        let web = try container("web")
        let id = try #require(web["Id"].string)
        let network = try #require(
            DockerNetwork.all(of: [FoundTopology(layout: layout)]).first { $0.network.name == "my-bridge" })
        let endpoint = try JSON(of: network.network)["Containers"][id]
        #expect(endpoint["Name"].string == "web")
        let settings = web["NetworkSettings"]["Networks"]["my-bridge"]
        #expect(endpoint["EndpointID"] == settings["EndpointID"])
        #expect(settings["NetworkID"].string == network.network.id)
        #expect(web["Name"].string == "/web")
        #expect(web["NetworkSettings"]["SandboxKey"].string == "/run/netns/web")
    }
}
