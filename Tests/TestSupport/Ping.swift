/// Whether `address` answers ping(8) in a namespace.
///
/// On a machine that is busy with other tests one answer may come late, so as many as three are asked for.
///
/// - Parameters:
///   - address: An address of either family, or a name.
///   - namespace: The namespace to ask in, this thread's own if there is none.
///   - options: Further options of ping(8).
public func isEchoed(by address: String, from namespace: String?, _ options: [String] = []) throws -> Bool {
    let place = namespace.map { ["ip", "netns", "exec", $0] } ?? []
    return try run(place + ["ping", "-n", "-q", "-c1", "-w3"] + options + [address]).status == 0
}
