"""Runs a trusted program with a deadline, and with a limit to what it writes to disk while it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from checker.core.container import MIB
from checker.sandbox.docker.disk import remove_tree
from checker.sandbox.logs import BoundedLog

#: Seconds between two looks at what was written.
LOOK_SECONDS = 0.1

#: How often a process that is stopped is looked at, and how long it goes on in between.
LOOKS = 5
LOOK_AGAIN_SECONDS = 0.02

LOG_BYTES = 4 * MIB


class Ended(NamedTuple):
    """How a program ended; `code` is None where it was stopped: at its deadline, or `over` its limit of bytes."""

    code: int | None
    log: BoundedLog
    over: bool = False


def run_bounded(
    command: Sequence[str], env: Mapping[str, str], folder: Path, *, deadline: float, most: int, scratch: Path
) -> Ended:
    """Run a program in a session of its own; stop it at its deadline, or when it has written `most` bytes.

    What it was writing below `scratch` when it was stopped is removed: each entry there that it held open.
    """
    log = BoundedLog(LOG_BYTES)
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        umask=0,
        start_new_session=True,
    )
    reader = threading.Thread(target=_drain_output, args=(process, log), daemon=True)
    reader.start()
    over = False
    held: set[Path] = set()
    try:
        while process.poll() is None and time.monotonic() < deadline and not over:
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_SECONDS)
            held |= _find_held(process.pid, scratch)
            over = _count_written(process.pid) > most
        code = process.poll()
    finally:
        if process.poll() is None:
            _stop(process, scratch, held)
        reader.join(10)
    return Ended(code, log, over and code is None)


def _count_written(pid: int) -> int:
    """Return the bytes that a process has written, 0 where the system does not tell."""
    with suppress(OSError, ValueError):
        lines = Path("/proc", str(pid), "io").read_text(encoding="ascii").splitlines()
        return next((int(line[6:]) for line in lines if line.startswith("wchar:")), 0)
    return 0


def _stop(process: subprocess.Popen[bytes], scratch: Path, held: set[Path]) -> None:
    """Kill a process and remove what it has not finished: what it held (`held`), or holds at one of a few looks.

    Between two files of a folder it holds none of them.
    """
    for _ in range(LOOKS):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGSTOP)
        held = held | _find_held(process.pid, scratch)
        if any(entry.exists() for entry in held):
            break
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGCONT)
        time.sleep(LOOK_AGAIN_SECONDS)
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for entry in held:
        remove_tree(entry)


def _find_held(pid: int, scratch: Path) -> set[Path]:
    """Return the hidden entries of a folder in which a process holds files open: what is not finished yet."""
    held = set()
    with suppress(OSError):
        for fd in Path("/proc", str(pid), "fd").iterdir():
            with suppress(OSError, ValueError):
                first = fd.readlink().relative_to(scratch.resolve()).parts[:1]
                if first and first[0].startswith(".tmp"):
                    held.add(scratch / first[0])
    return held


def _drain_output(process: subprocess.Popen[bytes], log: BoundedLog) -> None:
    assert process.stdout is not None  # noqa: S101 - for the type checker: PIPE was asked for
    with process.stdout as stream:
        while data := os.read(stream.fileno(), 65536):
            log.write(data)
