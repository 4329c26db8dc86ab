/// A value that is written as `null` where it is absent, as Docker writes it, rather than left out.
@propertyWrapper
public struct OrNull<Value: Hashable & Sendable & Encodable>: Hashable, Sendable, Encodable {
    /// The value.
    public var wrappedValue: Value?

    /// The value, or `null`.
    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    /// Writes the value or `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}
