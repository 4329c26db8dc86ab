import Glibc
import Linux

let console = Console()
do throws(SystemCallError) {
    try occupyStandardDescriptors()
} catch {
    console.say("\(error)")
    exit(ExitCode.refused.rawValue)
}
// A reader that goes away must not end an apply half-way: writes report it instead.
signal(SIGPIPE, SIG_IGN)
exit(Program(caller: Caller(words: CommandLine.arguments), console: console).run().rawValue)
