import Glibc

/// Sees to it that descriptors 0, 1 and 2 are taken, so that nothing that is opened later is mistaken for a standard stream.
///
/// Who is started with standard output closed (`>&-`) would else open its journal or a netlink socket as descriptor 1,
/// and print its summary into that. What takes the place can't be used in the stream's direction, so that writing and
/// reading fail with `EBADF` as if it were closed still, and is closed for a program that is started (`O_CLOEXEC`).
public func occupyStandardDescriptors() throws(SystemCallError) {
    for (descriptor, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 {
        // The lowest free number is given out (open(2)): all below are taken by now.
        _ = try systemCall("open", "/dev/null") { open("/dev/null", flags | O_CLOEXEC) }
    }
}
