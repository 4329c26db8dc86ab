/// What `ufw enable` makes of FORWARD (`iptables-save`, without the chains of INPUT and OUTPUT).
let ufwRules = """
    *filter
    :INPUT ACCEPT [0:0]
    :FORWARD DROP [0:0]
    :OUTPUT ACCEPT [0:0]
    :ufw-after-forward - [0:0]
    :ufw-after-logging-forward - [0:0]
    :ufw-before-forward - [0:0]
    :ufw-before-logging-forward - [0:0]
    :ufw-reject-forward - [0:0]
    :ufw-track-forward - [0:0]
    :ufw-user-forward - [0:0]
    -A FORWARD -j ufw-before-logging-forward
    -A FORWARD -j ufw-before-forward
    -A FORWARD -j ufw-after-forward
    -A FORWARD -j ufw-after-logging-forward
    -A FORWARD -j ufw-reject-forward
    -A FORWARD -j ufw-track-forward
    -A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A ufw-before-forward -p icmp -m icmp --icmp-type 3 -j ACCEPT
    -A ufw-before-forward -p icmp -m icmp --icmp-type 11 -j ACCEPT
    -A ufw-before-forward -p icmp -m icmp --icmp-type 12 -j ACCEPT
    -A ufw-before-forward -j ufw-user-forward
    COMMIT

    """

/// firewalld's table (1.x, with the zone `public` on `o1`), without the chains of input and output.
///
/// - Parameter forwards: Whether the zone lets its own interfaces forward to one another (`<forward/>`).
func firewalldRules(forwards: Bool) -> String {
    """
    table inet firewalld {
        chain mangle_PREROUTING {
            type filter hook prerouting priority mangle + 10; policy accept;
            jump mangle_PREROUTING_ZONES
        }
        chain mangle_PREROUTING_ZONES {
            iifname "o1" goto mangle_PRE_public
            goto mangle_PRE_public
        }
        chain mangle_PRE_public {
        }
        chain filter_FORWARD {
            type filter hook forward priority filter + 10; policy accept;
            ct state { established, related } accept
            ct status dnat accept
            iifname "lo" accept
            ct state { invalid } drop
            ip6 daddr { ::/96, ::ffff:0.0.0.0/96, 2002::/24 } reject with icmpv6 type addr-unreachable
            jump filter_FORWARD_ZONES
            reject with icmpx type admin-prohibited
        }
        chain filter_FORWARD_ZONES {
            iifname "o1" goto filter_FWD_public
            goto filter_FWD_public
        }
        chain filter_FWD_public {
            jump filter_FWD_public_log
            jump filter_FWD_public_deny
            jump filter_FWD_public_allow
            reject with icmpx type admin-prohibited
        }
        chain filter_FWD_public_log {
        }
        chain filter_FWD_public_deny {
        }
        chain filter_FWD_public_allow {
            \(forwards ? "oifname \"o1\" accept" : "")
        }
        chain filter_FWD_trusted {
            accept
        }
    }

    """
}

/// What `ufw enable` makes of INPUT (`iptables-save`, without the chains of FORWARD and OUTPUT, and what it logs).
let ufwInputRules = """
    *filter
    :INPUT DROP [0:0]
    :FORWARD ACCEPT [0:0]
    :OUTPUT ACCEPT [0:0]
    :ufw-after-input - [0:0]
    :ufw-before-input - [0:0]
    :ufw-not-local - [0:0]
    :ufw-reject-input - [0:0]
    :ufw-skip-to-policy-input - [0:0]
    :ufw-user-input - [0:0]
    -A INPUT -j ufw-before-input
    -A INPUT -j ufw-after-input
    -A INPUT -j ufw-reject-input
    -A ufw-after-input -p udp -m udp --dport 137 -j ufw-skip-to-policy-input
    -A ufw-after-input -p tcp -m tcp --dport 445 -j ufw-skip-to-policy-input
    -A ufw-after-input -m addrtype --dst-type BROADCAST -j ufw-skip-to-policy-input
    -A ufw-before-input -i lo -j ACCEPT
    -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A ufw-before-input -m conntrack --ctstate INVALID -j DROP
    -A ufw-before-input -p icmp -m icmp --icmp-type 3 -j ACCEPT
    -A ufw-before-input -p icmp -m icmp --icmp-type 11 -j ACCEPT
    -A ufw-before-input -p icmp -m icmp --icmp-type 12 -j ACCEPT
    -A ufw-before-input -p icmp -m icmp --icmp-type 8 -j ACCEPT
    -A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT
    -A ufw-before-input -j ufw-not-local
    -A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT
    -A ufw-before-input -j ufw-user-input
    -A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
    -A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
    -A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN
    -A ufw-not-local -j DROP
    -A ufw-skip-to-policy-input -j DROP
    -A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT
    COMMIT

    """

/// What `ufw enable` makes of IPv6 (`ip6tables-save`, without the chains of OUTPUT, what it logs, and messages of routers and of
/// groups).
let ufw6Rules = """
    *filter
    :INPUT DROP [0:0]
    :FORWARD DROP [0:0]
    :OUTPUT ACCEPT [0:0]
    :ufw6-after-forward - [0:0]
    :ufw6-after-input - [0:0]
    :ufw6-before-forward - [0:0]
    :ufw6-before-input - [0:0]
    :ufw6-reject-forward - [0:0]
    :ufw6-reject-input - [0:0]
    :ufw6-skip-to-policy-input - [0:0]
    :ufw6-user-forward - [0:0]
    :ufw6-user-input - [0:0]
    -A INPUT -j ufw6-before-input
    -A INPUT -j ufw6-after-input
    -A INPUT -j ufw6-reject-input
    -A FORWARD -j ufw6-before-forward
    -A FORWARD -j ufw6-after-forward
    -A FORWARD -j ufw6-reject-forward
    -A ufw6-after-input -p udp -m udp --dport 137 -j ufw6-skip-to-policy-input
    -A ufw6-after-input -p udp -m udp --dport 547 -j ufw6-skip-to-policy-input
    -A ufw6-before-forward -m rt --rt-type 0 -j DROP
    -A ufw6-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A ufw6-before-forward -p ipv6-icmp -m icmp6 --icmpv6-type 1 -j ACCEPT
    -A ufw6-before-forward -p ipv6-icmp -m icmp6 --icmpv6-type 2 -j ACCEPT
    -A ufw6-before-forward -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT
    -A ufw6-before-forward -p ipv6-icmp -m icmp6 --icmpv6-type 129 -j ACCEPT
    -A ufw6-before-forward -j ufw6-user-forward
    -A ufw6-before-input -i lo -j ACCEPT
    -A ufw6-before-input -m rt --rt-type 0 -j DROP
    -A ufw6-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A ufw6-before-input -p ipv6-icmp -m icmp6 --icmpv6-type 129 -j ACCEPT
    -A ufw6-before-input -m conntrack --ctstate INVALID -j DROP
    -A ufw6-before-input -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT
    -A ufw6-before-input -p ipv6-icmp -m icmp6 --icmpv6-type 135 -m hl --hl-eq 255 -j ACCEPT
    -A ufw6-before-input -p ipv6-icmp -m icmp6 --icmpv6-type 136 -m hl --hl-eq 255 -j ACCEPT
    -A ufw6-before-input -s fe80::/10 -d fe80::/10 -p udp -m udp --sport 547 --dport 546 -j ACCEPT
    -A ufw6-before-input -d ff02::fb/128 -p udp -m udp --dport 5353 -j ACCEPT
    -A ufw6-before-input -j ufw6-user-input
    -A ufw6-skip-to-policy-input -j DROP
    COMMIT

    """

/// firewalld's table (1.x, with the zone `public` on `o1`), without the chains of forwarding.
///
/// - Parameter zone: The default zone.
func firewalldInputRules(zone: String) -> String {
    """
    table inet firewalld {
        chain filter_INPUT {
            type filter hook input priority filter + 10; policy accept;
            ct state { established, related } accept
            ct status dnat accept
            iifname "lo" accept
            ct state { invalid } drop
            jump filter_INPUT_ZONES
            reject with icmpx type admin-prohibited
        }
        chain filter_OUTPUT {
            type filter hook output priority filter + 10; policy accept;
            ct state { established, related } accept
            oifname "lo" accept
            ip6 daddr { ::/96, ::ffff:0.0.0.0/96, 2002::/24 } reject with icmpv6 type addr-unreachable
        }
        chain filter_INPUT_ZONES {
            iifname "o1" goto filter_IN_public
            goto filter_IN_\(zone)
        }
        chain filter_IN_public {
            jump filter_IN_public_allow
            meta l4proto { icmp, ipv6-icmp } accept
            reject with icmpx type admin-prohibited
        }
        chain filter_IN_public_allow {
            tcp dport 22 accept
            ip6 daddr fe80::/64 udp dport 546 accept
        }
        chain filter_IN_drop {
            drop
        }
        chain filter_IN_trusted {
            accept
        }
    }

    """
}
