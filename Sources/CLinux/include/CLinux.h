// The kernel's and the C library's declarations that `import Glibc` leaves out.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
// Swift's Glibc module is built without _GNU_SOURCE, where `fd_set` names its member otherwise, and a program
// may see only one of the two.
#define _SYS_SELECT_H 1
// The C library's interface and socket structures come first, so that the kernel's headers leave theirs out.
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <sched.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/errqueue.h>
#include <linux/fib_rules.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
// The structure of the same name in the C library's <netinet/ip.h> is the same.
#define _LINUX_IP_H
#include <linux/if_tunnel.h>
#include <linux/inet_diag.h>
#include <linux/ip6_tunnel.h>
#include <linux/magic.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/veth.h>

// Macros with a cast or an `_IO` inside do not import.

static const unsigned long CLINUX_NS_GET_NSTYPE = NS_GET_NSTYPE;
static const int CLINUX_NLA_TYPE_MASK = NLA_TYPE_MASK;
static const uint16_t CLINUX_GRE_CSUM = GRE_CSUM;
static const uint16_t CLINUX_GRE_KEY = GRE_KEY;
static const uint16_t CLINUX_GRE_SEQ = GRE_SEQ;
static const uint32_t CLINUX_TC_CLSACT = TC_H_MAKE(TC_H_CLSACT, 0);
static const uint32_t CLINUX_TC_EGRESS = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS);

/// bpf(2), which the C library has no function for; -1 and errno on failure.
static inline long clinux_bpf(enum bpf_cmd command, union bpf_attr *attributes, unsigned int size) {
    return syscall(SYS_bpf, command, attributes, size);
}

/// The symbol of an error number, such as "EEXIST"; NULL where there is none.
const char *clinux_errno_name(int number);
/// The C library's English text for an error number; NULL where there is none.
const char *clinux_errno_text(int number);

// nf_tables' rules as iptables-nft writes them carry the structures of x_tables. xt_sctp.h comes last: it defines a
// macro `bytes`.
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <linux/netfilter/xt_sctp.h>

/// Where the structure of a match or target that is `size` bytes long ends in a rule (`XT_ALIGN`).
static inline unsigned long clinux_xt_aligned(unsigned long size) { return XT_ALIGN(size); }

/// The bitwise operation with a mask: newer headers have another name for it, and this one as a macro.
static const uint32_t CLINUX_NFT_BITWISE_BOOL = NFT_BITWISE_BOOL;
