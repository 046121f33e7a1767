"""The bounds of one attempt's traffic, the events that its proxy refused, and the socket that it listens on."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Literal

from checker.core.container import GIB
from checker.core.errors import EngineFailure
from checker.core.values.base import Value

SOCKET = "proxy.sock"

BACKLOG = 256


class Bounds(Value):
    """Connections at once, connections in all, bytes in both directions, seconds: of one attempt.

    One that is too many at once waits for `wait` seconds until another ends: tools keep idle ones open beside
    those that they use.
    """

    connections: int = 128
    wait: float = 60
    in_all: int = 20_000
    bytes_: int = 20 * GIB
    seconds: float = 3600


class Event(Value):
    """What the proxy did not do: a host that it `refused`, could not reach, or a bound that was passed."""

    kind: Literal["refused", "unreachable", "bound"]
    host: str
    why: str
    vouched: bool = False

    def __str__(self) -> str:
        return f"{self.host}: {self.why}"


def listen(folder: Path) -> socket.socket:
    """Listen on `folder/proxy.sock`, for everyone who can enter the folder.

    The path goes through the folder's descriptor, because the kernel takes 107 bytes of it.

    Raises:
        EngineFailure: the socket cannot be made.

    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            listener.bind(f"/proc/self/fd/{descriptor}/{SOCKET}")
        finally:
            os.close(descriptor)
        (folder / SOCKET).chmod(0o666)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise EngineFailure(f"the proxy of an installation cannot listen in {folder}: {error.strerror}") from error
    return listener
