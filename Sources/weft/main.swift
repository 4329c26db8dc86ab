import Glibc

// A reader that goes away must not end an apply half-way: writes report it instead.
signal(SIGPIPE, SIG_IGN)
exit(Program(words: CommandLine.arguments, console: Console()).run().rawValue)
