"""`checker worker`: works for coordinators elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.core.errors import UsageError
from checker.core.settings import Settings
from checker.nights.jobs import JobKind
from checker.services import default_jobs
from workers.serve import serve

ALL_QUEUES = ",".join(kind.value for kind in JobKind)


def worker(
    queues: Annotated[str, typer.Option("--queues", help="probe, build, or both with a comma.")] = ALL_QUEUES,
    concurrency: Annotated[
        int | None,
        typer.Option("--concurrency", min=1, help="Jobs at once (default: by cores and memory)."),
    ] = None,
) -> None:
    """Work for coordinators over a broker until stopped.

    The broker is that of CHECKER_BROKER_URL. The first Ctrl-C or SIGTERM lets running jobs finish; a second one
    stops them.
    """
    settings = Settings.from_environment()
    if settings.broker_url is None:
        raise UsageError("CHECKER_BROKER_URL is not set: a worker needs a broker, such as redis://host:6379/0")
    wanted = [word.strip() for word in queues.split(",") if word.strip()]
    unknown = sorted(set(wanted) - {kind.value for kind in JobKind})
    if unknown or not wanted:
        raise UsageError(f"--queues {queues}: unknown; there are {ALL_QUEUES}")
    raise typer.Exit(serve(settings, wanted, concurrency or default_jobs(settings)))
