import Testing

@testable import weft

@Suite struct HelpTests {
    @Test func `the overview fits a screen and names every command`() {
        #expect(Help.overview.count <= 24)
        #expect(Help.overview.allSatisfy { $0.count <= 80 })
        for command in Command.all { #expect(Help.overview.contains { $0.hasPrefix("  \(command.name)") }) }
    }

    @Test(arguments: Command.all.map(\.name))
    func `the help of a command fits a screen and names every option`(name: String) throws {
        let command = try Command.named(name)
        let help = Help.of(command)
        #expect(help.count <= 24)
        #expect(help.allSatisfy { $0.count <= 80 })
        for option in command.options { #expect(help.contains { $0.contains("--\(option.name)") }) }
        #expect(!command.examples.isEmpty)
    }

    @Test func `help is laid out in columns`() throws {
        #expect(
            Help.of(.apply) == [
                "weft apply: make the machine as the file says",
                "",
                "usage: weft apply [OPTIONS] [FILE]",
                "",
                "  -v, --verbose          print what is done, line by line",
                "      --host NAME        the host that this machine is; else as last time",
                "      --firewall KIND    iptables (default), nftables, none; else as last time",
                "      --timeout SECONDS  give up after this time, as after Ctrl-C",
                "      --json             print JSON",
                "  -h, --help             print this",
                "",
                "What is as it should be is left alone. An apply that fails or is interrupted",
                "takes back what it did. `weft plan FILE` says beforehand what would be done.",
                "",
                "  sudo weft apply topologies/bridge.yaml",
            ])
    }

    @Test func `names and options of commands are unique`() {
        #expect(Set(Command.all.map(\.name)).count == Command.all.count)
        for command in Command.all {
            let options = command.options + [.help]
            #expect(Set(options.map(\.name)).count == options.count)
            #expect(Set(options.compactMap(\.letter)).count == options.compactMap(\.letter).count)
        }
    }

    @Test func `an unknown command comes with the one that was meant`() {
        #expect(throws: UsageError.unknownCommand("aply", suggestion: "weft apply")) { try Command.named("aply") }
        #expect(throws: UsageError.unknownCommand("frobnicate", suggestion: nil)) { try Command.named("frobnicate") }
    }

    @Test(arguments: [
        (["up"], "apply"), (["config"], "validate"), (["network", "create"], "apply"),
        (["network", "list"], "network ls"),
    ])
    func `a word of Docker's or Compose's comes with the command that does the same`(words: [String], meant: String) {
        let name = words.joined(separator: " ")
        #expect(throws: UsageError.unknownCommand(name, suggestion: "weft \(meant)")) { try Command.leading(words) }
    }
}
