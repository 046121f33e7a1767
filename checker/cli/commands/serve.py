"""`checker serve`: the web application over the store and the queue of this machine, or of a broker."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from checker.check import Services
from checker.cli.commands.run import BROKER_WINDOW
from checker.cli.common import DEFAULT_RESULTS, Mirror, Results, complain, make_writable
from checker.cli.mistakes import keep
from checker.cli.stopping import Interrupted, call_on_stop
from checker.cli.stores import open_store
from checker.core.errors import UsageError
from checker.core.settings import Settings
from checker.core.text import join_lines
from checker.nights.jobs import Queue
from checker.reports.linked_data.endpoint.endpoint import Endpoint
from checker.services import default_jobs, prepare_services
from checker.store import Store
from checker.web.app import create_app, make_context
from checker.web.jobs.archive import Archive
from checker.web.jobs.queue import JobQueue
from checker.web.papers import Papers
from checker.web.settings import ServeSettings
from workers.broker import connect, open_broker_queue
from workers.queue import open_embedded_queue

#: How long answers that are being given may take when the service ends.
LEAVE_SECONDS = 2

MOST_CONNECTIONS = 1000
BACKLOG = 256


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    results: Results = DEFAULT_RESULTS,
    mirror: Mirror = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Repositories built at once (default: by cores and memory)."),
    ] = None,
) -> None:
    """Serve a web application that checks on demand.

    A check can be watched live; results, badges and JSON can be read. Ctrl-C ends it within seconds;
    finished checks are kept.
    """
    settings, wanted = Settings.from_environment(), ServeSettings.from_environment()
    settings = settings.model_copy(update={"code_hosts": wanted.hosts})
    if settings.broker_url and mirror is not None:
        raise UsageError(
            "--mirror cannot be handed to workers elsewhere: set CHECKER_MIRROR where the workers run"
        )
    with ExitStack() as stack:
        listener = stack.enter_context(listen_on(host, port))
        store = stack.enter_context(open_store(make_writable(results)))
        if settings.broker_url:
            connect(settings.broker_url).close()
        embedded = nullcontext(None) if settings.broker_url else prepare_services(settings, mirror)
        services = stack.enter_context(embedded)
        queue = stack.enter_context(_queue(settings, services, jobs, store.path))
        Service(store, queue, services, wanted).run(listener)


@contextmanager
def listen_on(host: str, port: int) -> Iterator[socket.socket]:
    """Listen on an address inside the block, so that it is taken before anything else is begun.

    Raises:
        UsageError: the address does not belong to this machine, or is taken.

    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"--host {join_lines(host, 100)}: {error}") from None
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise UsageError(f"--host {host} --port {port}: {error.strerror}") from None
        yield listener


@contextmanager
def _queue(settings: Settings, services: Services | None, jobs: int | None, store: Path) -> Iterator[Queue]:
    if services is not None:
        with open_embedded_queue(services, jobs or default_jobs(settings)) as queue:
            yield queue
        return
    place = f"serve {socket.gethostname()} {store.resolve()}"
    name = hashlib.sha256(place.encode()).hexdigest()[:12]
    with open_broker_queue(settings.broker_url or "", jobs or BROKER_WINDOW, name, complain) as queue:
        yield queue


class _Server(uvicorn.Server):
    """A server that leaves signals to us."""

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]
        return nullcontext()


@dataclass(frozen=True)
class Service:
    """What is served, until somebody stops it."""

    store: Store
    queue: Queue
    services: Services | None
    wanted: ServeSettings
    papers: Papers | None = None

    def run(self, listener: socket.socket) -> None:
        """Serve; raises Interrupted when somebody has stopped it."""
        archive = Archive(self.store)
        jobs = JobQueue(self.queue, archive, self.wanted, _report_mistake)
        host, port = listener.getsockname()[:2]
        loopback = ipaddress.ip_address(host).is_loopback
        endpoint = Endpoint(self.store.path)
        context = make_context(jobs, archive, self.wanted, self.papers, endpoint)
        app = create_app(context, loopback=loopback, mistake=_report_mistake)
        server = _Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                access_log=False,
                log_config=None,
                proxy_headers=False,
                server_header=False,
                limit_concurrency=MOST_CONNECTIONS,
                h11_max_incomplete_event_size=16 * 1024,
                timeout_graceful_shutdown=LEAVE_SECONDS,
            )
        )
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
        stopped_by: list[int] = []

        def stop(number: int) -> None:
            stopped_by.append(number)
            jobs.stop()
            server.should_exit = True
            if self.services is not None:
                self.services.stop()

        shown = f"[{host}]" if ":" in host else host
        with closing(endpoint), jobs.open(), call_on_stop(stop):
            listener.listen(BACKLOG)
            complain(f"serving http://{shown}:{port}/ · results in {self.store.path.parent} · Ctrl-C ends it")
            server.run(sockets=[listener])
        if stopped_by:
            done = jobs.count_states()["done"]
            raise Interrupted(f"stopped: {done} {'check' if done == 1 else 'checks'} done and kept", stopped_by[0])


def _report_mistake(line: str, trace: str) -> None:
    complain(f"{join_lines(line, 300)} ({keep(trace)})")
