"""Starting children: one server for each process of the checker, from which they are forked in milliseconds."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from checker.core.errors import EngineFailure
from checker.core.own_program import ROOT, make_own_command
from checker.ecosystems.contained.child import Order

#: How long the server may take to import everything on a busy machine.
START_SECONDS = 60.0

#: How long the server may take to say how a child ended.
END_SECONDS = 10.0

SERVER = "checker.ecosystems.contained.server"

#: What the server sees of the environment: no password, no token.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")


class Ending(NamedTuple):
    """How a child ended: its exit code (negative: the signal), and the seconds of processor time that it took."""

    code: int
    cpu_seconds: float


class Life:
    """A child's life line: it is killed when this is closed, or when the checker dies."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    def finish(self) -> Ending | None:
        """Kill the child where it still lives; return how it ended, or None where the server is gone."""
        with suppress(OSError, ValueError), self._end:
            self._end.settimeout(END_SECONDS)
            self._end.shutdown(socket.SHUT_WR)
            if told := self._end.recv(1024):
                return Ending(*json.loads(told))
        return None


class ForkServer:
    """The server of this process, started on first use; a forked process starts its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pid = 0

    def fork(self, order: Order) -> tuple[socket.socket, Life]:
        """Make a child; return our end of its conversation, and its life line.

        Raises:
            EngineFailure: it does not start.

        """
        conversation, theirs = socket.socketpair()
        life, line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, line, self._lock:
            try:
                self._send(order, theirs, line)
            except OSError:
                self._control = None  # the server died since; a new one is asked once
                self._send(order, theirs, line)
        return conversation, Life(life)

    def _send(self, order: Order, *ends: socket.socket) -> None:
        control = self._start()
        socket.send_fds(control, [json.dumps(asdict(order)).encode()], [end.fileno() for end in ends])

    def _start(self) -> socket.socket:
        if self._control is not None and self._pid == os.getpid():
            return self._control
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                make_own_command(SERVER, str(theirs.fileno())),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
                env=_choose_environment(),
                process_group=0,  # an interrupt from the keyboard is for the checker
            )
        control.settimeout(START_SECONDS)
        with suppress(OSError):
            if control.recv(1024):
                control.settimeout(None)
                self._control, self._pid = control, os.getpid()
                return control
        self._process.kill()
        raise EngineFailure("the process that reads repositories does not start")


def _choose_environment() -> dict[str, str]:
    """Return the server's environment: of the path that the operator set, only whole ones count."""
    named = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if Path(path).is_absolute()]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(named)}


FORK_SERVER = ForkServer()
