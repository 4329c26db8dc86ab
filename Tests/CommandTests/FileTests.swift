import Glibc
import Linux
import TestSupport
import Testing

@testable import weft

/// Topology files as the commands find and read them.
@Suite struct FileTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test(arguments: ["validate", "apply", "plan"])
    func `a missing file is told apart from a bad one and suggests its neighbour`(command: String) throws {
        try folder.write("shop.yaml", "services: {web: {}}\n")
        let result = try WeftProgram.run(command, "shpo.yaml", in: folder.path)
        #expect(result.status == 65)
        #expect(result.stderr == "weft: shpo.yaml: no such file\n  hint: did you mean `shop.yaml`?\n")
    }

    @Test func `a folder is no file`() throws {
        try folder.makeFolder("shop")
        let result = try WeftProgram.run("validate", "shop", in: folder.path)
        #expect(result.status == 65)
        #expect(
            result.stderr == "weft: shop: a directory, not a file\n  hint: name the file in it: shop/topology.yaml\n")
    }

    @Test(arguments: ["validate", "apply"])
    func `a file of 100 MiB is refused by its size`(command: String) throws {
        let path = try folder.write("large.yaml", "")
        #expect(truncate(path, 100 << 20) == 0)
        let result = try WeftProgram.run(command, path)
        #expect(result.status == 65)
        #expect(result.stderr == "weft: \(path): larger than 16 MiB, the most a topology may have\n")
    }

    @Test func `a file that may not be read is refused with the kernel's reason`() throws {
        let path = try folder.write("secret.yaml", "services: {}\n")
        #expect(chmod(path, 0) == 0)
        // Without capabilities even root must have the permission.
        let result = try WeftProgram.runUnprivileged("validate", path)
        #expect(result.status == 65)
        #expect(result.stderr == "weft: \(path): Permission denied\n")
    }

    @Test(arguments: [["topology.yaml"], ["compose.yaml"], ["compose.yml"], ["docker-compose.yml"]])
    func `a file of a usual name is found without being named`(names: [String]) throws {
        for name in names { try folder.write(name, "services: {web: {}}\n") }
        let result = try WeftProgram.run("validate", in: folder.path)
        #expect(result.stdout == "\(names[0]): ok (1 network, 1 service)\n")
    }

    @Test func `a topology file is preferred to a Compose file`() throws {
        try folder.write("compose.yaml", "services: {web: {}}\n")
        try folder.write("topology.yaml", "services: {web: {}, db: {}}\n")
        #expect(
            try WeftProgram.run("validate", in: folder.path).stdout == "topology.yaml: ok (1 network, 2 services)\n")
    }

    @Test func `a dash is standard input`() throws {
        let result = try WeftProgram.run("validate", "-", input: "name: shop\nservices: {web: {}}\n")
        #expect(result.stdout == "<stdin>: ok (1 network, 1 service)\n")
        let bad = try WeftProgram.run("validate", "-", input: "services: [\n")
        #expect(bad.status == 65)
        #expect(bad.stderr.hasPrefix("<stdin>:1:11: error: "))
    }

    @Test(arguments: [
        ("name: shop\nservices: {web: {}}\n", "shop"),
        ("name: shop\nservices: {web: {bogus: 1}}\n", "shop"),
        ("name: \"shop\" # the shop\nservices: [unclosed\n", "shop"),
        ("services: {web: {}}\n", "my-lab"),
        ("name: a${B}\nservices: {web: {bogus: 1}}\n", nil), ("- 1\n", "my-lab"),
        ("services: [unclosed\n", nil),
        ("", nil),
    ])
    func `the topology's name is read even where the rest is wrong`(text: String, name: String?) throws {
        let lab = try folder.makeFolder("My-Lab")
        try atomicWrite("\(lab)/x.yaml", text.utf8, mode: 0o644)
        #expect(try TopologyFile(path: "\(lab)/x.yaml").topologyName == name)
    }

    @Test func `an operand is a path if it looks or exists like one`() throws {
        try folder.makeFolder("dir")
        let file = try folder.write("plain", "")
        for operand in ["-", "a/b", "./x", "x.yaml", "x.yml", file] {
            #expect(TopologyFile.isPath(operand), "\(operand)")
        }
        for operand in ["shop", "yaml", "my-lab_2"] { #expect(!TopologyFile.isPath(operand), "\(operand)") }
    }

    @Test func `variables come from the environment and, where it has none, from the file beside`() throws {
        try folder.write(".env", "NAME=beside\nSCALE=2\n")
        try folder.write(
            "x.yaml", "name: ${NAME}\nservices: {web: {scale: \"${SCALE:-1}\", ports: [\"${PORT?}:80\"]}}\n")
        try folder.write("y.yaml", "services: [unclosed\n")
        #expect(try WeftProgram.run("down", "y.yaml", in: folder.path).status == 65)
        let set = try WeftProgram.run("down", "y.yaml", in: folder.path, environment: ["COMPOSE_PROJECT_NAME": "set"])
        #expect(set.stdout == "nothing of set is here\n")
        func topology(_ variables: [String: String]) throws -> JSON {
            let result = try WeftProgram.run("validate", "--json", "x.yaml", in: folder.path, environment: variables)
            return try JSON(text: result.stdout)[0]
        }
        let document = try topology(["PORT": "8080-8081", "NAME": "above"])
        #expect(document["topology"].string == "above")
        #expect(try topology(["PORT": "8080-8081"])["topology"].string == "beside")
        #expect(try topology([:])["errors"][0]["message"].string?.contains("PORT") == true)
    }

    @Test func `a line of variables may be quoted, commented and exported`() {
        let text = """
            # a comment
            A=1
              B = two words # and a comment
            export C='it is $5 # here'
            D="quoted # text" # comment
            E=
            F=#nothing
            G=a#b
            H=${A}
            I="${A}"
            J="unclosed
            =no name
            K
            #L=1
            M=a=b\r
            """
        #expect(
            Variables.parse(text) == [
                "A": "1", "B": "two words", "C": "it is $5 # here", "D": "quoted # text", "E": "", "F": "", "G": "a#b",
                "M": "a=b",
            ])
    }

    @Test func `a folder of that name is not a file of variables`() throws {
        try folder.makeFolder(".env")
        try folder.write("x.yaml", "name: x\nservices: {web: {}}\n")
        #expect(try WeftProgram.run("validate", "x.yaml", in: folder.path).status == 0)
    }
}
