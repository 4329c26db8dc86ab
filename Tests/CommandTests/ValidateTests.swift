import TestSupport
import Testing

@testable import weft

@Suite struct ValidateTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test func `all errors of a file are said in one run, each with its line and a caret`() throws {
        try folder.write(
            "shop.yaml",
            """
            name: shop
            networks:
              front: {driver: brigde}
            services:
              web:
                networks: [frnt]
                portz: ["80:80"]

            """)
        let result = try WeftProgram.run("validate", "shop.yaml", in: folder.path)
        #expect(result.status == 65)
        #expect(result.stdout == "")
        let lines = result.stderr.split(separator: "\n").map(String.init)
        let errors = lines.filter { $0.contains(": error: ") }
        #expect(errors.map { $0.prefix { $0 != " " } } == ["shop.yaml:3:19:", "shop.yaml:6:16:", "shop.yaml:7:5:"])
        let place = try #require(lines.firstIndex { $0.hasPrefix("shop.yaml:3:19:") })
        #expect(lines[place + 1] == "  front: {driver: brigde}")
        #expect(lines[place + 2] == "                  ^")
        #expect(lines.contains { $0.hasPrefix("  hint: ") && $0.contains("ports") })
    }

    @Test func `many files are looked at and one bad one decides`() throws {
        try folder.write("a.yaml", "services: {web: {}}\n")
        try folder.write("b.yaml", "services: [\n")
        try folder.write("c.yaml", "services: {web: {}, db: {}}\n")
        let result = try WeftProgram.run("validate", "a.yaml", "b.yaml", "c.yaml", "nowhere.yaml", in: folder.path)
        #expect(result.status == 65)
        #expect(result.stdout == "a.yaml: ok (1 network, 1 service)\nc.yaml: ok (1 network, 2 services)\n")
        #expect(result.stderr.contains("b.yaml:1:11: error: "))
        #expect(result.stderr.contains("weft: nowhere.yaml: no such file\n"))
    }

    @Test func `a port on an address that nothing can reach is a note with its line`() throws {
        try folder.write(
            "shop.yaml",
            """
            networks: {six: {enable_ipv4: false, enable_ipv6: true}, dual: {enable_ipv6: true}, single: {}}
            services:
              web:
                networks: [six]
                ports: ["[::1]:8080:80", "8081:80"]
              api:
                networks: [single]
                ports: ["127.0.0.1:8082:80"]
              both:
                networks: [dual]
                ports: ["[::1]:8083:80"]

            """)
        let result = try WeftProgram.run("validate", "shop.yaml", in: folder.path)
        #expect(result.status == 0)
        let note =
            "shop.yaml:5: nothing will reach the port on ::1: Linux has no way from there to an IPv6 address of a container"
        #expect(result.stderr == "weft: note: \(note)\n")
        let document = try JSON(text: try WeftProgram.run("validate", "--json", "shop.yaml", in: folder.path).stdout)
        #expect(document[0]["notes"].elements.compactMap(\.string) == [note])
    }

    @Test func `JSON has every file with its findings`() throws {
        try folder.write("a.yaml", "name: shop\nservices: {web: {image: nginx}}\n")
        try folder.write("b.yaml", "services: {web: {portz: []}}\n")
        let result = try WeftProgram.run("validate", "--json", "a.yaml", "b.yaml", "nowhere.yaml", in: folder.path)
        #expect(result.status == 65)
        #expect(result.stderr == "")
        let documents = try JSON(text: result.stdout)
        #expect(documents[0]["file"].string == "a.yaml")
        #expect(documents[0]["valid"].bool == true)
        #expect(documents[0]["topology"].string == "shop")
        #expect(documents[0]["networks"].int == 1)
        #expect(documents[0]["services"].int == 1)
        #expect(documents[0]["errors"] == .array([]))
        #expect(documents[0]["ignored"].elements.compactMap(\.string) == ["services.*.image"])
        #expect(documents[1]["valid"].bool == false)
        #expect(documents[1]["errors"][0]["line"].int == 1)
        #expect(documents[1]["errors"][0]["column"].int == 18)
        #expect(documents[1]["errors"][0]["hint"].string != nil)
        #expect(documents[2]["errors"][0]["message"].string == "nowhere.yaml: no such file")
        #expect(documents[2]["errors"][0]["line"] == .null)
    }

    @Test func `no privileges are needed`() throws {
        try folder.write("a.yaml", "services: {web: {}}\n")
        let result = try WeftProgram.runUnprivileged("validate", "a.yaml", in: folder.path)
        #expect(result.status == 0)
        #expect(result.stdout == "a.yaml: ok (1 network, 1 service)\n")
    }

    @Test func `colour is for terminals that want it`() throws {
        try folder.write("a.yaml", "services: [\n")
        // script(1) gives the program a terminal.
        func onTerminal(_ variables: String...) throws -> String {
            try run(
                ["env", "-u", "NO_COLOR", "-C", folder.path] + variables
                    + ["script", "-qec", "\(WeftProgram.path.shellWord) validate a.yaml", "/dev/null"]
            ).stdout
        }
        #expect(try onTerminal("TERM=xterm").contains("\u{1b}[1;31merror:\u{1b}[0m"))
        #expect(try onTerminal("TERM=xterm", "NO_COLOR=").contains("\u{1b}["))
        #expect(try !onTerminal("TERM=xterm", "NO_COLOR=1").contains("\u{1b}"))
        #expect(try !onTerminal("TERM=dumb").contains("\u{1b}"))
        #expect(try !WeftProgram.run("validate", "a.yaml", in: folder.path).stderr.contains("\u{1b}"))
    }
}
