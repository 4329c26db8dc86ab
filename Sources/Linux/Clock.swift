import Glibc

/// The time in UTC as RFC 3339 writes it, with nanoseconds: `2026-11-21T01:05:54.282189129Z`.
public func timestamp() -> String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    var parts = tm()
    gmtime_r(&time.tv_sec, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S.", &parts)
    let nanoseconds = String(time.tv_nsec)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        + String(repeating: "0", count: 9 - nanoseconds.count) + nanoseconds + "Z"
}

/// Nanoseconds on a clock that only goes forward (`CLOCK_MONOTONIC`).
public func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Waits until `monotonicNanoseconds()` is `time`, or until a signal arrives.
public func pause(until time: UInt64) {
    var time = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil)
}
