"""A house to play in: repositories in a mirror, a real queue in this process, a store, the application."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import theatre
from starlette.testclient import TestClient

from checker.core.values.results import Check
from checker.papers.sources.arxiv import read_arxiv
from checker.store import Store
from checker.web.app import create_app, make_context
from checker.web.jobs.archive import Archive
from checker.web.jobs.queue import JobQueue
from checker.web.jobs.tickets import TicketView
from checker.web.papers import Papers
from checker.web.settings import ServeSettings
from workers.queue import open_embedded_queue

FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>http://arxiv.org/abs/2301.00001v1</id><published>2023-01-01T00:00:00Z</published>
<title>Engines &lt;b&gt;that think&lt;/b&gt;</title>
<summary>Our code is at https://github.com/ada/engine, see https://github.com/ada and
https://github.com.evil.example.org/ada/engine and https://gitlab.com/ada/group/engine.</summary>
</entry></feed>"""
EMPTY = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"></feed>'


class _Arxiv(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked += 1  # type: ignore[attr-defined]
        body = (FEED if "2301.00001" in self.path else EMPTY).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class ArxivServer:
    """A service in the place of arXiv's."""

    server: http.server.ThreadingHTTPServer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def asked(self) -> int:
        return int(self.server.asked)  # type: ignore[attr-defined]


@contextmanager
def arxiv_server() -> Iterator[ArxivServer]:
    """Answer in arXiv's place inside the block."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Arxiv)
    server.asked = 0  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield ArxivServer(server)
    server.shutdown()
    server.server_close()


@dataclass
class House:
    """Everything behind one application, and a browserless visitor."""

    folder: Path
    jobs: JobQueue
    archive: Archive
    client: TestClient
    mistakes: list[str] = field(default_factory=list)

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    def open(self, gate: str) -> None:
        """Let the steps that wait for a gate go on."""
        (self.folder / "gate" / gate).touch()

    def ask(self, repository: str, status: int = 202, **more: Any) -> dict[str, Any]:
        """Ask for a check as a program does."""
        answer = self.client.post("/api/checks", json={"repository": repository, **more})
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def until(self, ticket: str) -> TicketView:
        """Wait until a check is done."""
        return self.when(ticket, lambda view: view.state.value == "done")

    def when(self, ticket: str, holds: Callable[[TicketView], bool], seconds: float = 20) -> TicketView:
        """Wait until a check that has begun stands so."""
        deadline = time.monotonic() + seconds
        while not (view := self.jobs.look(ticket)).steps or not holds(view):
            assert time.monotonic() < deadline, view
            time.sleep(0.02)
        return view

    def keep(self, check: Check) -> None:
        """Put a finished check into the store."""
        self.archive.keep(check)


@contextmanager
def open_house(folder: Path, settings: ServeSettings, arxiv_url: str, jobs: int = 2) -> Iterator[House]:
    """Put the parts together, as `checker serve` does."""
    for name in ("mirror", "gate"):
        (folder / name).mkdir()
    services = theatre.services(folder / "mirror", folder / "gate")
    mistakes: list[str] = []

    def mistake(line: str, trace: str) -> None:
        mistakes.append(line)

    with Store.open(folder / "checker.sqlite") as store, open_embedded_queue(services, jobs) as queue:
        archive = Archive(store)
        jobs = JobQueue(queue, archive, settings, mistake)
        papers = Papers(partial(read_arxiv, base_url=arxiv_url))
        app = create_app(make_context(jobs, archive, settings, papers), loopback=True, mistake=mistake)
        with jobs.open():
            yield House(folder, jobs, archive, visitor(app), mistakes)


def visitor(app: Any, headers: Mapping[str, str] | None = None, address: str = "192.0.2.7") -> TestClient:
    """Return a client of an application, by the name that loopback has."""
    return TestClient(
        app, base_url="http://localhost", headers=headers, client=(address, 50000), follow_redirects=False,
        raise_server_exceptions=False,
    )  # fmt: skip


GENEROUS = ServeSettings(rate="1000/minute", lookups="1000/minute", open_per_client=100)
