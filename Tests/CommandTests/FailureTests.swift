import Addressing
import Links
import Linux
import Planning
import Probe
import TestSupport
import Testing
import Topology
import YAML

@testable import Reconcile
@testable import weft

@Suite struct FailureTests {
    static let bridge = KernelObject.link(Link(namespace: .host, name: "br0", kind: .bridge, alias: "weft:shop/front"))
    static let denied = SystemCallError(call: "open", errno: .accessDenied, object: "/run/weft")

    private func lines(_ error: ReconcileError) -> [String] {
        error.explanation.lines
    }

    @Test func `a refusal names the object and the kernel's reason`() {
        #expect(
            lines(.kernel("Numerical result out of range (ERANGE)", object: Self.bridge)) == [
                "weft: bridge br0: Numerical result out of range (ERANGE)"
            ])
        #expect(lines(.kernel("no reply", object: nil)) == ["weft: no reply"])
    }

    @Test func `a name that is taken is listed with who has it`() {
        let collision = Collision(object: Self.bridge, obstacle: "a dummy link named br0 exists and is not weft's")
        #expect(
            lines(.collisions([collision])) == [
                "weft: something stands in the way:", "  bridge br0: a dummy link named br0 exists and is not weft's",
                "  hint: rename or delete what is there, or choose other names in the file",
            ])
    }

    @Test func `who meets another topology's gateway bridge is told how to name the file's`() {
        let bridge = KernelObject.link(
            Link(namespace: .host, name: "weft_gwbridge", kind: .bridge, alias: "weft:shop/weft_gwbridge"))
        let collision = Collision(object: bridge, obstacle: "a bridge link named weft_gwbridge exists")
        #expect(
            lines(.collisions([collision])).suffix(2) == [
                "  hint: each topology's overlays have a gateway bridge of their own; this one's gets another name by",
                "        networks: {weft_gwbridge: {driver_opts: {com.docker.network.bridge.name: NAME}}}",
            ])
    }

    @Test func `a port that is taken is listed with who has it`() throws {
        let address = try #require(IPAddress("172.18.0.2"))
        let port = Layout.Port(
            hostAddress: nil, published: 8080, address: address, target: 80, transport: .tcp, network: "front")
        let conflict = PortConflict(container: "shop-web", port: port, holder: "a process listens on 0.0.0.0:8080")
        #expect(
            lines(.portsInUse([conflict])) == [
                "weft: ports are in use:", "  0.0.0.0:8080->80/tcp of shop-web: a process listens on 0.0.0.0:8080",
                "  hint: publish other ports, or end what has them",
            ])
    }

    @Test func `a kernel without a link type comes with its build option and module`() {
        let gre = KernelObject.link(
            Link(namespace: .named("lab-a"), name: "t0", kind: .device(.gre(GRE(.gre))), alias: "weft:lab/link-t0"))
        let missing = [
            MissingOption(option: GRE(.gre).option, links: [gre]),
            MissingOption(option: Bridge(vlanFiltering: true).option, links: [Self.bridge]),
        ]
        #expect(
            lines(.kernelLacks(missing)) == [
                "weft: the kernel lacks what links of the file need:", "  gre lab-a:t0",
                "  hint: CONFIG_NET_IPGRE is the kernel's build option: `modprobe ip_gre` loads it where it is a module",
                "  bridge br0", "  hint: CONFIG_BRIDGE_VLAN_FILTERING is the kernel's build option",
            ])
    }

    @Test func `an unknown topology comes with the nearest one`() {
        #expect(
            lines(.noSuchTopology("shpo", known: ["lab", "shop"])) == [
                "weft: no topology 'shpo' is on the machine", "  hint: did you mean `shop`?",
            ])
    }

    @Test func `after a rollback the cause is said, and that all is as before`() {
        #expect(
            lines(.rolledBack(cause: .kernel("Device or resource busy (EBUSY)", object: Self.bridge))) == [
                "weft: bridge br0: Device or resource busy (EBUSY)", "  the machine is as it was before",
            ])
    }

    @Test func `after a failed rollback both reasons are said, and what is left`() {
        let error = ReconcileError.notRolledBack(
            cause: .kernel("one", object: nil), then: .kernel("two", object: nil), remains: [.delete(Self.bridge)])
        #expect(
            lines(error) == [
                "weft: one", "  and going back failed: two", "  to be as before, this is to do:", "    - bridge br0",
                "  hint: `weft apply FILE` and `weft down NAME` start from whatever there is",
            ])
    }

    @Test func `of a long list the first are shown`() {
        let names = (0..<30).map { Operation<KernelObject>.delete(.up(LinkUp(namespace: .host, link: "l\($0)"))) }
        let shown = lines(.residue(names))
        #expect(shown.count == 23)
        #expect(shown.contains("    … and 10 more"))
    }

    @Test func `an interruption says what became of the machine`() {
        func lines(_ interruption: Interruption, _ error: ReconcileError) -> [String] {
            Failure.interrupted(interruption, error).explanation?.lines ?? []
        }
        #expect(
            lines(.interrupt, .rolledBack(cause: .cancelled)) == ["weft: interrupted: the machine is as it was before"])
        #expect(lines(.timeout, .cancelled) == ["weft: timed out: nothing was changed"])
        let error = ReconcileError.notRolledBack(cause: .cancelled, then: .kernel("two", object: nil), remains: [])
        #expect(lines(.terminate, error).prefix(2) == ["weft: terminated", "  and going back failed: two"])
    }

    @Test func `a removal of all that is interrupted says what stays`() {
        let failure = Failure.unfinished(.interrupt, remaining: ["lab", "shop"])
        #expect(failure.explanation?.lines == ["weft: interrupted: not removed: lab, shop"])
    }

    @Test func `exit codes tell the kinds of failure apart`() {
        let none = Diagnostics([Diagnostic("x", at: nil)])
        let codes: [(Failure, ExitCode)] = [
            (.usage(.noCommand, command: nil), .usage),
            (.unreadable("x", Self.denied), .badFile),
            (.machine(.layout(none)), .badFile),
            (.notPermitted([.netAdmin]), .notPermitted),
            (.machine(.kernel("x", object: nil)), .refused),
            (.machine(.collisions([])), .refused),
            (.interrupted(.interrupt, .cancelled), .refused), (.unfinished(.interrupt, remaining: []), .refused),
            (.unstartable("x", .noEntry), .noProgram),
            (.unstartable("x", .accessDenied), .notExecutable),
        ]
        for (failure, code) in codes {
            for standing in [Caller.Standing.ordinaryUser, .confinedRoot, .root] {
                #expect(failure.exitCode(for: Caller(words: [], standing: standing)) == code, "\(failure)")
            }
        }
    }

    @Test func `what the kernel denies is a lack of privileges but to root`() {
        let failures: [Failure] = [
            .system(Self.denied), .machine(.system(Self.denied)), .probe(.system(Self.denied)),
            .machine(.rolledBack(cause: .system(Self.denied))),
        ]
        for failure in failures {
            #expect(failure.exitCode(for: Caller(words: [], standing: .ordinaryUser)) == .notPermitted)
            #expect(failure.exitCode(for: Caller(words: [], standing: .confinedRoot)) == .notPermitted)
            #expect(failure.exitCode(for: Caller(words: [], standing: .root)) == .refused)
        }
    }

    @Test func `what helps depends on who asks`() {
        let failure = Failure.notPermitted([.netAdmin, .sysAdmin])
        func lines(_ standing: Caller.Standing) -> [String] {
            failure.lines(for: Caller(words: ["weft", "apply", "my shop.yaml"], standing: standing), color: false)
        }
        let first = "weft: not permitted: CAP_NET_ADMIN and CAP_SYS_ADMIN are missing"
        #expect(lines(.ordinaryUser) == [first, "  run: sudo weft apply 'my shop.yaml'"])
        #expect(lines(.confinedRoot).count == 2)
        #expect(lines(.confinedRoot).last?.contains("`unshare -rnm`") == true)
        #expect(
            lines(.root) == [
                first,
                "  hint: root is without them here, as in a container: start it with --cap-add=CAP_NET_ADMIN "
                    + "--cap-add=CAP_SYS_ADMIN",
            ])
    }

    @Test func `a folder of records that somebody planted is pointed out`() {
        let planted = SystemCallError(call: "open", errno: .notPermitted, object: "/run/weft, owned by user 1000")
        #expect(
            Failure.machine(.system(planted)).lines(for: Caller(words: [], standing: .root), color: false) == [
                "weft: open /run/weft, owned by user 1000: Operation not permitted (EPERM)",
                "  hint: weft did not make it so: see who did, and remove it",
            ])
    }

    @Test(arguments: ["", "plain", "two words", "it's", "$HOME `id` \"x\" \\", "a;b&c|d", "*", "-n", "a\nb"])
    func `a word in a suggested command line is read back by a shell as it was`(word: String) throws {
        #expect(try output(of: "sh", "-c", "printf %s \(word.shellWord)") == word)
    }

    @Test func `what a terminal would act on is shown as an escape`() {
        #expect("a\u{1b}[31mb\n".inQuotes == #"'a\u{1B}[31mb\n'"#)
        #expect("größe".inQuotes == "'größe'")
    }
}
