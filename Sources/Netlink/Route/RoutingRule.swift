public import Addressing
import CLinux

/// Which packets are routed by which table (`ip-rule(8)`).
///
/// Also the space of the attributes `FRA_*`.
public struct RoutingRule: Hashable, Sendable {
    /// Whose packets.
    public var family: IPFamily
    /// Which of several rules comes first, the lowest (`FRA_PRIORITY`).
    public var priority: UInt32
    /// The senders; all if `nil` (`FRA_SRC`).
    public var source: Subnet?
    /// The receivers; all if `nil` (`FRA_DST`).
    public var destination: Subnet?
    /// The link that a packet came in by (`FRA_IIFNAME`).
    public var inputLink: String?
    /// The link that the packet's socket is bound to (`FRA_OIFNAME`).
    public var outputLink: String?
    /// The mark of the packet (`FRA_FWMARK`).
    public var mark: UInt32?
    /// The bits of the mark that count (`FRA_FWMASK`).
    public var markMask: UInt32?
    /// The table to look a packet's route up in (`FRA_TABLE`).
    public var table: UInt32
    /// Who set it: our mark (`FRA_PROTOCOL`).
    public var originator: UInt8 = UInt8(RTPROT_BOOT)

    /// A rule that sends all packets of `family` to `table`.
    public init(_ family: IPFamily, priority: UInt32, table: UInt32) {
        self.family = family
        self.priority = priority
        self.table = table
    }
}

extension RoutingRule {
    /// Reads what follows the header of an `RTM_NEWRULE` message; `nil` for a rule of another family than IP, or that does
    /// something else than look up a table.
    init?(parsing body: RawSpan) throws(NetlinkError) {
        let header = try body.structure(fib_rule_hdr.self)
        guard let family = IPFamily(number: header.family), Int(header.action) == FR_ACT_TO_TBL else { return nil }
        var rule = RoutingRule(family, priority: 0, table: UInt32(header.table))
        try body.forEachAttribute(after: fib_rule_hdr.self) { type, value throws(NetlinkError) in
            switch type {
            case FRA_SRC: rule.source = try value.subnet(prefixLength: header.src_len)
            case FRA_DST: rule.destination = try value.subnet(prefixLength: header.dst_len)
            default: try rule.read(type, value)
            }
        }
        self = rule
    }

    private mutating func read(_ type: Int, _ value: RawSpan) throws(NetlinkError) {
        switch type {
        case FRA_PRIORITY: priority = try value.integer()
        case FRA_IIFNAME: inputLink = value.text()
        case FRA_OIFNAME: outputLink = value.text()
        case FRA_FWMARK: mark = try value.integer()
        case FRA_FWMASK: markMask = try value.integer()
        case FRA_TABLE: table = try value.integer()
        case FRA_PROTOCOL: originator = try value.integer()
        default: break
        }
    }

    fileprivate var header: fib_rule_hdr {
        var header = fib_rule_hdr()
        header.family = family.number
        header.src_len = UInt8(source?.prefixLength ?? 0)
        header.dst_len = UInt8(destination?.prefixLength ?? 0)
        // A table beyond 255 is in the attribute alone.
        header.table = UInt8(exactly: table) ?? UInt8(RT_TABLE_UNSPEC.rawValue)
        header.action = UInt8(FR_ACT_TO_TBL)
        return header
    }

    fileprivate var attributes: [Attribute<RoutingRule>?] {
        [
            .init(FRA_PRIORITY, priority),
            source.map { .init(FRA_SRC, bytes: $0.network.bytes) },
            destination.map { .init(FRA_DST, bytes: $0.network.bytes) },
            inputLink.map { .init(FRA_IIFNAME, $0) },
            outputLink.map { .init(FRA_OIFNAME, $0) },
            mark.map { .init(FRA_FWMARK, $0) },
            markMask.map { .init(FRA_FWMASK, $0) },
            table > UInt8.max ? .init(FRA_TABLE, table) : nil,
            .init(FRA_PROTOCOL, originator),
        ]
    }

    fileprivate var subject: String { "routing rule \(priority)" }
}

extension RawSpan {
    fileprivate func subnet(prefixLength: UInt8) throws(NetlinkError) -> Subnet {
        guard let subnet = Subnet(containing: try address(), prefixLength: Int(prefixLength)) else {
            throw .malformedReply("prefix of \(prefixLength) bits")
        }
        return subnet
    }
}

extension MessageType {
    static let newRoutingRule = MessageType(RTM_NEWRULE, "RTM_NEWRULE")
    static let deleteRoutingRule = MessageType(RTM_DELRULE, "RTM_DELRULE")
    static let getRoutingRule = MessageType(RTM_GETRULE, "RTM_GETRULE", modifies: false)
}

extension Request {
    /// Makes a rule; `EEXIST` if there is one just like it.
    ///
    /// Equivalent to: `ip rule add pref N [from …] [to …] [iif …] [oif …] [fwmark …] lookup TABLE protocol …`.
    public static func addRoutingRule(_ rule: RoutingRule) -> Request {
        Request(.newRoutingRule, [.create, .exclusive], about: rule.subject, header: rule.header, rule.attributes)
    }

    /// Deletes a rule; `ENOENT` if there is none that agrees in all that `rule` says.
    ///
    /// Equivalent to: `ip rule delete pref N …`.
    public static func deleteRoutingRule(_ rule: RoutingRule) -> Request {
        Request(.deleteRoutingRule, about: rule.subject, header: rule.header, rule.attributes)
    }
}

extension NetlinkSocket {
    /// The rules of the namespace, of both families, that look up a table.
    ///
    /// Equivalent to: `ip rule show`, and the same with `-6`.
    public func routingRules() throws(NetlinkError) -> [RoutingRule] {
        let request = Request(
            .getRoutingRule, about: "routing rules", header: fib_rule_hdr(), [Attribute<RoutingRule>]())
        return try dump(request) { body throws(NetlinkError) in try RoutingRule(parsing: body) }
    }
}
