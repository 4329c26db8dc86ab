/// A hash that is the same in every run and on every machine, so that names derived from it can be found again.
///
/// FNV-1a with 64 bits (draft-eastlake-fnv) and a final mix; not for anything that must withstand an attacker.
public enum StableHash {
    /// The hash of the UTF-8 bytes of `text`.
    public static func value(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return mixed(hash)
    }

    /// The first `digits` lower-case hexadecimal digits of the hash of `text`: 1 to 16.
    public static func hex(_ text: String, digits: Int) -> String {
        precondition(1...16 ~= digits)
        let all = String(value(text), radix: 16)
        return String((String(repeating: "0", count: 16 - all.count) + all).prefix(digits))
    }

    /// 64 lower-case hexadecimal digits that stand for `text`, as long as Docker's identifiers.
    ///
    /// The first 16 are those of ``hex(_:digits:)``.
    public static func identifier(_ text: String) -> String {
        hex(text, digits: 16) + (1...3).map { hex("\(text)\n\($0)", digits: 16) }.joined()
    }

    /// Spreads the last byte over the high digits, which FNV leaves nearly alone in short texts (the finaliser of
    /// SplitMix64).
    private static func mixed(_ hash: UInt64) -> UInt64 {
        var hash = hash
        hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        return hash ^ hash >> 31
    }
}
