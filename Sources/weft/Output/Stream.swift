import Glibc
import Linux

/// Standard output or standard error.
final class Stream {
    private let descriptor: Int32
    /// Whether people look at it, on a terminal that can move its cursor.
    let isTerminal: Bool
    /// Whether people look at it and like colours (no-color.org).
    let hasColor: Bool
    /// Why not all could be written; a reader that has gone away is no failure.
    private(set) var failure: SystemCallError?
    private var isClosed = false

    /// The stream of `descriptor`, which stays the caller's.
    init(_ descriptor: Int32, environment: (String) -> String?) {
        self.descriptor = descriptor
        let isSmart = (environment("TERM") ?? "dumb") != "dumb"
        isTerminal = isatty(descriptor) == 1 && isSmart
        hasColor = isTerminal && (environment("NO_COLOR") ?? "").isEmpty
    }

    /// Columns of the terminal; 80 where it does not say.
    var columns: Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes `text` at once.
    func write(_ text: String) {
        guard !isClosed else { return }
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                do throws(SystemCallError) {
                    let part = UnsafeRawBufferPointer(rebasing: rest)
                    let count = try systemCall("write") { Glibc.write(descriptor, part.baseAddress, part.count) }
                    rest = rest.dropFirst(count)
                } catch {
                    if error.errno.rawValue == EAGAIN {
                        waitUntilWritable()
                        continue
                    }
                    isClosed = true
                    if error.errno.rawValue != EPIPE { failure = error }
                    return
                }
            }
        }
    }

    private func waitUntilWritable() {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
    }
}
