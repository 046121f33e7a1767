"""One repository live in a terminal: steps that have ended stay as lines, the one that runs shows its output."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType
from typing import Self

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from checker.core.text import join_lines
from checker.core.values.results import Progress, StepStatus
from checker.reports.words import STATUS_WORDS, format_seconds

#: Last lines of output that are shown below the step that runs.
LINES = 4

MARKS = {
    None: ("·", "dim"),
    StepStatus.PASSED: ("✓", "green"),
    StepStatus.SKIPPED: ("–", "dim"),
    StepStatus.LIMIT: ("◐", "yellow"),
    StepStatus.ENGINE_ERROR: ("?", "dim"),
}
FAILED = ("✗", "red")


@dataclass
class _Step:
    """What is being done: since when (monotonic seconds), in how many seconds at most, with which last output."""

    activity: str
    since: float
    limit: int | None
    output: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    status: StepStatus | None = None


class StepsDisplay:
    """Takes the news of one repository from any thread; a context manager that shows them while it is entered.

    In a terminal, each step that has ended leaves a line with its time, and below them stands the one that runs,
    with its last lines of output, its time and its limit. Elsewhere: a line for each step that begins, and another
    one where it did not pass; no times and no control characters, so that two runs can be compared.
    """

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(stderr=True)
        self._step: _Step | None = None
        self._started = time.monotonic()
        self._lock = Lock()
        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(self, console=self.console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            ended, self._step = (self._step, None) if kind is None else (None, self._step)
        if ended is not None:
            self._leave(ended)
        if self.console.is_terminal:
            self._live.stop()
            self.console.print()

    def __call__(self, news: Progress) -> None:
        """Take one line of news."""
        activity, ended = join_lines(news.activity), None
        with self._lock:
            if self._late(activity, news):
                return
            begins = self._step is None or self._step.activity != activity or self._step.status is not None
            if begins:
                ended = self._step
                self._step = None if news.done else _Step(activity, time.monotonic(), news.limit)
            if self._step is not None:
                self._step.status = news.status
                if news.line:
                    self._step.output.append(news.line)
        if ended is not None:
            self._leave(ended)
        if begins and not news.done and not self.console.is_terminal:
            self._say(Text(f"{join_lines(news.repository)}: {activity}"))
        if not self.console.is_terminal and news.status not in (None, StepStatus.PASSED):
            self._say(Text(f"{join_lines(news.repository)}: {activity}: {STATUS_WORDS[news.status]}"))

    def _late(self, activity: str, news: Progress) -> bool:
        """Whether this is a line of a step that has ended already."""
        step = self._step
        return step is not None and step.activity == activity and step.status is not None and bool(news.line)

    def note(self, line: str) -> None:
        """Say something that belongs to no step."""
        self._say(Text(join_lines(line)))

    def _say(self, line: Text) -> None:
        self.console.print(line, soft_wrap=True)

    def _leave(self, step: _Step) -> None:
        """Leave the line of a step that has ended."""
        if not self.console.is_terminal:
            return
        took = format_seconds(round(time.monotonic() - step.since, 1))
        said = "" if step.status in (None, StepStatus.PASSED) else f"{STATUS_WORDS[step.status]} · "
        mark = MARKS.get(step.status, FAILED)
        self.console.print(_render_line(Text(*mark), step.activity, f"{said}{took}", self.console.width, "dim"))

    # ------------------------------------------------------------ the step that runs

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._picture(options.max_width)

    def _picture(self, width: int) -> RenderableType:
        with self._lock:
            step = self._step
            output = tuple(step.output) if step is not None else ()
        if step is None:
            return Text("")
        clock = time.monotonic()
        limit = f" of {format_seconds(step.limit)} at most" if step.limit else ""
        spent = f"{format_seconds(round(clock - step.since))}{limit}"
        icon = self._spinner.render(self.console.get_time())
        first = _render_line(
            icon if isinstance(icon, Text) else Text("…"), step.activity, spent, width, "bold cyan"
        )
        rest = [Text(f"  │ {join_lines(line)}", style="dim", overflow="ellipsis", no_wrap=True) for line in output]
        whole = Text(f"  {format_seconds(round(clock - self._started))} in all · Ctrl-C stops", style="dim")
        return Group(first, *rest, whole)


def _render_line(mark: Text, what: str, said: str, width: int, style: str) -> Text:
    """Put mark, step and time on one line of the width; the step is cut where it is too long."""
    said = said[: max(0, width - 14)]
    room = max(8, width - cell_len(said) - 5)
    name = Text(what)
    name.truncate(room, overflow="ellipsis", pad=True)
    line = Text.assemble(
        mark, " ", (name.plain, style if style != "dim" else ""), "  ", (said, "dim"), no_wrap=True
    )
    line.truncate(width, overflow="ellipsis")
    return line
