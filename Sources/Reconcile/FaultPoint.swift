import Glibc
import Synchronization

/// Dies as by `kill -9` right after a journal entry, for the tests of what an interrupted change leaves.
///
/// `WEFT_FAULT_AFTER_ENTRY=3` in the environment means the third entry of the process.
enum FaultPoint {
    private static let entries = Atomic<Int>(0)
    private static let deadly = getenv("WEFT_FAULT_AFTER_ENTRY").flatMap { Int(String(cString: $0)) }

    static func passed() {
        guard let deadly else { return }
        if entries.add(1, ordering: .relaxed).newValue == deadly { kill(getpid(), SIGKILL) }
    }
}
