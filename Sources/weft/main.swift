import Glibc

// A reader that goes away must not end an apply half-way: writes report it instead.
signal(SIGPIPE, SIG_IGN)
exit(Program(caller: Caller(words: CommandLine.arguments), console: Console()).run().rawValue)
