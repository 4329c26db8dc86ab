import Netlink
import Planning
import Reconcile
import TestSupport
import Testing
import Topology
import YAML

/// Two bridges, three containers, a published port and a cable: a little of everything.
let sampleFile = """
    name: shop
    networks:
      front: {ipam: {config: [{subnet: 10.77.1.0/24}]}}
      back: {internal: true, enable_ipv6: true, ipam: {config: [{subnet: 10.77.2.0/24}, {subnet: "fd00:77:2::/64"}]}}
    services:
      web: {networks: [front], ports: ["8080:80"]}
      api: {networks: {front: {aliases: [gateway]}, back: {}}}
      db: {networks: [back]}
    links:
      - {type: veth, endpoints: [{service: web, interface: cable0, addresses: [10.77.9.1/30]}, {service: db, interface: cable0, addresses: [10.77.9.2/30]}]}
    """

/// The topology that the text of a file declares.
func topology(_ text: String) throws -> Topology {
    try Topology(decoding: try Document.parse(Array(text.utf8)), defaultName: "test")
}

/// What is still to do so that the machine is as `text` says.
func plan(_ text: String, host: String? = nil, firewall: FirewallKind = .iptables) throws -> [String] {
    let session = try Session.open(forChange: false) {}
    return try session.propose(topology(text), file: nil, firewall: firewall, host: host).plan.lines
}

/// What people are told of a plan for what `text` declares, but for what an ordinary user always is: that bpf(2) is not permitted.
func notes(on text: String, host: String? = nil, firewall: FirewallKind? = nil) throws -> [String] {
    try Session.open(forChange: false) {}.propose(topology(text), file: nil, firewall: firewall, host: host).notes
        .filter { !$0.contains(": bpf(2): ") }
}

/// Makes the machine as `text` says.
@discardableResult
func apply(_ text: String, host: String? = nil, firewall: FirewallKind = .iptables) throws -> Summary {
    let session = try Session.open(forChange: true) {}
    let proposal = try session.propose(topology(text), file: nil, firewall: firewall, host: host)
    return try session.apply(proposal, progress: { _ in }, isCancelled: { false })
}

/// Removes a topology.
func remove(_ name: String) throws {
    let session = try Session.open(forChange: true) {}
    _ = try session.apply(session.proposeRemoval(of: name), progress: { _ in }, isCancelled: { false })
}

/// Makes the topology `lab` as `text` says, looks that nothing is left to do, and takes it away again without a trace.
func checkLifecycle(of text: String, while body: () throws -> Void) throws {
    func census() throws -> Census {
        var census = try Census.take()
        census.files.removeAll { $0 == "/run/weft" }
        return census
    }
    let before = try census()
    try apply(text)
    #expect(try plan(text) == [])
    #expect(try apply(text) == Summary(of: []))
    try body()
    try remove("lab")
    #expect(try census() == before)
}

extension Plan<KernelObject> {
    /// The plan as people read it.
    var lines: [String] {
        operations.map { operation in
            switch operation {
            case .create(let object): "+ \(object)"
            case .update(let old, let new): "~ \(new) \(old.changes(to: new).joined(separator: ", "))"
            case .delete(let object): "- \(object)"
            }
        }
    }
}

/// How many packets the interface `eth0` of the container `lab-<name>` has received.
func receivedPackets(by name: String) throws -> Int {
    let link = try json(of: "ip", "-n", "lab-\(name)", "-j", "-s", "link", "show", "dev", "eth0")[0]
    return try #require(link["stats64"]["rx"]["packets"].int)
}

/// A shell command in the test's namespaces; it must succeed.
@discardableResult
func shell(_ command: String) throws -> String { try output(of: "sh", "-c", command) }
