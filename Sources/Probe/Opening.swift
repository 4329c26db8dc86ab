import Addressing
import CLinux
import Glibc
import Linux
import Planning
import Topology

/// What has to be opened in one namespace.
struct Visit {
    var families: Set<IPFamily> = []
    var waysOut: [Int] = []
    var clients: [Int] = []
    var servers: [PortServer.Address] = []

    /// What `promises` need, namespace by namespace, in the order in which they are mentioned.
    static func all(for promises: [Promise]) -> [(Namespace, Visit)] {
        var order: [Namespace] = []
        var visits: [Namespace: Visit] = [:]
        var served: Set<PortServer.Address> = []
        func note(_ namespace: Namespace, _ change: (inout Visit) -> Void) {
            if visits[namespace] == nil { order.append(namespace) }
            change(&visits[namespace, default: Visit()])
        }
        for (index, promise) in promises.enumerated() {
            note(promise.from) { visit in
                switch promise.trial {
                case .echo(let address, _): visit.families.insert(address.family)
                case .wayOut: visit.waysOut.append(index)
                case .port: visit.clients.append(index)
                case .names: break
                }
            }
            guard let container = promise.to else { continue }
            // Whether it exists must be known even if there is nothing to open in it.
            note(container) { _ in }
            guard case .port(let port) = promise.trial else { continue }
            let address = PortServer.Address(container: container, port)
            if served.insert(address).inserted { note(container) { $0.servers.append(address) } }
        }
        return order.map { ($0, visits[$0] ?? Visit()) }
    }
}

/// Everything that is open while promises are tried, and what opening it has already told.
struct Opening {
    struct Place: Hashable {
        var namespace: Namespace
        var family: IPFamily
    }

    var echoes: [Place: EchoSocket] = [:]
    var clients: [Int: Socket] = [:]
    var servers: [PortServer.Address: Result<PortServer, SystemCallError>] = [:]
    var observations: [Int: Observation] = [:]
    var missing: Set<Namespace> = []

    /// Opens what `promises` need, in every namespace that exists.
    init(for promises: [Promise], mark: EchoSocket.Mark) throws(ProbeError) {
        var visits: [(Namespace, Visit)] = []
        var namespaces: [NetworkNamespace] = []
        for (name, visit) in Visit.all(for: promises) {
            guard let namespace = try embedding(ProbeError.self, name.open) else {
                missing.insert(name)
                continue
            }
            namespaces.append(namespace)
            visits.append((name, visit))
        }
        var result = self
        var rest = visits[...]
        _ = try NetworkNamespace.visit(namespaces) { _ throws(ProbeError) in
            guard let (name, visit) = rest.popFirst() else { return }
            try embedding(ProbeError.self) { () throws(SystemCallError) in
                try result.open(visit, in: name, promises, mark)
            }
        }
        self = result
    }

    /// Opens what `visit` lists in the calling thread's namespace.
    private mutating func open(
        _ visit: Visit, in name: Namespace, _ promises: [Promise], _ mark: EchoSocket.Mark
    ) throws(SystemCallError) {
        for family in visit.families.sorted() {
            do throws(SystemCallError) {
                echoes[Place(namespace: name, family: family)] = try EchoSocket(family, mark: mark)
            } catch  where error.errno == .familyNotSupported {
                // Each echo will say so.
            }
        }
        for index in visit.waysOut {
            guard case .wayOut(let family) = promises[index].trial else { continue }
            observations[index] = try Observation(wayOutIn: family)
        }
        for address in visit.servers {
            do throws(SystemCallError) {
                let token = PortToken(run: mark.token, number: servers.count + 1)
                servers[address] = .success(try PortServer(address, run: mark.token, token: token))
            } catch  where [.addressInUse, .familyNotSupported, .protocolNotSupported].contains(error.errno) {
                servers[address] = .failure(error)
            }
        }
        for index in visit.clients {
            guard case .port(let port) = promises[index].trial else { continue }
            do throws(SystemCallError) {
                clients[index] = try PortClient.socket(for: port)
            } catch  where error.errno == .familyNotSupported {
                observations[index] = .failed(.refused(error.errno))
            } catch  where error.errno == .protocolNotSupported {
                observations[index] = .notChecked(.unsupported(port.transport))
            }
        }
    }
}

extension Opening {
    /// What is known of a promise without sending anything.
    func observation(of promise: Promise, number: Int) -> Observation? {
        if let known = observations[number] { return known }
        if missing.contains(promise.from) { return .failed(.noNamespace(promise.from)) }
        if let to = promise.to, promise.isToSucceed, missing.contains(to) { return .failed(.noNamespace(to)) }
        switch promise.trial {
        case .names(let expected):
            return Observation(namesIn: "\(promise.from)", expected)
        case .echo(let address, _):
            let place = Place(namespace: promise.from, family: address.family)
            return echoes[place] == nil ? .failed(.refused(.familyNotSupported)) : nil
        case .port(let port): return observation(of: port, in: promise.to ?? promise.from)
        case .wayOut: return nil
        }
    }

    private func observation(of port: Promise.PublishedPort, in container: Namespace) -> Observation? {
        if port.address.isLoopback, port.address.family == .v6, port.serverAddress.family == .v6 {
            return .notChecked(.loopback)
        }
        guard case let server? = servers[.init(container: container, port)] else {
            return .failed(.noNamespace(container))
        }
        switch server {
        case .success: return nil
        case .failure(let error) where error.errno == .addressInUse:
            return port.transport == .udp ? .notChecked(.portInUse) : nil
        case .failure(let error) where error.errno == .protocolNotSupported:
            return .notChecked(.unsupported(port.transport))
        case .failure(let error): return .failed(.refused(error.errno))
        }
    }

    /// What the server of a port answers; `nil` where the container's own program answers.
    func token(for promise: Promise) -> PortToken? {
        guard case .port(let port) = promise.trial, let container = promise.to,
            case .success(let server)? = servers[.init(container: container, port)]
        else { return nil }
        return server.token
    }
}

extension Namespace {
    /// The namespace itself; `nil` where there is none of that name, or just a leftover file.
    func open() throws(SystemCallError) -> NetworkNamespace? {
        do throws(SystemCallError) {
            switch self {
            case .host: return try .current(name: "\(self)")
            case .named(let name): return try NetworkNamespace(named: name)
            case .path(let path): return try NetworkNamespace(path: path)
            }
        } catch  where [.noEntry, .noDeviceOperation, .invalid].contains(error.errno) {
            return nil
        }
    }
}
