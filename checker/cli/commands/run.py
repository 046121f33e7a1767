"""`checker run`: a night over many papers, embedded or over a broker, and its report."""

from __future__ import annotations

import hashlib
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from checker import __version__
from checker.check import Services
from checker.cli.common import DEFAULT_RESULTS, AsJson, Mirror, Results, complain, make_writable
from checker.cli.inputs import InputNames, read
from checker.cli.mistakes import keep
from checker.cli.stopping import Interrupted, call_on_stop
from checker.cli.stores import open_store, publish
from checker.core.errors import UsageError
from checker.core.settings import Settings
from checker.core.text import join_lines
from checker.core.values.base import now
from checker.core.values.changes import ReportOptions
from checker.core.values.papers import LinkedPaper
from checker.core.values.repositories import Target
from checker.core.values.results import Check, Progress
from checker.nights.crash_log import Begun
from checker.nights.jobs import Queue
from checker.nights.night import Night, NightOptions
from checker.nights.targets import keep_conclusive, unite
from checker.papers.links import read_paper
from checker.reports.document import Report
from checker.reports.progress import ProgressDisplay
from checker.reports.terminal import print_run
from checker.reports.write import render_json
from checker.services import default_jobs, prepare_services
from checker.store import Run, RunState, Store
from workers.broker import connect, open_broker_queue
from workers.queue import open_embedded_queue

#: Builds that are sent at once over a broker: more than any site has workers, or say --jobs.
BROKER_WINDOW = 64


def run(
    names: InputNames,
    results: Results = DEFAULT_RESULTS,
    mirror: Mirror = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="Repositories built at once (default: by cores and memory)."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore cached results.")] = False,
    tries: Annotated[
        int, typer.Option("--tries", min=1, help="How often to try an inconclusive repository.")
    ] = NightOptions().tries,
    as_json: AsJson = False,
) -> None:
    """Check what papers link to, and write the report.

    A run that was stopped goes on when the same command is given on the same day.
    """
    settings = Settings.from_environment()
    if settings.broker_url and mirror is not None:
        raise UsageError(
            "--mirror cannot be handed to workers elsewhere: set CHECKER_MIRROR where the workers run"
        )
    inputs = read(names)
    papers = [read_paper(paper) for paper in inputs.papers]
    targets = unite(papers, inputs.targets)
    options = NightOptions(tries=tries)
    if fresh:
        options = options.model_copy(update={"fresh_for": timedelta(0)})
    report, folder = check_all(names, papers, targets, results, settings, options, jobs=jobs, mirror=mirror)
    tell(report, folder, as_json=as_json)


def check_all(
    names: Sequence[str],
    papers: Sequence[LinkedPaper],
    targets: Sequence[Target],
    results: Path,
    settings: Settings,
    options: NightOptions,
    *,
    jobs: int | None = None,
    mirror: Path | None = None,
    reading: ReportOptions | None = None,
) -> tuple[Report, Path]:
    """Check all targets, store what comes, publish the report; return it with its folder.

    Raises:
        CheckerError: something that the checker needs is missing or full; finished checks are stored.
        Interrupted: somebody stopped it before its time.

    """
    with ExitStack() as stack:
        services = None
        if targets and settings.broker_url:
            connect(settings.broker_url).close()
        elif targets:
            services = stack.enter_context(prepare_services(settings, mirror))
        store = stack.enter_context(open_store(make_writable(results)))
        night = begin(store, names, papers, targets)
        order = _Order(store, night, targets, settings, options, jobs)
        order.carry_out(services)
        return publish(store, night, results, reading)


def tell(report: Report, folder: Path, *, as_json: bool) -> None:
    """Print a report that was published; ends with 3 where every repository is inconclusive."""
    if as_json:
        sys.stdout.write(render_json(report))
    else:
        print_run(report)
        typer.echo(f"\nreport: {folder / 'index.html'}")
    if report.repositories and all(entry.inconclusive for entry in report.repositories):
        complain("every repository is inconclusive; the report names the causes")
        raise typer.Exit(3)


def begin(store: Store, names: Sequence[str], papers: Sequence[LinkedPaper], targets: Sequence[Target]) -> Run:
    """Go on with a run of today that was not finished, or begin one.

    A run that holds results for other repositories than these had other inputs under the same names.

    Raises:
        UsageError: another process is writing to this store.

    """
    today = now().date()
    store.claim()
    night = store.find_unfinished_run(today, names)
    if night is not None and not store.load_checks(night).keys() <= {target.key for target in targets}:
        night = None
    if night is None:
        night = store.begin_run(today, inputs=names, checker_version=__version__)
    store.save_papers(night, papers)
    return night


@dataclass(frozen=True)
class _Order:
    """What is to be checked, how, and where the results go."""

    store: Store
    night: Run
    targets: Sequence[Target]
    settings: Settings
    options: NightOptions
    jobs: int | None

    def carry_out(self, services: Services | None) -> None:
        """Check all targets; raises Interrupted where somebody stopped it before its time."""
        done = keep_conclusive(self.store.load_checks(self.night))
        left = len(self.targets) - len(done)
        stopped_by: list[int] = []
        with ProgressDisplay(left, Console(stderr=True)) as display, self._queue(services, display) as queue:
            if done:
                display.note(f"going on: {len(done)} of {len(self.targets)} repositories are done already")
            work = Night(self.store, self.night, queue, self.options, self._begin_run() if services else None)

            def stop(number: int) -> None:
                stopped_by.append(number)
                work.stop.set()
                if services is not None:
                    services.stop()

            with call_on_stop(stop):
                state = work.carry_out(self.targets, _Watcher(display))
        if state is RunState.STOPPED:
            kept = len(keep_conclusive(self.store.load_checks(self.night)))
            raise Interrupted(
                f"stopped: {kept} of {len(self.targets)} repositories are done and kept; "
                "the same command goes on from there",
                stopped_by[0],
            )

    @contextmanager
    def _queue(self, services: Services | None, display: ProgressDisplay) -> Iterator[Queue]:
        broker = self.settings.broker_url
        if services is not None:
            with open_embedded_queue(services, self.jobs or default_jobs(self.settings)) as queue:
                yield queue
        elif broker and self.targets:
            with open_broker_queue(broker, self.jobs or BROKER_WINDOW, self._name(), display.note) as queue:
                yield queue
        else:
            yield NothingToDo()

    def _begin_run(self) -> Begun:
        return Begun(self.store.path.with_name(f".begun-{self.night.id}"))

    def _name(self) -> str:
        """Name this run among all that use the same broker; the same after a restart of this process."""
        place = f"{socket.gethostname()} {self.store.path.resolve()} {self.night.started_at.isoformat()}"
        return hashlib.sha256(place.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class _Watcher:
    """Shows news and results, and keeps the tracebacks of our own mistakes."""

    display: ProgressDisplay

    def __call__(self, news: Progress) -> None:
        self.display(news)

    def finished(self, check: Check) -> None:
        self.display.finished(check)

    def mistake(self, line: str, trace: str) -> None:
        self.display.note(f"checker: {join_lines(line, 300)} ({keep(trace)})")


class NothingToDo:
    """The queue of a run without repositories."""

    workers = 1

    def submit(self, job: object) -> None:
        """Never called: there are no jobs."""

    def collect(self, seconds: float) -> tuple[()]:
        """Return nothing."""
        return ()

    def take_news(self) -> tuple[()]:
        """Return nothing."""
        return ()
