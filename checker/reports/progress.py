"""The live view: what every worker is doing, as a table in a terminal and as plain lines elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType
from typing import Self

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from checker.core.text import join_lines
from checker.core.values.base import now
from checker.core.values.results import Check, Progress
from checker.judging.wording import find_outcome
from checker.reports.words import TONE_STYLES, format_seconds


@dataclass
class _Line:
    """What one worker said last, and since when it has been at that activity (monotonic seconds)."""

    news: Progress
    since: float
    output: str = ""


@dataclass
class _State:
    lines: dict[str, _Line] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)
    done: int = 0


class ProgressDisplay:
    """Takes news from any thread; a context manager that shows them while it is entered.

    In a terminal: a live table, one row for each worker. Elsewhere: one line for each repository that is finished,
    and with a single repository one line for each activity; never more than that, and no control characters.
    """

    def __init__(self, total: int | None = None, console: Console | None = None) -> None:
        self.total = total
        self.console = console or Console(stderr=True)
        self._state = _State()
        self._started = time.monotonic()
        self._begun = now()
        self._lock = Lock()
        self._live = Live(self, console=self.console, refresh_per_second=5, transient=True)

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.console.is_terminal:
            self._live.stop()

    def __call__(self, news: Progress) -> None:
        """Take one line of news."""
        with self._lock:
            before = self._state.lines.get(news.worker)
            same = before is not None and _describe_news(before.news) == _describe_news(news)
            self._state.begun.setdefault(news.repository, time.monotonic())
            if news.done:
                self._state.lines.pop(news.worker, None)
            elif before is not None and same:
                before.news, before.output = news, news.line or before.output
            else:
                self._state.lines[news.worker] = _Line(news, time.monotonic(), news.line)
        if not same and not news.done and self.total == 1 and not self.console.is_terminal:
            self._say(f"{join_lines(news.repository)}: {join_lines(news.activity)}")

    def finished(self, check: Check) -> None:
        """Say that a repository is done, and with what result."""
        outcome, name = find_outcome(check), join_lines(str(check.target.repository))
        with self._lock:
            self._state.done += 1
            count = f"[{self._state.done}/{self.total}] " if self.total else ""
        cause = check.cause or check.verdict.cause
        why = f" · {join_lines(cause.summary)}" if cause else ""
        # An earlier check that still counts took no time now.
        earlier = check.started_at < self._begun
        took = f"as of {check.started_at:%Y-%m-%d}" if earlier else format_seconds(check.seconds)
        if self.console.is_terminal:
            self.console.print(
                Text.assemble((count, "dim"), (name, "bold"), ": ", (outcome.label, TONE_STYLES[outcome.tone]),
                              (f" · {took}{why}", "dim")),
                overflow="ellipsis", no_wrap=True,
            )  # fmt: skip
        else:
            self._say(f"{count}{name}: {outcome.label} · {took}{why}")

    def note(self, line: str) -> None:
        """Say something that belongs to no repository: a phase that begins, a warning."""
        self._say(join_lines(line))

    def _say(self, line: str) -> None:
        self.console.print(Text(line), soft_wrap=True)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._picture(options.max_width)

    def _picture(self, width: int) -> RenderableType:
        with self._lock:
            lines = [(line.news, line.since, line.output) for _, line in sorted(self._state.lines.items())]
            done = self._state.done
        if not lines and not self.total:
            return Text("")
        return Group(_render_lines(lines, width), self._bar(done, width))

    def _bar(self, done: int, width: int) -> RenderableType:
        elapsed = format_seconds(time.monotonic() - self._started)
        if not self.total or self.total == 1:
            return Text(elapsed, style="dim")
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(total=self.total, completed=done, width=max(10, min(40, width - 32))),
            Text(f"{done} of {self.total} · {elapsed}"),
        )
        return bar


def _describe_news(news: Progress) -> tuple[str, str]:
    return news.repository, news.activity


def _render_lines(lines: list[tuple[Progress, float, str]], width: int) -> RenderableType:
    """One line for each worker (repository, activity, time and limit), and below it its last line of output."""
    rest = max(width - _TIME_CELLS - 3, 20)
    cells = (rest * 3 // 7, rest - rest * 3 // 7, _TIME_CELLS)
    shown = []
    for news, since, output in lines:
        limit = f" / {format_seconds(news.limit)}" if news.limit else ""
        time_ = f"{format_seconds(round(time.monotonic() - since))}{limit}"
        row = (
            _fit_name(news.repository, cells[0]),
            _fit(news.activity, cells[1]),
            time_[:_TIME_CELLS].rjust(_TIME_CELLS),
        )
        shown.append(Text.assemble((row[0], "bold"), " ", (row[1], "cyan"), " ", (row[2], "dim"), no_wrap=True))
        if output:
            shown.append(Text(f"  {_fit(output, width - 4)}", style="dim", no_wrap=True))
    return Group(*shown)


#: Cells for `12 min 40 s / 1 h 00 min`, give or take: longer ones are cut.
_TIME_CELLS = 24


def _fit_name(name: str, cells: int) -> str:
    """Fit `owner/name`; where it is too long, the owner is shortened first: the name tells more."""
    owner, slash, rest = join_lines(name).rpartition("/")
    spare = cells - cell_len(rest) - 1
    if slash and cell_len(owner) > spare:
        owner = _fit(owner, max(spare, 6)).rstrip()
    return _fit(f"{owner}{slash}{rest}", cells)


def _fit(text: str, cells: int) -> str:
    """Put text from outside on one line of exactly that many cells, with an ellipsis where it is cut."""
    fitted = Text(join_lines(text))
    fitted.truncate(cells, overflow="ellipsis", pad=True)
    return fitted.plain
