import Addressing
import Linux
import Planning

/// What a hosts file says (`hosts(5)`).
struct HostsFile {
    private var addresses: [Substring: [Substring]] = [:]

    /// Reads the lines of `content`: an address, then names; `#` begins a comment.
    init(_ content: String) {
        for line in content.split(separator: "\n") {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let address = words.first else { continue }
            for name in words.dropFirst() where addresses[name]?.contains(address) != true {
                addresses[name, default: []].append(address)
            }
        }
    }

    /// The names of `expected` that do not lead to just the addresses that they must.
    func faults(_ expected: [[Promise.HostName]]) -> [NameFault] {
        var names: [String] = []
        var wanted: [String: [IPAddress]] = [:]
        for entry in expected.joined() {
            for name in entry.names {
                if wanted[name] == nil { names.append(name) }
                if wanted[name]?.contains(entry.address) != true { wanted[name, default: []].append(entry.address) }
            }
        }
        return names.compactMap { name in
            let expected = wanted[name] ?? []
            let found = addresses[name[...]] ?? []
            guard Set(expected.map { "\($0)" }) != Set(found.map(String.init)) else { return nil }
            return NameFault(name: name, expected: expected, found: found.map(String.init))
        }
    }
}

extension Observation {
    /// Whether the hosts file of the sandbox `container` has the names that it must.
    init(namesIn container: String, _ expected: [[Promise.HostName]]) {
        let path = ConfigurationFile(container: container, name: "hosts", content: "").path
        do throws(SystemCallError) {
            let content = String(decoding: try readFile(path, limit: 16 << 20), as: UTF8.self)
            let faults = HostsFile(content).faults(expected)
            self = faults.isEmpty ? .succeeded(nanoseconds: nil) : .failed(.names(faults))
        } catch {
            self = .failed(.unreadable(error))
        }
    }
}
