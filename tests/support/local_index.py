"""A package index of the tests' own: real HTTP, wheels made on the spot, and faults on demand."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def wheel(
    name: str, version: str, requires: tuple[str, ...] = (), files: tuple[tuple[str, str], ...] = ()
) -> bytes:
    """Return a pure wheel that holds one module, or the given files."""
    stream, info = io.BytesIO(), f"{name}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines.extend(f"Requires-Dist: {requirement}" for requirement in requires)
    with zipfile.ZipFile(stream, "w") as archive:
        for path, text in files or ((f"{name}.py", f"VERSION = {version!r}\n"),):
            archive.writestr(path, text)
        archive.writestr(f"{info}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return stream.getvalue()


def sdist(name: str, version: str, setup: str) -> bytes:
    """Return a source distribution with a setup script."""
    stream = io.BytesIO()
    metadata = f"Metadata-Version: 1.0\nName: {name}\nVersion: {version}\n"
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for path, text in (("setup.py", setup), ("PKG-INFO", metadata)):
            entry = tarfile.TarInfo(f"{name}-{version}/{path}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return stream.getvalue()


@dataclass
class LocalIndex:
    """Files by name; `faults` are taken one by one by requests whose path holds the key."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, name: str, version: str, requires: tuple[str, ...] = ()) -> None:
        self.files[f"{name}-{version}-py3-none-any.whl"] = wheel(name, version, requires)

    def page(self, project: str) -> bytes | None:
        names = [n for n in self.files if n.partition("-")[0].replace("_", "-") == project]
        rows = (
            f'<a href="/files/{name}#sha256={hashlib.sha256(self.files[name]).hexdigest()}">{name}</a>'
            for name in names
        )
        return "\n".join(rows).encode() if names else None

    def fault(self, path: str) -> str | None:
        for key, left in self.faults.items():
            if key in path and left:
                return left[0] if left[0].startswith("always ") else left.pop(0)
        return None


@contextmanager
def serve_index() -> Iterator[LocalIndex]:
    """Serve an empty index on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            index.asked.append(self.path)
            body = self._body()
            fault = (index.fault(self.path) or "").removeprefix("always ")
            if fault == "reset":
                self.close_connection = True
                return None
            if fault.isdigit():
                return self._send(int(fault), b"fault")
            if body is None:
                return self._send(404, b"not found")
            if fault == "half":
                self._send(200, body[: len(body) // 2], length=len(body))
                self.close_connection = True
                return None
            return self._send(200, body[:-1] + b"x" if fault == "wrong" else body)

        def do_HEAD(self) -> None:
            body = self._body()
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()

        def _body(self) -> bytes | None:
            kind, _, name = self.path.strip("/").partition("/")
            return index.page(name) if kind == "simple" else index.files.get(name)

        def _send(self, status: int, body: bytes, length: int | None = None) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if "simple" in self.path else "application/octet-stream")
            self.send_header("Content-Length", str(len(body) if length is None else length))
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                self.send_header("Retry-After", "1")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Say nothing: clients of a faulty index break off."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    index = LocalIndex(f"http://127.0.0.1:{server.server_port}/simple")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
