// Addresses are text wherever they are stored or printed as JSON.

extension Decoder {
    fileprivate func value<Value>(_ read: (String) -> Value?) throws -> Value {
        let container = try singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = read(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a \(Value.self): \(text)")
        }
        return value
    }
}

extension Encodable where Self: CustomStringConvertible {
    fileprivate func encodeText(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension IPAddress: Codable {
    /// Reads the textual form.
    public init(from decoder: any Decoder) throws { self = try decoder.value { IPAddress($0) } }
    /// Writes the textual form.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

extension Subnet: Codable {
    /// Reads the textual form.
    public init(from decoder: any Decoder) throws { self = try decoder.value { Subnet($0) } }
    /// Writes the textual form.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

extension InterfaceAddress: Codable {
    /// Reads the textual form.
    public init(from decoder: any Decoder) throws { self = try decoder.value { InterfaceAddress($0) } }
    /// Writes the textual form.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}

extension MACAddress: Codable {
    /// Reads the textual form.
    public init(from decoder: any Decoder) throws { self = try decoder.value { MACAddress($0) } }
    /// Writes the textual form.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}
