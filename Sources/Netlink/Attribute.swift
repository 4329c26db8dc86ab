/// One `struct nlattr` and what is nested in it, before encoding.
enum Node: Hashable, Sendable {
    case leaf(UInt16, [UInt8])
    /// Attributes inside an attribute, after a fixed header in the rare cases that have one.
    case nest(UInt16, header: [UInt8], [Node])
}

/// An attribute that is legal only inside `Space`, such as `LinkSpace` for `IFLA_*`.
///
/// Attributes nest in a request as they nest on the wire; one of another space does not compile. An element of a
/// list of attributes may be `nil`, and is then left out.
public struct Attribute<Space>: Hashable, Sendable {
    let node: Node

    /// The integer `value` in the machine's byte order, as rtnetlink has them.
    init(_ type: some BinaryInteger, _ value: some FixedWidthInteger & BitwiseCopyable) {
        node = .leaf(UInt16(type), wireBytes(of: value))
    }

    /// The integer `value` in network byte order, as netfilter has them, and a port everywhere.
    init(_ type: some BinaryInteger, bigEndian value: some FixedWidthInteger & BitwiseCopyable) {
        node = .leaf(UInt16(type), wireBytes(of: value.bigEndian))
    }

    /// Text, which ends with a zero byte on the wire.
    init(_ type: some BinaryInteger, _ text: String) {
        var bytes = Array(text.utf8)
        bytes.append(0)
        node = .leaf(UInt16(type), bytes)
    }

    /// Bytes as they are, such as an address or a C structure.
    init(_ type: some BinaryInteger, bytes: [UInt8]) { node = .leaf(UInt16(type), bytes) }

    /// An attribute whose presence is its meaning.
    init(flag type: some BinaryInteger) { node = .leaf(UInt16(type), []) }

    /// A nest of attributes of the space `Inner`.
    init<Inner>(_ type: some BinaryInteger, header: [UInt8] = [], nest: [Attribute<Inner>?]) {
        var nodes: [Node] = []
        nodes.reserveCapacity(nest.count)
        for attribute in nest { if let attribute { nodes.append(attribute.node) } }
        node = .nest(UInt16(type), header: header, nodes)
    }
}

/// The bytes of a C structure or integer, as they lie in memory.
func wireBytes<Value: BitwiseCopyable>(of value: Value) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
