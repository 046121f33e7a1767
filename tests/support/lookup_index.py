"""A package index of the tests' own that tells upload times, serves ranges, and fails on demand."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JSON_PAGE = "application/vnd.pypi.simple.v1+json"


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive, as wheels are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)
    return stream.getvalue()


def tarball(files: Mapping[str, str]) -> bytes:
    """Return a gzipped tar archive, as source distributions are."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return stream.getvalue()


@dataclass
class LookupIndex:
    """Files by project; `faults` give a status by path, `asked` holds every request with its range."""

    url: str = ""
    files: dict[str, dict[str, tuple[bytes, str, bool]]] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    ranges: bool = True
    html: bool = False
    encoding: str = ""

    def add(self, project: str, filename: str, data: bytes, day: str, *, yanked: bool = False) -> None:
        """Publish a file on a day."""
        self.files.setdefault(project, {})[filename] = (data, f"{day}T10:00:00.000000Z", yanked)

    def add_wheel(
        self, project: str, version: str, day: str, *paths: str, files: Mapping[str, str | bytes] | None = None
    ) -> None:
        """Publish a wheel that holds empty files of these names, and others with content."""
        stem = f"{project.replace('-', '_')}-{version}"
        content: dict[str, str | bytes] = {**dict.fromkeys(paths, ""), **(files or {})}
        content.setdefault(f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {project}\n")
        self.add(project, f"{stem}-py3-none-any.whl", archive(content), day)

    def page(self, project: str) -> tuple[bytes, str] | None:
        """Return a project's page and its kind."""
        if project not in self.files:
            return None
        rows = self.files[project].items()
        if self.html:
            text = "".join(f'<a href="/files/{project}/{name}#sha256=0">{name}</a>\n' for name, _ in rows)
            return text.encode(), "text/html"
        listed = [
            {
                "filename": name,
                "url": f"/files/{project}/{name}",
                "size": len(data),
                "upload-time": uploaded,
                "yanked": yanked,
                "hashes": {},
            }
            for name, (data, uploaded, yanked) in rows
        ]
        return json.dumps({"meta": {"api-version": "1.1"}, "name": project, "files": listed}).encode(), JSON_PAGE


@contextmanager
def serve_lookups() -> Iterator[LookupIndex]:
    """Serve an empty index on a free port."""
    index = LookupIndex()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            index.asked.append(f"{self.path} {wanted}".strip())
            if fault := next((status for key, status in index.faults.items() if key in self.path), 0):
                return self._send(fault, b"fault", "text/plain")
            kind, _, rest = self.path.strip("/").partition("/")
            if kind == "simple":
                page = index.page(rest)
                return self._send(200, *page) if page else self._send(404, b"none", "text/plain")
            project, _, name = rest.partition("/")
            data = index.files[project][name][0]
            if not wanted or not index.ranges:
                return self._send(200, data, "application/octet-stream")
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start = int(first) if first else max(0, len(data) - int(last))
            end = min(int(last) + 1 if first and last else len(data), len(data))
            return self._send(206, data[start:end], "application/octet-stream", f"{start}-{end - 1}/{len(data)}")

        def _send(self, status: int, body: bytes, kind: str, part: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if index.encoding:
                self.send_header("Content-Encoding", index.encoding)
            if part:
                self.send_header("Content-Range", f"bytes {part}")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Say nothing: a client breaks off where a file is longer than it reads."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    index.url = f"http://127.0.0.1:{server.server_port}/simple"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
