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
