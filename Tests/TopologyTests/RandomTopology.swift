import TestSupport
import Addressing
import Topology

/// A topology that changes at random, as a file does that people edit while it runs.
struct RandomTopology {
    private(set) var topology = Topology(name: "walk")
    private var generator: SeededGenerator
    private var count = 0

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        for _ in 0..<3 { addNetwork() }
        for _ in 0..<6 { addService() }
    }

    /// Adds, removes, reorders or rescales something.
    mutating func change() {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: addNetwork()
        case 1: removeNetwork()
        case 2: topology.networks.shuffle(using: &generator)
        case 3, 4: topology.services.shuffle(using: &generator)
        case 5, 6: removeService()
        case 7: rescale()
        default: addService()
        }
    }

    private mutating func addNetwork() {
        guard topology.networks.count < 20 else { return }
        count += 1
        var network = Topology.Network(key: "n\(count)")
        network.hasIPv6 = .random(using: &generator)
        network.hasIPv4 = !network.hasIPv6 || Int.random(in: 0..<4, using: &generator) > 0
        network.isInternal = Int.random(in: 0..<4, using: &generator) == 0
        if network.hasIPv4, .random(using: &generator), let subnet = Subnet("10.\(count % 250).0.0/24") {
            var pool = Topology.Network.Pool(subnet: subnet)
            pool.range = .random(using: &generator) ? Subnet("10.\(count % 250).0.64/26") : nil
            pool.auxiliary = ["router": subnet.network.advanced(by: 99)]
            network.pools = [pool]
        }
        topology.networks.append(network)
    }

    private mutating func removeNetwork() {
        guard topology.networks.count > 1, let network = topology.networks.randomElement(using: &generator) else {
            return
        }
        topology.networks.removeAll { $0.key == network.key }
        topology.services.removeAll { service in
            guard case .attached(let attachments) = service.mode else { return false }
            return attachments.contains { $0.network == network.key }
        }
    }

    private mutating func addService() {
        count += 1
        let networks = topology.networks.shuffled(using: &generator).prefix(.random(in: 1...3, using: &generator))
        let attachments = networks.map { Topology.Service.Attachment(network: $0.key) }
        var service = Topology.Service(name: "s\(count)", mode: .attached(attachments))
        service.scale = .random(in: 1...3, using: &generator)
        service.ports = [Topology.PortMapping(published: 8000...8400, target: 80), .init(published: nil, target: 53)]
        // Scaled services keep the number in their names, so that containers are not renamed by a change of scale.
        if service.scale == 1 { service.containerName = "c\(count)" }
        topology.services.insert(service, at: .random(in: 0...topology.services.count, using: &generator))
    }

    private mutating func removeService() {
        guard let index = topology.services.indices.randomElement(using: &generator) else { return }
        topology.services.remove(at: index)
    }

    private mutating func rescale() {
        let scaled = topology.services.indices.filter { topology.services[$0].scale > 1 }
        guard let index = scaled.randomElement(using: &generator) else { return }
        topology.services[index].scale = .random(in: 2...5, using: &generator)
    }
}
