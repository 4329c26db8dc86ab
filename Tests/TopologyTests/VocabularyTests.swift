import Testing
import Topology
import YAML

/// Every key of Compose's schema (compose-spec.json of compose-go e70e961) is used, ignored or refused by name.
@Suite struct VocabularyTests {
    enum Verdict { case used, ignored, refused }

    struct Row: CustomTestStringConvertible {
        var key: String
        var value: String
        var verdict: Verdict

        var testDescription: String { "\(key): \(value)" }
    }

    private static func rows(_ verdict: Verdict, _ keys: [String: String]) -> [Row] {
        keys.sorted { $0.key < $1.key }.map { Row(key: $0.key, value: $0.value, verdict: verdict) }
    }

    private static func rows(_ verdict: Verdict, _ keys: String) -> [Row] {
        keys.split(separator: " ").map { Row(key: String($0), value: "{a: [b]}", verdict: verdict) }
    }

    static let file =
        rows(.used, ["name": "lab", "networks": "{}", "services": "{}"])
        + rows(.ignored, "version models volumes secrets configs") + rows(.refused, "include")

    static let service =
        rows(
            .used,
            [
                "container_name": "cc", "deploy": "{replicas: 1}", "domainname": "example.org",
                "expose": "[\"3000\", \"8000-8010/udp\"]",
                "extra_hosts": "[\"a=1.2.3.4\"]", "hostname": "h", "links": "[other]",
                "mac_address": "\"02:00:00:00:00:01\"", "network_mode": "none", "networks": "[default]",
                "ports": "[80]", "scale": "2",
            ])
        + rows(
            .ignored,
            """
            annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs cpu_count \
            cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec \
            depends_on develop device_cgroup_rules devices entrypoint env_file environment gpus group_add \
            healthcheck image init ipc isolation label_file labels logging mem_limit mem_reservation mem_swappiness \
            memswap_limit models oom_kill_disable oom_score_adj pid pids_limit platform post_start pre_start pre_stop \
            privileged provider pull_policy pull_refresh_after read_only restart runtime secrets security_opt shm_size \
            stdin_open stop_grace_period stop_signal storage_opt tmpfs tty ulimits use_api_socket user \
            userns_mode uts volumes volumes_from working_dir
            """)
        + rows(.ignored, ["sysctls": "{kernel.msgmax: 65536}", "profiles": "[debug]"])
        + rows(.refused, "extends external_links")
        + rows(
            .used,
            [
                "dns": "192.0.2.53", "dns_opt": "[\"ndots:2\"]", "dns_search": "[example.org]",
                "links": "[\"other:alias\"]",
            ])
        + rows(.used, ["sysctls": "{net.ipv4.ip_forward: 1}", "x-weft": "{namespace: blue}"])

    static let attachment =
        rows(
            .used,
            [
                "aliases": "[a]", "driver_opts": "{com.docker.network.endpoint.ifname: lan0}", "gw_priority": "1",
                "interface_name": "lan0", "ipv4_address": "10.0.0.9", "ipv6_address": "\"fd00::9\"",
                "link_local_ips": "[169.254.1.1]", "mac_address": "\"02:00:00:00:00:01\"", "priority": "1",
            ])
        + rows(.used, ["driver_opts": "{com.docker.network.endpoint.sysctls: net.ipv4.conf.IFNAME.x=1}"])
        + rows(.refused, ["driver_opts": "{com.docker.network.endpoint.mtu: 1400}"])

    static let network =
        rows(
            .used,
            [
                "attachable": "true", "driver": "bridge",
                "driver_opts": "{com.docker.network.driver.mtu: 1400, com.docker.network.bridge.name: br0}",
                "enable_ipv4": "true", "enable_ipv6": "true", "external": "false", "internal": "true",
                "ipam": "{config: [{subnet: 10.0.0.0/24, ip_range: 10.0.0.0/25, gateway: 10.0.0.1, "
                    + "aux_addresses: {a: 10.0.0.2}}]}", "labels": "{a: b}", "name": "other",
            ])
        + rows(.used, ["ipam": "{options: {a: b}}"])
        + rows(.used, ["external": "true"]) + rows(.used, ["external": "{name: other}"])
        + rows(.used, ["driver": "macvlan"]) + rows(.used, ["driver": "ipvlan"])
        + option(
            .used,
            [
                "bridge.enable_icc": "\"false\"", "bridge.enable_ip_masquerade": "\"0\"",
                "bridge.host_binding_ipv4": "127.0.0.1", "bridge.gateway_mode_ipv4": "routed",
                "bridge.gateway_mode_ipv6": "nat-unprotected", "bridge.inhibit_ipv4": "\"true\"",
                "bridge.trusted_host_interfaces": "\"eth0:eth1\"", "container_iface_prefix": "lan",
                "host_ipv4": "192.0.2.1", "host_ipv6": "\"2001:db8::1\"", "enable_ipv4": "\"true\"",
                "enable_ipv6": "\"1\"", "advertise_addr_nmsgs": "\"2\"", "advertise_addr_ms": "\"200\"",
                "bridge.default_bridge": "\"true\"",
            ])

    private static func option(_ verdict: Verdict, _ options: [String: String]) -> [Row] {
        options.sorted { $0.key < $1.key }.map {
            Row(key: "driver_opts", value: "{com.docker.network.\($0.key): \($0.value)}", verdict: verdict)
        }
    }

    static let port =
        rows(.used, ["host_ip": "127.0.0.1", "protocol": "udp", "published": "8080", "target": "80"])
        + rows(.ignored, ["app_protocol": "http", "mode": "host", "name": "web"])

    static let deploy =
        rows(.used, ["replicas": "2"])
        + rows(
            .ignored, "endpoint_mode labels mode placement resources restart_policy rollback_config update_config")

    @Test(arguments: file)
    func `every key of a file is known`(_ row: Row) throws {
        try check(row, row.key == "services" ? "services: {}" : "services: {}\n\(row.key): \(row.value)")
    }

    @Test(arguments: service)
    func `every key of a service is known`(_ row: Row) throws {
        try check(row, "services:\n  other: {}\n  a:\n    \(row.key): \(row.value)")
    }

    @Test(arguments: attachment)
    func `every key of a service's network is known`(_ row: Row) throws {
        try check(
            row,
            """
            services: {a: {networks: {lan: {\(row.key): \(row.value)}}}}
            networks: {lan: {enable_ipv6: true, ipam: {config: [{subnet: 10.0.0.0/24}, {subnet: "fd00::/64"}]}}}
            """)
    }

    @Test(arguments: network)
    func `every key of a network is known`(_ row: Row) throws {
        try check(row, "networks:\n  lan:\n    \(row.key): \(row.value)")
    }

    @Test(arguments: port)
    func `every key of a port is known`(_ row: Row) throws {
        let target = row.key == "target" ? "" : "target: 80, "
        try check(row, "services: {a: {ports: [{\(target)\(row.key): \(row.value)}]}}")
    }

    @Test(arguments: deploy)
    func `every key of deploy is known`(_ row: Row) throws {
        try check(row, "services: {a: {deploy: {\(row.key): \(row.value)}}}")
    }

    @Test(arguments: ["services: {a: {PLACE}}", "services: {a: {networks: {default: {PLACE}}}}", "PLACE"])
    func `keys that begin with x- are the user's own`(_ text: String) throws {
        let topology = try Topology(yaml: text.replacing("PLACE", with: "x-own: {a: [b]}") + "\n")
        #expect(topology.ignoredKeys.isEmpty)
    }

    private func check(_ row: Row, _ text: String) throws {
        do {
            let topology = try Topology(yaml: text)
            let isListed = topology.ignoredKeys.contains { $0.contains(row.key) }
            #expect(isListed == (row.verdict == .ignored))
            #expect(row.verdict != .refused)
        } catch let findings as Diagnostics {
            #expect(row.verdict == .refused, "\(findings.all)")
            #expect(findings.all.allSatisfy { $0.message.contains("not supported yet") })
        }
    }
}
