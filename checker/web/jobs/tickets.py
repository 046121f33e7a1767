"""A requested check: its place in the line, its steps with the last lines of output, its result."""

from __future__ import annotations

import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from checker.core.text import join_lines
from checker.core.values.base import Value, now
from checker.core.values.repositories import Probe, Target
from checker.core.values.results import Check, Progress, StepStatus
from checker.judging.wording import Outcome, find_outcome
from checker.web.places import make_repository_address

#: Last lines of a step's output that are shown while it runs.
LINES = 14

MAX_LINE = 300

#: Steps that are listed at most: a check has a few dozen.
MAX_STEPS = 400

IN_LINE = "waiting for its turn"

#: Seconds of waiting that are not worth a line.
SHORT_WAIT = 1.5


class TicketState(StrEnum):
    """Where a check stands. `stopped` is one that the end of the service ended before its time."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class StepView(Value):
    """A step as it is watched: `seconds` so far, or in all where it has ended; its `limit` in seconds."""

    activity: str
    seconds: float
    limit: int | None = None
    ended: bool = False
    status: StepStatus | None = None


class TicketView(Value):
    """A check that was asked for, at one moment; `version` grows with every change.

    `ahead` counts the checks that come before a waiting one. `lines` are the last ones that the running step
    printed. `result` is the address of the repository's page once there is one; `note` what else is to be known.
    """

    id: str
    version: int
    state: TicketState
    repository: str
    commit: str | None = None
    ref: str | None = None
    ahead: int = 0
    asked_at: datetime
    seconds: float = 0.0
    steps: tuple[StepView, ...] = ()
    lines: tuple[str, ...] = ()
    outcome: Outcome | None = None
    result: str | None = None
    reused: bool = False
    note: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in (TicketState.DONE, TicketState.STOPPED)


@dataclass
class _Step:
    activity: str
    began: float
    limit: int | None
    ended: float | None = None
    status: StepStatus | None = None


@dataclass(eq=False)
class Ticket:
    """One requested check; changed by the job queue alone, under its lock. Times are monotonic seconds."""

    target: Target
    client: str
    anew: bool = False
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    asked_at: datetime = field(default_factory=now)
    asked: float = field(default_factory=time.monotonic)
    state: TicketState = TicketState.WAITING
    probe: Probe | None = None
    check: Check | None = None
    reused: bool = False
    note: str = ""
    tries: int = 0
    began: float | None = None
    ended: float | None = None
    version: int = 0
    steps: list[_Step] = field(default_factory=list)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))

    @property
    def over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in (TicketState.DONE, TicketState.STOPPED)

    def begin(self, activity: str, limit: int | None = None) -> None:
        """Say what is being done now; what was done before has ended."""
        if self.state is TicketState.WAITING:
            self.state, self.began = TicketState.RUNNING, time.monotonic()
        self._end_step()
        if self.steps and self.steps[-1].activity == IN_LINE and self._measure_time() < SHORT_WAIT:
            self.steps.pop()
        if len(self.steps) < MAX_STEPS:
            self.steps.append(_Step(join_lines(activity, MAX_LINE), time.monotonic(), limit))
        self.lines.clear()
        self.version += 1

    def add_news(self, news: Progress) -> None:
        """Take a line of news from the worker."""
        if self.over or news.done:
            return
        activity = join_lines(news.activity, MAX_LINE)
        last = self.steps[-1] if self.steps else None
        if last is None or last.activity != activity or (last.ended is not None and not news.line):
            self.begin(activity, news.limit)
        elif last.ended is not None:
            return  # a line that came late
        if news.status is not None and self.steps:
            self.steps[-1].status, self.steps[-1].ended = news.status, time.monotonic()
            self.version += 1
        elif news.line and (line := join_lines(news.line, MAX_LINE)):
            self.lines.append(line)
            self.version += 1

    def wait(self) -> None:
        """Say that it waits for its turn."""
        self.begin(IN_LINE)

    def finish(self, check: Check, *, reused: bool = False, note: str = "") -> None:
        """Say how it ended."""
        self._end_step()
        self.state, self.check, self.reused, self.note = TicketState.DONE, check, reused, note
        self.ended = time.monotonic()
        self.version += 1

    def stop(self, note: str) -> None:
        """Say that it was ended before its time."""
        self._end_step()
        self.state, self.note, self.ended = TicketState.STOPPED, note, time.monotonic()
        self.version += 1

    def _end_step(self) -> None:
        if self.steps and self.steps[-1].ended is None:
            self.steps[-1].ended = time.monotonic()

    def _measure_time(self) -> float:
        return (self.steps[-1].ended or time.monotonic()) - self.steps[-1].began

    def view(self, ahead: int = 0) -> TicketView:
        """Return how it stands now."""
        clock = time.monotonic()
        repository = self.target.repository
        return TicketView(
            id=self.id,
            version=self.version,
            state=self.state,
            repository=str(repository),
            commit=self.target.commit,
            ref=self.target.ref,
            ahead=ahead,
            asked_at=self.asked_at,
            seconds=round((self.ended or clock) - (self.began or self.asked), 1),
            steps=tuple(
                StepView(
                    activity=step.activity,
                    seconds=round((step.ended or clock) - step.began, 1),
                    limit=step.limit,
                    ended=step.ended is not None,
                    status=step.status,
                )
                for step in self.steps
            ),
            lines=() if self.over else tuple(self.lines),
            outcome=find_outcome(self.check) if self.check is not None else None,
            result=make_repository_address(repository) if self.check is not None else None,
            reused=self.reused,
            note=self.note,
        )
