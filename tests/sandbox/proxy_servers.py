"""Small servers behind and beside the proxy, each counting what arrives; all of them on this machine."""

from __future__ import annotations

import importlib.util
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType

FORWARD = Path(__file__).parents[2] / "checker" / "sandbox" / "probes" / "forward.py"

Talk = Callable[[socket.socket, bytes], None]
"""What a server does with a connection and the first bytes of it."""


class Counting:
    """A listener that keeps the first bytes of every connection."""

    def __init__(self, talk: Talk | None = None, address: str = "127.0.0.1") -> None:
        self.came: list[bytes] = []
        self.listener = socket.create_server((address, 0), backlog=64)
        self.port = int(self.listener.getsockname()[1])
        self.end = (address, self.port)
        self._talk = talk
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            first = connection.recv(65536)
            self.came.append(first)
            if self._talk is not None:
                self._talk(connection, first)


@contextmanager
def counting(talk: Talk | None = None) -> Iterator[Counting]:
    server = Counting(talk)
    try:
        yield server
    finally:
        server.listener.close()


def answering(body: bytes, status: str = "200 OK", *headers: str) -> Talk:
    """Answer every request with the same."""
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", "")

    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall("\r\n".join(lines).encode() + body)

    return talk


def echo(connection: socket.socket, first: bytes) -> None:
    """Send everything back, then the end."""
    while first:
        connection.sendall(first)
        first = connection.recv(65536)
    connection.shutdown(socket.SHUT_WR)


def ask(path: Path, request: bytes) -> bytes:
    """Send a request to the proxy's socket and read to the end."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(path))
        with suppress(ConnectionError):  # a request that is too long is answered before it has been read
            client.sendall(request)
            client.shutdown(socket.SHUT_WR)
        return read_all(client)


def read_all(client: socket.socket) -> bytes:
    pieces = []
    with suppress(ConnectionError):
        while piece := client.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def forwarder_program() -> ModuleType:
    """Load the program that containers run."""
    found = importlib.util.spec_from_file_location("forward", FORWARD)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def start_forwarder(path: Path) -> int:
    """Run the containers' forwarder in a thread; return its port."""
    module = forwarder_program()
    module.greet(str(path))
    server = module.listen(0)
    threading.Thread(target=module.Forwarder(server, str(path)).serve, daemon=True).start()
    return int(server.getsockname()[1])
