"""A code host on this machine: git over smart HTTP through `git http-backend`, and GitHub's REST API."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Scripted:
    """One answer as a host gives it; `drop` closes the connection, `hang` never answers."""

    status: int
    body: str | dict = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    hang: bool = False


NOT_FOUND_GIT = Scripted(401, "Repository not found.", {"WWW-Authenticate": 'Basic realm="GitHub"'})
NOT_FOUND_API = Scripted(
    404,
    {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest/repos/repos#get-a-repository",
        "status": "404",
    },
)


class CodeHost:
    """Serves bare repositories below `root`; scripted answers, by `owner/name`, come before.

    A request of git whose body holds `refused` is answered 503.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git: dict[str, list[Scripted]] = {}
        self.api: dict[str, list[Scripted]] = {}
        self.refused: bytes | None = None
        self.asked: list[str] = []
        self.counts: dict[str, int] = defaultdict(int)
        self.stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def api_url(self) -> str:
        return f"{self.url}/api"

    def close(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def next(self, table: dict[str, list[Scripted]], key: str) -> Scripted | None:
        answers = table.get(key)
        if not answers:
            return None
        count = self.counts[f"{id(table)}{key}"]
        self.counts[f"{id(table)}{key}"] += 1
        return answers[min(count, len(answers) - 1)]


def facts(full_name: str, **more: object) -> Scripted:
    """GitHub's answer for a public repository, shortened to the fields that matter."""
    body = {
        "id": 4711,
        "name": full_name.split("/")[1],
        "full_name": full_name,
        "private": False,
        "fork": False,
        "archived": False,
        "disabled": False,
        "default_branch": "main",
        "pushed_at": "2022-03-04T05:06:07Z",
        "license": {"key": "mit", "name": "MIT License", "spdx_id": "MIT"},
    }
    return Scripted(200, body | more, {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4999"})


def _handler(host: CodeHost) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self._body())

        def log_message(self, *_: object) -> None:
            pass

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)

        def _answer(self, body: bytes) -> None:
            host.asked.append(f"{self.command} {self.path}")
            path = urlsplit(self.path).path
            if path.startswith("/api/"):
                key = path.removeprefix("/api/").removeprefix("repos/")
                return self._scripted(host.next(host.api, key) or NOT_FOUND_API)
            key = path.strip("/").split(".git/")[0]
            if (scripted := host.next(host.git, key)) is not None:
                return self._scripted(scripted)
            if host.refused is not None and host.refused in body:
                return self._scripted(Scripted(503))
            bare = re.split(r"/(?=info/|git-|objects/|HEAD)", path.strip("/"), maxsplit=1)[0]
            if not (host.root / f"{key}.git").is_dir() and not (host.root / bare).is_dir():
                return self._scripted(NOT_FOUND_GIT)
            return self._backend(path, body)

        def _scripted(self, answer: Scripted) -> None:
            if answer.hang:
                host.stopping.wait(30)
            if answer.drop or answer.hang:
                self.close_connection = True
                return
            is_json = isinstance(answer.body, dict)
            data = (json.dumps(answer.body) if is_json else str(answer.body)).encode()
            kind = "application/json; charset=utf-8" if is_json else "text/plain; charset=utf-8"
            self.send_response(answer.status)
            for name, value in {"Content-Type": kind, **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _backend(self, path: str, body: bytes) -> None:
            env = {
                "PATH": os.environ["PATH"],
                "HOME": "/nonexistent",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory",
                "GIT_CONFIG_VALUE_0": "*",
                "GIT_PROJECT_ROOT": str(host.root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": urlsplit(self.path).query,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_ADDR": "127.0.0.1",
            }
            answer = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False)
            head, _, content = answer.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
            self.send_response(int(headers.pop("Status", "200").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    return Handler
