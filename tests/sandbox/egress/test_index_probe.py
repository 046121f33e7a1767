"""What the worker asks a host about a failed step ends, however slowly the host answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from checker.sandbox.egress import index_probe


@pytest.fixture
def slow_host() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_host_that_answers_for_ever_is_no_trouble(slow_host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_probe, "READ_SECONDS", 1)
    began = time.monotonic()
    with httpx.Client() as client:
        assert index_probe._find_trouble(client, slow_host, digest="0" * 64) is None
    assert time.monotonic() - began < 10
