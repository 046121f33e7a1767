"""The program that children are forked from: it has imported everything, reads nothing of a repository, and waits.

A request comes with two sockets: one for the conversation of a new child with the checker, one for its life. On
the second the server writes how the child ended; when the checker closes it, or is gone, the child is killed.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.core.confine import die_with_parent, leave_network
from checker.core.tree import Tree
from checker.core.values.base import now
from checker.core.values.results import Attempt
from checker.ecosystems.base import Facts
from checker.ecosystems.contained.child import Order, live
from checker.ecosystems.registry import ALL

#: What is said when everything is imported.
READY = b"ready"

#: Bytes of one request at most.
MOST = 65_536


@dataclass
class Server:
    """The children that live, by process number, each with its life line."""

    control: socket.socket
    bell: socket.socket
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    children: dict[int, socket.socket] = field(default_factory=dict)

    def serve(self) -> None:
        """Fork when asked and bury who died, until the checker is gone."""
        self.selector.register(self.control, selectors.EVENT_READ)
        self.selector.register(self.bell, selectors.EVENT_READ)
        self.control.send(READY)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.control:
                    if not self._fork():
                        return
                elif key.fileobj is self.bell:
                    self._bury()
                else:
                    self._kill(key.data)

    def _fork(self) -> bool:
        """Make a child as requested; whether the checker is still there."""
        request, fds, _, _ = socket.recv_fds(self.control, MOST, 2)
        if not request:
            return False
        conversation, life = (socket.socket(fileno=fd) for fd in fds)
        own = os.getpid()
        if (pid := os.fork()) == 0:
            self._become_child(own, conversation, life, request)
        conversation.close()
        self.children[pid] = life
        self.selector.register(life, selectors.EVENT_READ, pid)
        return True

    def _become_child(self, server: int, conversation: socket.socket, life: socket.socket, request: bytes) -> None:
        """Live as the child; never returns."""
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for end in (self.control, self.bell, life, *self.children.values()):
                end.close()
            self.selector.close()
            die_with_parent()
            if os.getppid() == server:
                live(conversation, Order(**json.loads(request)))
        finally:
            os._exit(0)

    def _kill(self, pid: int) -> None:
        """End a child whose checker does not need it any more."""
        self.selector.unregister(self.children[pid])
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def _bury(self) -> None:
        """Say how children ended, and how many seconds they worked."""
        with suppress(BlockingIOError):
            self.bell.recv(MOST)
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            life = self.children.pop(pid)
            with suppress(KeyError):
                self.selector.unregister(life)
            with suppress(OSError):
                code = os.waitstatus_to_exitcode(status)
                life.send(json.dumps([code, used.ru_utime + used.ru_stime]).encode())
            life.close()


def warm_up() -> None:
    """Plan a tree of our own, so that no child has to load the tables."""
    with TemporaryDirectory() as folder:
        Path(folder, "main.py").write_text("import numpy\n", encoding="utf-8")
        facts = Facts(repository="local/folder", code_date=now(), today=now(), runtimes=(("python", ("3.11",)),))
        for ecosystem in ALL:
            project = ecosystem.open(Tree(Path(folder)), facts)
            if project is not None:
                attempts = [Attempt(plan=plan) for plan in project.make_plans()]
                project.repair(attempts)
                project.find_missing(attempts)


def main(fd: int) -> None:
    """Serve the checker at the other end of a socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    leave_network()
    bell, hammer = socket.socketpair()
    for end in (bell, hammer):
        end.setblocking(False)
    signal.set_wakeup_fd(hammer.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    warm_up()
    gc.collect()
    gc.freeze()
    with suppress(OSError):
        Server(socket.socket(fileno=fd), bell).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
