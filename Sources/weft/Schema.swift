// What `--json` prints, command by command; `weft ping` has its own in `PingDocument`.
//
// Names and meanings stay as they are; members may be added. A member without a value is left out.

/// `weft plan --json`.
struct PlanDocument: Encodable {
    /// An operation.
    struct Change: Encodable {
        /// `create`, `change` or `remove`.
        let action: String
        /// What kind of object it is, such as `namespace`, `veth` or `rule`.
        let kind: String
        /// The object in a line, its kind first.
        let object: String
        /// What differs, such as `mtu 1500 → 9000`; empty unless `action` is `change`.
        let differences: [String]
        /// Commands of iproute2, iptables and sysctl that would do the same.
        let equivalents: [String]
    }

    /// The topology's name.
    let topology: String
    /// The operations in the order in which they would run.
    let changes: [Change]
    /// How many of them create something.
    let create: Int
    /// How many change something in place.
    let change: Int
    /// How many remove something.
    let remove: Int
    /// What people should know besides.
    let notes: [String]
    /// Keys of the file that have no effect here, such as `services.*.image`.
    let ignored: [String]
}

/// `weft apply --json` and, a document per topology in a list, `weft down --json`.
struct SummaryDocument: Encodable {
    /// The topology's name.
    let topology: String
    /// How many objects were made.
    let created: Int
    /// How many were changed in place.
    let changed: Int
    /// How many were removed.
    let removed: Int
    /// How long it took, in milliseconds.
    let milliseconds: Double
    /// What people should know besides.
    let notes: [String]
    /// Keys of the file that have no effect here; empty for `down`.
    let ignored: [String]
}

/// `weft validate --json`: a list with one of these per file.
struct ValidationDocument: Encodable {
    /// Something that is wrong.
    struct Finding: Encodable {
        /// Line, from 1; absent where it is about the file as a whole.
        let line: Int?
        /// Column in characters, from 1.
        let column: Int?
        /// What is wrong.
        let message: String
        /// What to do about it.
        let hint: String?
    }

    /// The path as given.
    let file: String
    /// Whether nothing is wrong.
    let valid: Bool
    /// The topology's name; absent where the file is not valid.
    let topology: String?
    /// How many networks there are, the implicit ones too; absent where the file is not valid.
    let networks: Int?
    /// How many services there are; absent where the file is not valid.
    let services: Int?
    /// All that is wrong, in file order.
    let errors: [Finding]
    /// What people should know besides.
    let notes: [String]
    /// Keys of the file that have no effect here.
    let ignored: [String]
}

/// `weft ls --json`: a list with one of these per topology.
struct TopologyDocument: Encodable {
    /// The topology's name.
    let name: String
    /// The file that it was last applied from; absent where that is not known.
    let file: String?
    /// Its networks' keys.
    let networks: [String]
    /// Its containers' names.
    let containers: [String]
    /// Whether the last apply or removal came to its end.
    let complete: Bool
}

/// `weft ps --json`: a list with one of these per container.
struct ContainerDocument: Encodable {
    /// An interface.
    struct Endpoint: Encodable {
        /// The network's key, or the cable's name.
        let network: String
        /// The interface's name in the sandbox.
        let interface: String
        /// Addresses with prefix lengths, IPv4 first.
        let addresses: [String]
    }

    /// The container's name, which is also its namespace's if it has one of its own.
    let name: String
    /// The service that it is an instance of.
    let service: String
    /// The topology that it belongs to.
    let topology: String
    /// `host`, or `container:NAME`, where it uses the network stack of the host or of another container.
    let networkMode: String?
    /// Its interfaces; none where the network stack is another's.
    let endpoints: [Endpoint]
    /// Its published ports as Docker writes them: `0.0.0.0:8080->80/tcp`.
    let ports: [String]
}

/// `weft port --json`: a list with one of these per published port.
struct PortDocument: Encodable {
    /// The container's port.
    let target: Int
    /// `tcp`, `udp` or `sctp`.
    let `protocol`: String
    /// The host's address; `0.0.0.0` or `::` for every one.
    let hostAddress: String
    /// The host's port.
    let hostPort: Int
}

/// `weft version --json`.
struct VersionDocument: Encodable {
    /// The version of weft.
    let version: String
}
