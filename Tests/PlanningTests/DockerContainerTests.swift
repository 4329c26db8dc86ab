import Addressing
import Planning
import TestSupport
import Testing
import Topology
import YAML

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

    @Test func `what only the file knows is shown as Docker shows it`() throws {
        let file = """
            name: lab
            networks: {lan: {ipam: {options: {foo: bar}, config: [{subnet: 10.1.0.0/24}]}}}
            services:
              a:
                networks:
                  lan:
                    interface_name: wan0
                    driver_opts: {com.docker.network.endpoint.sysctls: net.ipv4.conf.IFNAME.rp_filter=2}
                expose: ["3000", "3001-3002/udp", "80"]
                ports: ["8080:80"]
                links: ["b:database", b]
              b: {networks: [lan]}
              c: {network_mode: none, expose: [90]}
            """
        let topology = try Topology(decoding: try Document.parse(Array(file.utf8)), defaultName: "x")
        let layout = try Layout(of: topology, leases: Leases(), surroundings: Surroundings())
        #expect(topology.ignoredKeys == [])
        func settings(_ index: Int) throws -> JSON {
            try JSON(of: DockerContainer(layout.containers[index], in: layout))["NetworkSettings"]
        }
        let ports = try settings(0)["Ports"]
        let open = ["3000/tcp", "3001/udp", "3002/udp"]
        #expect(
            ports == .object(Dictionary(uniqueKeysWithValues: open.map { ($0, .null) } + [("80/tcp", ports["80/tcp"])]))
        )
        #expect(ports["80/tcp"][0]["HostPort"].string == "8080")
        let endpoint = try settings(0)["Networks"]["lab_lan"]
        let numbered = ["lab-b:b-1", "lab-b:lab-b-1"]
        let links = ["lab-b:database"] + numbered + ["lab-b:b"] + numbered
        #expect(endpoint["Links"] == .array(links.map { .string($0) }))
        #expect(
            endpoint["DriverOpts"]
                == .object([
                    "com.docker.network.endpoint.ifname": .string("wan0"),
                    "com.docker.network.endpoint.sysctls": .string("net.ipv4.conf.IFNAME.rp_filter=2"),
                ]))
        #expect(try settings(2)["Ports"] == .object([:]))
        let networks = DockerNetwork.all(of: [FoundTopology(layout: layout)]).map(\.network)
        let network = try JSON(of: try #require(networks.first { $0.name == "lab_lan" }))
        #expect(network["IPAM"]["Options"] == .object(["foo": .string("bar")]))
    }

    @Test func `names and aliases are listed where they lead to the container`() throws {
        let networks = try container("app")["NetworkSettings"]["Networks"]
        // Compose asks for the container's name and the service's, here the same.
        #expect(networks["my-bridge"]["Aliases"] == .array(["app", "app", "www"].map { .string($0) }))
        let id = try #require(try container("app")["Id"].string).prefix(12)
        #expect(networks["my-bridge"]["DNSNames"] == .array(["app", "www", String(id)].map { .string($0) }))
        let linked = try container("linked")["NetworkSettings"]["Networks"]["bridge"]
        #expect(linked["Aliases"] == .null)
        #expect(linked["DNSNames"] == .null)
    }

    @Test func `names are Compose's, then the identifier's beginning and the hostname, wherever a link leads`() throws {
        let file = """
            name: lab
            networks: {lan: {}, far: {}}
            services:
              a: {networks: {lan: {aliases: [x, b]}, far: {}}, hostname: alpha, domainname: example.org, links: [b]}
              b: {networks: [lan], scale: 2}
            """
        let topology = try Topology(decoding: try Document.parse(Array(file.utf8)), defaultName: "x")
        let layout = try Layout(of: topology, leases: Leases(), surroundings: Surroundings())
        let all = try layout.containers.map { try JSON(of: DockerContainer($0, in: layout)) }
        let ids = try all.map { try #require($0["Id"].string).prefix(12) }.map(String.init)
        func endpoint(_ index: Int, _ network: String) -> JSON { all[index]["NetworkSettings"]["Networks"][network] }
        func list(_ names: String...) -> JSON { .array(names.map { .string($0) }) }
        #expect(endpoint(0, "lab_lan")["Aliases"] == list("lab-a", "a", "x", "b"))
        #expect(endpoint(0, "lab_lan")["DNSNames"] == list("lab-a", "a", "x", "b", ids[0], "alpha"))
        #expect(endpoint(0, "lab_far")["Aliases"] == list("lab-a", "a"))
        #expect(endpoint(2, "lab_lan")["DNSNames"] == list("lab-b-2", "b", ids[2]))
        let links = list(
            "lab-b-1:b", "lab-b-1:b-1", "lab-b-1:lab-b-1", "lab-b-2:b", "lab-b-2:b-1", "lab-b-2:lab-b-1")
        #expect(endpoint(0, "lab_lan")["Links"] == links)
        #expect(endpoint(0, "lab_far")["Links"] == links)
        #expect(endpoint(1, "lab_lan")["Links"] == .null)
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
