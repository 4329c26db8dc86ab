import Testing
import YAML

@Suite struct SuggestionTests {
    static let keys = ["networks", "network_mode", "ports", "scale", "container_name", "driver", "driver_opts", "ipam"]

    @Test(
        "a slip of one word is taken for it",
        arguments: [
            ("netwroks", "networks"), ("network", "networks"), ("Networks", "networks"),
            ("networks_mode", "network_mode"),
            ("port", "ports"), ("prots", "ports"), ("sclae", "scale"), ("containername", "container_name"),
            ("driver_opt", "driver_opts"), ("drvier", "driver"), ("ipma", "ipam"), ("PORTS", "ports"),
        ])
    func slips(_ word: String, _ meant: String) { #expect(closest(to: word, among: Self.keys) == meant) }

    @Test("other words are taken for none", arguments: ["image", "volumes", "x", "", "sysctls", "driverless_networks"])
    func strangers(_ word: String) { #expect(closest(to: word, among: Self.keys) == nil) }

    @Test("of equally near words the first is taken")
    func ties() { #expect(closest(to: "wab", among: ["web", "wob", "wab2"]) == "web") }

    @Test("a word itself is nearest to itself")
    func identity() { #expect(closest(to: "web", among: ["wed", "web"]) == "web") }

    @Test("huge words cost nothing", .timeLimit(.minutes(1)))
    func hugeWords() {
        let huge = String(repeating: "a", count: 1_000_000)
        #expect(closest(to: huge, among: [huge + "b"]) == nil)
        #expect(closest(to: "a", among: [huge]) == nil)
    }
}
