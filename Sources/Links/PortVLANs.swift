/// The VLANs that a port of a bridge takes part in, if the bridge filters by VLAN.
public struct PortVLANs: Hashable, Sendable, Codable {
    /// The VLAN of frames that come in without a tag; they are dropped if absent.
    public var pvid: UInt16?
    /// VLANs whose frames go out without a tag.
    public var untagged: Set<UInt16>
    /// VLANs whose frames go out with their tag.
    public var tagged: Set<UInt16>

    /// A port of those VLANs; `pvid` must be one of them.
    public init(pvid: UInt16? = nil, untagged: Set<UInt16> = [], tagged: Set<UInt16> = []) {
        self.pvid = pvid
        self.untagged = untagged
        self.tagged = tagged
    }

    /// A port of one VLAN, behind which nobody knows of VLANs.
    public static func access(_ vlan: UInt16) -> PortVLANs { PortVLANs(pvid: vlan, untagged: [vlan]) }

    /// All its VLANs.
    public var ids: Set<UInt16> { untagged.union(tagged) }
}

extension PortVLANs {
    /// VLANs with numbers in a row that a port treats alike.
    public struct Run: Hashable, Sendable {
        /// The numbers.
        public var ids: ClosedRange<UInt16>
        /// Whether frames go out without a tag.
        public var isUntagged: Bool
        /// Whether it is the VLAN of frames that come in without a tag; such a run has one number.
        public var isPVID: Bool

        /// A run of `ids`.
        public init(ids: ClosedRange<UInt16>, isUntagged: Bool, isPVID: Bool) {
            self.ids = ids
            self.isUntagged = isUntagged
            self.isPVID = isPVID
        }
    }

    /// The VLANs in rows, by number.
    public var runs: [Run] { runs(of: ids) }

    /// What must be added to `old` so that it has these VLANs, once the others are removed.
    public func runs(missingIn old: PortVLANs) -> [Run] {
        runs(of: ids.filter { id in entry(id) != old.entry(id) })
    }

    /// What must be removed from `old`.
    public func runs(unwantedIn old: PortVLANs) -> [Run] { old.runs(of: old.ids.subtracting(ids)) }

    private func entry(_ id: UInt16) -> Run? {
        guard untagged.contains(id) || tagged.contains(id) else { return nil }
        return Run(ids: id...id, isUntagged: untagged.contains(id), isPVID: id == pvid)
    }

    private func runs(of ids: Set<UInt16>) -> [Run] {
        ids.sorted().compactMap(entry).reduce(into: []) { runs, next in
            if let last = runs.last, last.isUntagged == next.isUntagged, !last.isPVID, !next.isPVID,
                last.ids.upperBound + 1 == next.ids.lowerBound
            {
                runs[runs.count - 1].ids = last.ids.lowerBound...next.ids.upperBound
            } else {
                runs.append(next)
            }
        }
    }
}

extension PortVLANs.Run: CustomStringConvertible {
    /// As `bridge vlan add` takes it: `vid 10 pvid untagged`, `vid 20-29`.
    public var description: String {
        "vid " + (ids.count == 1 ? "\(ids.lowerBound)" : "\(ids.lowerBound)-\(ids.upperBound)")
            + (isPVID ? " pvid" : "") + (isUntagged ? " untagged" : "")
    }
}
