// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// What a target may import is the design: the pure ones (Addressing, YAML, Links, Topology, Planning) reach
// neither C module, so planning cannot touch the machine.
let package = Package(
    name: "weft",
    targets: [
        .systemLibrary(name: "CMnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
        .target(name: "CLinux"),

        .target(name: "Addressing", swiftSettings: strict),
        .target(name: "YAML", swiftSettings: strict),
        .target(name: "Links", dependencies: ["Addressing"], swiftSettings: strict),
        .target(name: "Topology", dependencies: ["Addressing", "Links", "YAML"], swiftSettings: strict),
        .target(name: "Planning", dependencies: ["Addressing", "Links", "Topology"], swiftSettings: strict),

        .target(name: "Linux", dependencies: ["CLinux"], swiftSettings: strict),
        .target(
            name: "Netlink", dependencies: ["Addressing", "CLinux", "CMnl", "Links", "Linux"], swiftSettings: strict),
        .target(
            name: "Reconcile",
            dependencies: ["Addressing", "Links", "Linux", "Netlink", "Planning", "Topology", "YAML"],
            swiftSettings: strict),
        .target(
            name: "Probe", dependencies: ["Addressing", "CLinux", "Linux", "Netlink", "Planning", "Topology"],
            swiftSettings: strict),
        .executableTarget(
            name: "weft",
            dependencies: [
                "Addressing", "Links", "Linux", "Netlink", "Planning", "Probe", "Reconcile", "Topology", "YAML",
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport", dependencies: ["CLinux", "Linux"], path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "AddressingTests", dependencies: ["Addressing"], swiftSettings: strict),
        .testTarget(
            name: "YAMLTests", dependencies: ["YAML", "TestSupport"], exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "TopologyTests", dependencies: ["Addressing", "Links", "TestSupport", "Topology", "YAML"],
            exclude: ["Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "PlanningTests",
            dependencies: ["Addressing", "Links", "Planning", "TestSupport", "Topology", "YAML"],
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "NetlinkTests", dependencies: ["Addressing", "CLinux", "Links", "Linux", "Netlink", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "KernelTests",
            dependencies: [
                "Addressing", "Links", "Linux", "Netlink", "Planning", "Probe", "Reconcile", "TestSupport", "Topology",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Addressing", "Links", "Linux", "Planning", "Probe", "Reconcile", "TestSupport", "Topology", "YAML",
                "weft",
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
