// Bytes compare with ASCII literals: `byte == "-"`, `case "[":`.
extension UInt8 {
    static func == (byte: UInt8, ascii: Unicode.Scalar) -> Bool { byte == UInt8(ascii: ascii) }
    static func != (byte: UInt8, ascii: Unicode.Scalar) -> Bool { byte != UInt8(ascii: ascii) }
    static func ~= (ascii: Unicode.Scalar, byte: UInt8) -> Bool { byte == UInt8(ascii: ascii) }

    /// Whether a token ends here whatever it is: a blank, a line break or the end of the text.
    var isBlankOrEnd: Bool { self == " " || self == "\n" || self == "\t" || self == 0 }
    /// Whether it separates or closes the entries of a flow collection, or opens one.
    var isFlowIndicator: Bool { self == "," || self == "[" || self == "]" || self == "{" || self == "}" }
    /// The digit's value, either case.
    var hexadecimalValue: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
