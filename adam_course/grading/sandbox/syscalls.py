"""What a learner's process may ask of the kernel, as a filter: read, compute, write to /tmp.

Missing are: new processes and threads, signals, sockets, ptrace, mounts, other programs; and what
reaches further than its process: locks and leases on files, their rights and times, flushes of
the disk. So it leaves nothing behind, and holds up no process but itself. Standard library only.
"""

import ctypes
import platform
import struct

# Name, number on x86-64, number on AArch64.
ALLOWED = """
read 0 63; write 1 64; readv 19 65; writev 20 66; pread64 17 67; pwrite64 18 68; open 2 -;
openat 257 56; close 3 57; close_range 436 436; stat 4 -; fstat 5 80; lstat 6 -;
newfstatat 262 79; statx 332 291; lseek 8 62; mmap 9 222; mprotect 10 226; munmap 11 215;
mremap 25 216; madvise 28 233; brk 12 214; rt_sigaction 13 134; rt_sigprocmask 14 135;
rt_sigreturn 15 139; sigaltstack 131 132; ioctl 16 29; access 21 -; faccessat 269 48;
faccessat2 439 439; dup 32 23; dup2 33 -; dup3 292 24; fcntl 72 25; getdents64 217 61;
getcwd 79 17; chdir 80 49; readlink 89 -; readlinkat 267 78; unlink 87 -; unlinkat 263 35;
rename 82 -; renameat 264 38; mkdir 83 -; mkdirat 258 34; rmdir 84 -; ftruncate 77 46;
clock_gettime 228 113; clock_getres 229 114; clock_nanosleep 230 115; nanosleep 35 101;
gettimeofday 96 169; time 201 -; getrandom 318 278; getpid 39 172; gettid 186 178;
getppid 110 173; getuid 102 174; geteuid 107 175; getgid 104 176; getegid 108 177; uname 63 160;
sysinfo 99 179; getrusage 98 165; times 100 153; getrlimit 97 163; prlimit64 302 261;
sched_getaffinity 204 123; sched_yield 24 124; futex 202 98; exit 60 93; exit_group 231 94;
restart_syscall 219 128
"""
# Call → (which of its arguments is a command, those that Python and NumPy use); the numbers are
# the same on both machines.
COMMANDS = {
    "fcntl": (1, {"F_GETFD": 1, "F_SETFD": 2, "F_GETFL": 3, "F_DUPFD_CLOEXEC": 1030}),
    "ioctl": (
        1,
        {"TCGETS": 0x5401, "TIOCGWINSZ": 0x5413, "FIONCLEX": 0x5450, "FIOCLEX": 0x5451}
        | {"TCGETS2": 0x802C542A},
    ),
    "madvise": (2, {"MADV_DONTNEED": 4, "MADV_FREE": 8, "MADV_HUGEPAGE": 14}),
}
# Machine → (its column above, its name in the kernel's audit.h).
MACHINES = {"x86_64": (1, 0xC000003E), "aarch64": (2, 0xC00000B7)}

LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000  # REFUSE: EPERM
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 1, 22, 38, 2
NEW_MOUNTS, NEW_IPC, NEW_PIDS = 0x00020000, 0x08000000, 0x20000000
NO_SETUID, NO_DEVICES, RECURSIVE, PRIVATE = 2, 4, 0x4000, 0x40000
CAPABILITIES_3 = 0x20080522


class Libc:
    """The calls that the sandbox needs, each an OSError if it fails."""

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)

    def call(self, name, *arguments):
        """Call a function of the C library."""
        if getattr(self.libc, name)(*arguments):
            raise OSError(ctypes.get_errno(), f"{name} failed")

    def separate(self, scratch):
        """Leave the parent's mounts, processes and shared memory, with a new scratch folder."""
        self.call("unshare", NEW_MOUNTS | NEW_IPC | NEW_PIDS)
        self.call("mount", None, b"/", None, ctypes.c_ulong(RECURSIVE | PRIVATE), None)
        flags, options = NO_SETUID | NO_DEVICES, b"size=16m,nr_inodes=1000,mode=700"
        self.call("mount", b"tmpfs", scratch, b"tmpfs", ctypes.c_ulong(flags), options)

    def die_with_parent(self):
        """End when the parent ends, by whatever it ends."""
        self.call("prctl", PR_SET_PDEATHSIG, 9, 0, 0, 0)

    def confine(self):
        """Give up every right that the rest of this process's life does not need."""
        self.die_with_parent()
        header, none = struct.pack("<II", CAPABILITIES_3, 0), bytes(24)
        self.call("capset", header, none)
        self.call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        steps = seccomp(platform.machine())
        buffer = ctypes.create_string_buffer(steps, len(steps))
        program = struct.pack("@HP", len(steps) // 8, ctypes.addressof(buffer))
        self.call("prctl", PR_SET_SECCOMP, FILTER, program, 0, 0)


def seccomp(machine):
    """Return the filter for a machine as the kernel's classic BPF: 8 bytes a step."""
    column, audit = MACHINES[machine]
    words = [entry.split() for entry in ALLOWED.replace("\n", " ").split(";")]
    numbers = {entry[0]: int(entry[column]) for entry in words if entry[column] != "-"}
    steps = [
        (LOAD, 0, 0, 4),
        (JUMP_IF_EQUAL, 1, 0, audit),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
    ]
    for name, number in numbers.items():
        allowed = allow(*COMMANDS[name]) if name in COMMANDS else [(RETURN, 0, 0, ALLOW)]
        steps += [(JUMP_IF_EQUAL, 0, len(allowed), number), *allowed]
    steps += [(RETURN, 0, 0, REFUSE)]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def allow(argument, commands):
    """Return the steps that allow a call with one of these commands, and refuse it with others."""
    steps = [(LOAD, 0, 0, 16 + 8 * argument)]  # the low half, which is all that the kernel reads
    for command in commands.values():
        steps += [(JUMP_IF_EQUAL, 0, 1, command), (RETURN, 0, 0, ALLOW)]
    return [*steps, (RETURN, 0, 0, REFUSE)]
