"""What a page shows of a log: the telling line with what surrounds it, the rest folded, all of it bounded."""

from __future__ import annotations

from collections.abc import Sequence

from checker.core.text import clean, find_telling_line
from checker.core.values.base import Value
from checker.core.values.results import StepResult, StepStatus
from checker.reports.build import find_quote

LINES_ABOVE = 160
LINES_BELOW = 60
LINES_QUIET = 40

#: Lines on each side of the telling one that stand open; those further off are folded.
LINES_NEAR = 12

MAX_LINE = 600


class LogView(Value):
    """A stretch of a log from top to bottom: `above` and `below` are folded, what is left out is counted.

    `telling` is the line that says why a step failed and `number` its place in the log, from 1; `lines`
    counts all of them.
    """

    lines: int = 0
    left_above: int = 0
    above: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    telling: str | None = None
    number: int | None = None
    after: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    left_below: int = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.before or self.telling or self.after)


def view_log(result: StepResult) -> LogView:
    """Return what is shown of a step's log: the end if it passed, else the failing line in its place."""
    lines = [line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}…" for line in clean(result.log).splitlines()]
    if result.status in (StepStatus.PASSED, StepStatus.SKIPPED):
        start = max(0, len(lines) - LINES_QUIET)
        return LogView(lines=len(lines), before=tuple(lines[start:]), left_above=start)
    at = find_telling_line(lines, find_quote(result.cause))
    return LogView() if at is None else _view_around(lines, at)


def _view_around(lines: Sequence[str], at: int) -> LogView:
    top, bottom = max(0, at - LINES_ABOVE), min(len(lines), at + 1 + LINES_BELOW)
    near_top, near_bottom = max(top, at - LINES_NEAR), min(bottom, at + 1 + LINES_NEAR)
    return LogView(
        lines=len(lines),
        left_above=top,
        above=tuple(lines[top:near_top]),
        before=tuple(lines[near_top:at]),
        telling=lines[at],
        number=at + 1,
        after=tuple(lines[at + 1 : near_bottom]),
        below=tuple(lines[near_bottom:bottom]),
        left_below=len(lines) - bottom,
    )
