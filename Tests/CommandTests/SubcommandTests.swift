import Testing

@testable import weft

@Suite struct SubcommandTests {
    private static let all = Command.all.flatMap(\.subcommands)

    @Test func `a subcommand is found by its two words, and the rest is left`() throws {
        let (command, rest) = try Command.leading(["network", "inspect", "front", "--json"])
        #expect(command.name == "network inspect")
        #expect(rest == ["front", "--json"])
        #expect(try Command.leading(["network", "--help"]).command.name == "network")
        #expect(try Command.leading(["network"]).command.name == "network")
        #expect(try Command.leading(["ls", "x"]).rest == ["x"])
    }

    @Test func `an unknown subcommand comes with the one that was meant`() {
        #expect(throws: UsageError.unknownCommand("network lss", suggestion: "weft network ls")) {
            try Command.leading(["network", "lss"])
        }
    }

    @Test(arguments: all.map(\.name))
    func `the help of a subcommand fits a screen and names every option`(name: String) throws {
        let command = try Command.leading(name.split(separator: " ").map(String.init)).command
        #expect(command.name == name)
        let help = Help.of(command)
        #expect(help.count <= 24)
        #expect(help.allSatisfy { $0.count <= 80 })
        for option in command.options { #expect(help.contains { $0.contains("--\(option.name)") }) }
        #expect(!command.examples.isEmpty)
    }

    @Test func `the help of a command lists its subcommands`() throws {
        let help = Help.of(try Command.named("network"))
        for command in Command.network.subcommands { #expect(help.contains { $0.hasPrefix("  \(command.name)") }) }
    }

    @Test(arguments: ["0", "65536", "80/icmp", "80/", "x", "80/tcp/x"])
    func `what is no port of a container is refused`(word: String) {
        #expect(throws: UsageError.self) { try PublishedTarget(word) }
    }

    @Test func `a port of a container is TCP's unless another protocol is named`() throws {
        #expect("\(try PublishedTarget("80"))" == "80/tcp")
        #expect("\(try PublishedTarget("53/udp"))" == "53/udp")
    }
}
