"""What the coordinator asks of a queue: jobs go out, results and news come home."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from checker.core.values.base import PublicText, Value
from checker.core.values.repositories import Probe, Target
from checker.core.values.results import Check, Progress


class JobKind(StrEnum):
    """A probe is quick and waits for the network; a build is long and needs cores and memory."""

    PROBE = "probe"
    BUILD = "build"


class Job(Value):
    """One thing for a worker to do. The same work has the same `id`, however often it is delivered."""

    id: str
    kind: JobKind
    target: Target
    probe: Probe | None = None


class Outcome(Value):
    """What came home for a job: its probe or check, or the failure of ours that stands in its place.

    `cause` is the row of `checker.judging.causes` for the failure; `trace` a traceback where there is one.
    """

    job_id: str
    probe: Probe | None = None
    check: Check | None = None
    failure: PublicText = ""
    cause: str = "checker"
    trace: PublicText = ""


class Queue(Protocol):
    """Carries jobs to workers and results home, in any order."""

    workers: int
    """How many builds may be handed out at once."""

    def submit(self, job: Job) -> None:
        """Hand out a job.

        Raises:
            NetworkFailure: the broker has not answered for a long time.

        """
        ...

    def collect(self, seconds: float) -> Iterable[Outcome]:
        """Return what has come home since the last call, waiting at most `seconds` for the first.

        Raises:
            NetworkFailure: the broker has not answered for a long time.

        """
        ...

    def take_news(self) -> Iterable[Progress]:
        """Return what the workers told since the last call; news may be lost, results not."""
        ...
