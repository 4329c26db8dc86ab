import Glibc
import Linux
import Topology
import YAML

/// A topology file that has been read.
struct TopologyFile: Sendable {
    /// What a file is called that is found without being named, as by Compose, and in its order of preference.
    static let usualNames = ["topology.yaml", "compose.yaml", "compose.yml", "docker-compose.yml"]

    /// The path as people gave it.
    let path: String
    /// What the file holds.
    let bytes: [UInt8]

    /// Reads the file at `path`; `-` is standard input.
    init(path: String) throws(Failure) {
        do throws(SystemCallError) {
            let limit = Limits.standard.maxBytes
            if path == "-" {
                self.path = "<stdin>"
                bytes = try Descriptor.open("/dev/stdin", O_RDONLY).read(limit: limit)
            } else {
                self.path = path
                bytes = try readFile(path, limit: limit)
            }
        } catch {
            throw .unreadable(path, error)
        }
    }

    /// Reads the file that an operand names, or else the one of a usual name in the current folder.
    init(operand: String?, for command: Command) throws(Failure) {
        if let operand {
            try self.init(path: operand)
        } else if let name = Self.usualNames.first(where: { access($0, F_OK) == 0 }) {
            try self.init(path: name)
        } else {
            throw .usage(.noFile, command: command)
        }
    }

    /// Whether `operand` means a file rather than the name of a topology.
    static func isPath(_ operand: String) -> Bool {
        if operand == "-" || operand.contains("/") { return true }
        if operand.hasSuffix(".yaml") || operand.hasSuffix(".yml") { return true }
        var status = stat()
        return stat(operand, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
    }

    /// The path from the root, so that it means the same from any folder; `nil` for what is no file on a disk.
    var absolutePath: String? {
        resolved(path).flatMap { $0.hasPrefix("/proc/") || $0.hasPrefix("/dev/") ? nil : $0 }
    }

    /// The path from the root that a file had that is not there any more; `nil` if its folder is gone as well.
    static func absolute(lost path: String) -> String? {
        let (folder, name) = split(path)
        return resolved(folder).map { "\($0)/\(name)" }
    }

    /// The file beside the missing one at `path` whose name is most like it.
    static func neighbour(of path: String) -> String? {
        let (folder, name) = split(path)
        do throws(SystemCallError) {
            let near = closest(to: name, among: try listDirectory(folder))
            return near.map { folder == "." ? $0 : "\(folder)/\($0)" }
        } catch {
            // A folder that cannot be listed suggests nothing.
            return nil
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}

/// The path from the root with every symbolic link followed (realpath(3)); `nil` where there is nothing.
private func resolved(_ path: String) -> String? {
    guard let path = realpath(path, nil) else { return nil }
    defer { free(path) }
    return String(cString: path)
}

extension TopologyFile {
    /// What the file declares, checked as a whole.
    func topology() throws(Failure) -> Topology {
        let variables = try variables()
        do throws(Diagnostics) {
            return try Topology(decoding: try document(), defaultName: folderName, variables: variables)
        } catch {
            throw .invalid(self, error)
        }
    }

    private func variables() throws(Failure) -> [String: String] {
        do throws(SystemCallError) {
            return try Variables.known(in: folder)
        } catch {
            throw .unreadable(folder + "/.env", error)
        }
    }

    private func document() throws(Diagnostics) -> Node {
        do throws(Diagnostic) { return try Document.parse(bytes) } catch { throw Diagnostics([error]) }
    }

    /// The name of the topology, whatever else is wrong with the file; `nil` where even that cannot be read.
    var topologyName: String? {
        do throws(Failure) { return try topology().name } catch { return nameSet ?? nameAlone }
    }

    private var nameSet: String? {
        do throws(Failure) { return Topology.nameSet(in: try variables()) } catch { return nil }
    }

    private var nameAlone: String? {
        do throws(Diagnostics) {
            return Self.name(in: try document(), orElse: Topology.normalized(name: folderName))
        } catch {
            return nameLine.flatMap { line in
                do throws(Diagnostic) {
                    return Self.name(in: try Document.parse(Array(line)), orElse: nil)
                } catch {
                    return nil
                }
            }
        }
    }

    private static func name(in document: Node, orElse other: String?) -> String? {
        guard case .mapping(let entries) = document.content,
            let entry = entries.first(where: { $0.key == "name" })
        else { return other }
        guard case .scalar(let name, _) = entry.value.content, !name.contains("$") else { return nil }
        return name
    }

    /// The line of the file that begins with `name:`.
    private var nameLine: ArraySlice<UInt8>? {
        bytes.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: "name:".utf8) }
    }

    /// The folder that the file is in; the current one for what is no file on a disk.
    private var folder: String { absolutePath.map { Self.split($0).folder } ?? resolved(".") ?? "." }

    /// The name of that folder, which names a topology that has none of its own.
    private var folderName: String { folder.split(separator: "/").last.map(String.init) ?? "" }
}
