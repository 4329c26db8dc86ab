import Links

/// There are no attributes.
extension Dummy: DeviceAttributes {
    func attributes(lower: Int32?) -> [Attribute<Dummy>?] { [] }

    init(kind: String, parsing data: RawSpan) throws(NetlinkError) { self.init() }
}
