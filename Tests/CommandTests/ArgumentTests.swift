import Testing

@testable import weft

@Suite struct ArgumentTests {
    static let loud = Option("verbose", letter: "v", "say more")
    static let speed = Option("speed", letter: "s", value: "N", "how fast")
    static let options = [loud, speed, .help]

    private func parse(_ line: String, _ operands: [Operand] = [.optional("A"), .optional("B")]) throws -> Arguments {
        try Arguments(line.split(separator: " ").map(String.init), options: Self.options, operands: operands)
    }

    @Test(arguments: ["-v one", "one -v", "--verbose one", "-v -- one", "-v -v one"])
    func `a switch may stand anywhere`(line: String) throws {
        let arguments = try parse(line)
        #expect(arguments.has(Self.loud))
        #expect(arguments.operands == ["one"])
    }

    @Test(arguments: ["--speed 5", "--speed=5", "-s 5", "-vs 5", "-vs 5 one", "--speed 1 --speed 5"])
    func `a value follows its option or an equals sign, and the last one counts`(line: String) throws {
        #expect(try parse(line)[Self.speed] == "5")
    }

    @Test func `a value may begin with a dash, be empty or hold an equals sign`() throws {
        #expect(try parse("--speed -5")[Self.speed] == "-5")
        #expect(try parse("--speed=")[Self.speed] == "")
        #expect(try parse("--speed=a=b")[Self.speed] == "a=b")
    }

    @Test func `nothing after two dashes is an option`() throws {
        let arguments = try parse("-- --verbose -v")
        #expect(!arguments.has(Self.loud))
        #expect(arguments.operands == ["--verbose", "-v"])
    }

    @Test func `one dash is an operand`() throws {
        #expect(try parse("-").operands == ["-"])
    }

    @Test(arguments: [
        ("--vrebose", UsageError.unknownOption("--vrebose", suggestion: "--verbose")),
        ("--sped=3", .unknownOption("--sped", suggestion: "--speed")),
        ("--colour", .unknownOption("--colour", suggestion: nil)),
        ("-x", .unknownOption("-x", suggestion: nil)),
        ("-vx", .unknownOption("-x", suggestion: nil)),
        ("--speed", .missingValue(speed)),
        ("one -s", .missingValue(speed)),
        ("--verbose=yes", .unexpectedValue(loud)),
        ("one two three", .unexpectedOperand("three")),
    ])
    func `what makes no sense is refused`(line: String, error: UsageError) {
        #expect(throws: error) { try parse(line) }
    }

    @Test func `an operand that must be there is missed by name`() {
        #expect(throws: UsageError.missingOperand("FILE")) { try parse("-v", [.one("FILE")]) }
        #expect(throws: UsageError.missingOperand("CMD")) { try parse("web", [.one("CONTAINER"), .rest("CMD")]) }
        #expect(throws: UsageError.missingOperand("CMD")) { try parse("web --", [.one("CONTAINER"), .rest("CMD")]) }
    }

    @Test func `help needs no operands`() throws {
        #expect(try parse("--help", [.one("FILE")]).has(.help))
        #expect(try parse("-h", [.one("CONTAINER"), .rest("CMD")]).has(.help))
    }

    @Test func `many operands and a pair count as they say`() throws {
        #expect(try parse("1 2 3 4", [.many("FILE")]).operands.count == 4)
        #expect(try parse("1 2 3", [.optional("NAME"), .pair("FROM TO")]).operands.count == 3)
        #expect(throws: UsageError.unexpectedOperand("4")) {
            try parse("1 2 3 4", [.optional("NAME"), .pair("FROM TO")])
        }
    }

    @Test(arguments: [
        ("web ls -v --help", ["ls", "-v", "--help"]),
        ("web -- ls -v", ["ls", "-v"]),
        ("web ls -- -v", ["ls", "--", "-v"]),
        ("-v web -- -- ls", ["--", "ls"]),
        ("-- web ls --help", ["ls", "--help"]),
    ])
    func `another program's command line is left as it is`(line: String, rest: [String]) throws {
        let arguments = try parse(line, [.one("CONTAINER"), .rest("CMD")])
        #expect(arguments.operands == ["web"])
        #expect(arguments.rest == rest)
        #expect(arguments.has(Self.loud) == line.hasPrefix("-v"))
        #expect(!arguments.has(.help))
    }

    @Test(arguments: [("0.5", 0.5), ("30", 30), ("1e3", 1000)])
    func `seconds may have a fraction`(text: String, seconds: Double) throws {
        #expect(try parse("--speed \(text)").seconds(Self.speed) == seconds)
    }

    @Test(arguments: ["0", "-1", "nan", "inf", "1e9", "5s", "ten"])
    func `what is no time to wait is refused`(text: String) throws {
        let arguments = try parse("--speed=\(text)")
        let expected = "a number of seconds, more than 0 and at most 86400"
        #expect(throws: UsageError.invalidValue(Self.speed, text, expected: expected)) {
            try arguments.seconds(Self.speed)
        }
    }
}
