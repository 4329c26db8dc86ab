/// What becomes of each key of a kind of mapping: Compose's keys, and this project's own.
struct Vocabulary {
    /// What becomes of a key.
    enum Verdict: Hashable {
        /// Read, and has an effect.
        case used
        /// Known to Compose, no effect on networking; listed under the path.
        case ignored(String)
        /// Known, with an effect on networking that is not built.
        case refused(hint: String?)
        /// The user's own, `x-…`.
        case `extension`
        case unknown
    }

    /// How the mapping is named in the list of ignored keys, such as `services.*`; empty for the file itself.
    let path: String
    let used: Set<String>
    let ignored: Set<String>
    /// Keys with what to do instead, if there is something.
    let refused: [String: String?]

    init(path: String, used: Set<String>, ignored: Set<String> = [], refused: [String: String?] = [:]) {
        self.path = path
        self.used = used
        self.ignored = ignored
        self.refused = refused
    }

    /// Every key that is not an error of spelling.
    var known: [String] { (used.union(ignored)).union(refused.keys).sorted() }

    subscript(key: String) -> Verdict {
        if used.contains(key) { return .used }
        if ignored.contains(key) { return .ignored(path.isEmpty ? key : "\(path).\(key)") }
        if let hint = refused[key] { return .refused(hint: hint) }
        return key.hasPrefix("x-") ? .extension : .unknown
    }
}

extension Vocabulary {
    private static let ownExtension: [String: String?] = ["x-weft": nil]

    static let file = Vocabulary(
        path: "", used: ["name", "hosts", "networks", "services", "links"],
        ignored: ["version", "volumes", "configs", "secrets", "models"],
        refused: ownExtension.merging([
            "include": "put the services of the other file here"
        ]) { $1 })

    static let host = Vocabulary(path: "hosts.*", used: ["address", "interface", "gateway", "mtu", "labels"])

    static let network = Vocabulary(
        path: "networks.*",
        used: [
            "driver", "driver_opts", "ipam", "internal", "enable_ipv4", "enable_ipv6", "labels", "name", "external",
            "attachable",
        ], refused: ownExtension)

    static let external = Vocabulary(path: "networks.*.external", used: ["name"])

    static let ipam = Vocabulary(path: "networks.*.ipam", used: ["driver", "config", "options"])

    static let pool = Vocabulary(
        path: "networks.*.ipam.config", used: ["subnet", "ip_range", "gateway", "aux_addresses"])

    static let service = Vocabulary(
        path: "services.*",
        used: [
            "networks", "network_mode", "ports", "scale", "deploy", "container_name", "hostname", "domainname",
            "mac_address", "extra_hosts", "links", "profiles", "sysctls", "dns", "dns_opt", "dns_search", "host",
            "x-weft", "expose",
        ],
        ignored: [
            "annotations", "attach", "blkio_config", "build", "cap_add", "cap_drop", "cgroup", "cgroup_parent",
            "command", "configs", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period",
            "cpu_rt_runtime", "cpu_shares", "cpus", "cpuset", "credential_spec", "depends_on", "develop",
            "device_cgroup_rules", "devices", "entrypoint", "env_file", "environment", "gpus", "group_add",
            "healthcheck", "image", "init", "ipc", "isolation", "label_file", "labels", "logging", "mem_limit",
            "mem_reservation", "mem_swappiness", "memswap_limit", "models", "oom_kill_disable", "oom_score_adj", "pid",
            "pids_limit", "platform", "post_start", "pre_start", "pre_stop", "privileged", "provider", "pull_policy",
            "pull_refresh_after", "read_only", "restart", "runtime", "secrets", "security_opt", "shm_size",
            "stdin_open", "stop_grace_period", "stop_signal", "storage_opt", "tmpfs", "tty", "ulimits",
            "use_api_socket", "user", "userns_mode", "uts", "volumes", "volumes_from", "working_dir",
        ],
        refused: [
            "external_links":
                "leave it out, and share a network: networks: {…: {external: true}}; the containers on it are known by name",
            "extends": "write the keys of the other service here",
        ])

    static let serviceExtension = Vocabulary(path: "services.*.x-weft", used: ["namespace"])

    static let deploy = Vocabulary(
        path: "services.*.deploy", used: ["replicas"],
        ignored: [
            "endpoint_mode", "labels", "mode", "placement", "resources", "restart_policy", "rollback_config",
            "update_config",
        ])

    static let attachment = Vocabulary(
        path: "services.*.networks.*",
        used: [
            "aliases", "ipv4_address", "ipv6_address", "mac_address", "priority", "gw_priority", "interface_name",
            "link_local_ips", "driver_opts",
        ])

    static let port = Vocabulary(
        path: "services.*.ports", used: ["target", "published", "host_ip", "protocol"],
        ignored: ["mode", "name", "app_protocol"])

    static let cable = Vocabulary(path: "links", used: ["type", "endpoints", "mtu"])

    static let cableEnd = Vocabulary(
        path: "links.endpoints", used: ["service", "host", "interface", "addresses", "mac", "routes", "rules"])
}
