"""Which system calls strangers' code may make: the engine's filter, told by ourselves, the same on every engine.

An engine's own default differs from version to version: older ones let a container make sockets of the kind that a
virtual machine talks to its hypervisor by, which belong to no network namespace, and let 32-bit calls through, of
which no filter sees the arguments. What is let through here is what the published default of the engine (moby,
Apache-2.0) lets through without any capability, for the processor's own calls alone, and four families of sockets.
What an engine does not know is left out by it; what is not named is refused.
"""

from __future__ import annotations

import json
from typing import Any

CALLS = """
read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 open openat openat2 creat close
close_range lseek _llseek dup dup2 dup3 pipe pipe2 fcntl flock ioctl fsync fdatasync sync syncfs sync_file_range
truncate ftruncate fallocate fadvise64 readahead sendfile splice tee vmsplice copy_file_range memfd_create
memfd_secret

stat lstat fstat newfstatat statx statfs fstatfs statmount listmount access faccessat faccessat2 chmod fchmod
fchmodat fchmodat2 chown fchown lchown fchownat umask utime utimes utimensat futimesat link linkat symlink
symlinkat readlink readlinkat unlink unlinkat rename renameat renameat2 mkdir mkdirat rmdir mknod mknodat getdents
getdents64 getcwd chdir fchdir name_to_handle_at cachestat getxattr lgetxattr fgetxattr getxattrat setxattr
lsetxattr fsetxattr setxattrat listxattr llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr
removexattrat inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark

mmap munmap mremap mprotect msync madvise mincore mlock mlock2 mlockall munlock munlockall mseal brk membarrier
remap_file_pages pkey_alloc pkey_free pkey_mprotect map_shadow_stack process_mrelease

fork vfork execve execveat exit exit_group wait4 waitid kill tkill tgkill pidfd_open pidfd_send_signal getpid
getppid gettid getpgid getpgrp setpgid getsid setsid prctl seccomp landlock_create_ruleset landlock_add_rule
landlock_restrict_self set_tid_address set_robust_list get_robust_list restart_syscall rseq arch_prctl modify_ldt
set_thread_area get_thread_area uretprobe riscv_flush_icache riscv_hwprobe ptrace process_vm_readv
process_vm_writev

futex futex_wait futex_wake futex_waitv futex_requeue rt_sigaction rt_sigprocmask rt_sigpending rt_sigqueueinfo
rt_tgsigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait sigaltstack signalfd signalfd4 eventfd eventfd2 pause
alarm getitimer setitimer

getuid geteuid getgid getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid setresgid
setgroups setfsuid setfsgid capget capset getrlimit setrlimit prlimit64 getrusage getpriority setpriority
ioprio_get ioprio_set sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam
sched_setparam sched_getscheduler sched_setscheduler sched_get_priority_max sched_get_priority_min
sched_rr_get_interval sched_yield getcpu sysinfo uname times getrandom

time gettimeofday clock_gettime clock_getres clock_nanosleep nanosleep adjtimex clock_adjtime timer_create
timer_delete timer_gettime timer_settime timer_getoverrun timerfd_create timerfd_gettime timerfd_settime

select pselect6 poll ppoll epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 io_setup
io_destroy io_submit io_cancel io_getevents io_pgetevents

socketpair bind listen accept accept4 connect shutdown getsockname getpeername getsockopt setsockopt sendto
sendmsg sendmmsg recvfrom recvmsg recvmmsg msgget msgsnd msgrcv msgctl semget semop semtimedop semctl shmget shmat
shmdt shmctl mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
"""
"""Let through with any arguments: files, names, memory, processes, signals, identity, clocks, waiting, talk."""

FAMILIES = (1, 2, 10, 16)
"""Families of sockets that may be made: local ones, IPv4, IPv6, questions to the kernel about the network."""

LOW_HALF = 0xFFFFFFFF
"""What the kernel reads of a family: a filter that compared all 64 bits could be passed by setting others."""

PERSONALITIES = (0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFF)
"""Linux, its 32-bit addresses, the older name of its version; and the question which it is."""

NEW_NAMESPACES = 0x7E020000
"""Flags of clone that ask for a namespace of the process' own."""

ENOSYS = 38


def _make_rule(name: str, *arguments: dict[str, Any]) -> dict[str, Any]:
    return {"names": [name], "action": "SCMP_ACT_ALLOW", "args": list(arguments)}


def _make_argument(operator: str, value: int, second: int = 0) -> dict[str, Any]:
    return {"index": 0, "op": f"SCMP_CMP_{operator}", "value": value, "valueTwo": second}


def make_profile() -> str:
    """Return the filter as the engine takes it: JSON, for the security option `seccomp`.

    `clone3` hides its flags behind a pointer: it is said not to be there, and C libraries take `clone` instead.
    """
    rules = [
        {"names": CALLS.split(), "action": "SCMP_ACT_ALLOW"},
        *(_make_rule("socket", _make_argument("MASKED_EQ", LOW_HALF, family)) for family in FAMILIES),
        *(_make_rule("personality", _make_argument("EQ", value)) for value in PERSONALITIES),
        _make_rule("clone", _make_argument("MASKED_EQ", NEW_NAMESPACES)),
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS},
    ]
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": rules}, separators=(",", ":"))
