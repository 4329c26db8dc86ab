import Planning
import TestSupport
import Testing
import Topology
import YAML

/// An overlay over two hosts beside what Docker printed of the same one; its `docker_gwbridge` is our `weft_gwbridge`.
@Suite struct DockerOverlayTests {
    private static let file = """
        name: lab
        hosts: {node1: {address: 192.168.205.10/24}, node2: {address: 192.168.205.11/24}}
        networks: {demo: {driver: overlay, name: demo}}
        services:
          test1: {host: node1, networks: [demo], container_name: test1}
          test2: {host: node2, networks: [demo], container_name: test2}
        """

    private func layout() throws -> Layout {
        let topology = try Topology(decoding: try Document.parse(Array(Self.file.utf8)), defaultName: "lab")
        return try Layout(of: topology, leases: Leases(), surroundings: Surroundings())
    }

    /// Our network and Docker's, without what is another on every machine or newer than Docker's was; and their endpoints.
    private func networks(
        _ name: String, _ layout: Layout, _ reference: String
    ) throws -> (ours: [JSON], docker: [JSON]) {
        let all = DockerNetwork.all(of: [FoundTopology(layout: layout)]).map(\.network)
        let pair = [
            try JSON(of: try #require(all.first { $0.name == name })), try DockerReference.json(reference)[0],
        ].map { network in
            let endpoints = (network["Containers"].fields ?? [:]).values.map {
                "\($0["MacAddress"].string ?? "") \($0["IPv4Address"].string ?? "")"
            }
            return [
                network.without(["Id", "Created", "EnableIPv4", "Status", "Containers"]),
                .array(endpoints.sorted().map { .string($0) }),
            ]
        }
        return (pair[0], pair[1])
    }

    @Test func `an overlay reads as Docker prints it, with the endpoints of all hosts`() throws {
        let (ours, docker) = try networks("demo", layout(), "inspect-overlay")
        #expect(ours == docker)
    }

    @Test func `the gateway bridge of a host reads as Docker prints it`() throws {
        var part = try layout()
        part.containers.removeAll { $0.host != "node1" }
        let (ours, docker) = try networks("weft_gwbridge", part, "inspect-gwbridge")
        #expect(ours == docker)
    }

    @Test func `a container's own name leads first to its address on the overlay`() throws {
        let state = State<KernelObject>(desiredBy: try layout(), firewall: .none)
        let content = state.objects.values.compactMap { object -> String? in
            guard case .file(let file) = object, file.container == "test1", file.name == "hosts" else { return nil }
            return file.content
        }.first
        let lines = (content ?? "").split(separator: "\n").map { withoutIdentifier($0) }
        #expect(lines.suffix(3) == ["10.0.0.2\ttest1", "172.18.0.2\ttest1", "10.0.0.3\ttest2"])
    }
}
