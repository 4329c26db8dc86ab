/// A line of a container's hosts file without the last name, which is the beginning of an identifier: 12 hexadecimal digits.
public func withoutIdentifier(_ line: some StringProtocol) -> String {
    let name = line.suffix(13)
    let isIdentifier = name.count == 13 && name.first == " " && name.dropFirst().allSatisfy(\.isHexDigit)
    return String(isIdentifier ? line.dropLast(13) : line[...])
}
