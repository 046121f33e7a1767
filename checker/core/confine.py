"""What a process gives up before it handles what strangers wrote: memory, time, network, outliving its parent."""

from __future__ import annotations

import ctypes
import resource
import signal
from contextlib import suppress

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000
_SET_PARENT_DEATH_SIGNAL = 1


def limit_memory(size: int) -> None:
    """Let the kernel refuse more than so many bytes of address space."""
    _set_limit(resource.RLIMIT_AS, size, size)


def limit_processor_time(seconds: int) -> None:
    """Let the kernel end the process (SIGXCPU) when it has worked for so many seconds more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds
    # The second signal, which nothing can catch, where the first was blocked.
    _set_limit(resource.RLIMIT_CPU, soft, soft + 2)


def leave_no_core() -> None:
    """Write no memory image when the process is ended."""
    _set_limit(resource.RLIMIT_CORE, 0, 0)


def _set_limit(kind: int, soft: int, hard: int) -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (soft, hard))


def leave_network() -> None:
    """Move into a network of one's own that has no interface; nothing happens where the kernel refuses that."""
    with suppress(OSError, AttributeError):
        system = ctypes.CDLL(None, use_errno=True)
        if system.unshare(_NEW_NETWORK) != 0:
            system.unshare(_NEW_USER | _NEW_NETWORK)


def die_with_parent() -> None:
    """Let the kernel kill the process when the thread that started it is gone (Linux; else nothing happens)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
