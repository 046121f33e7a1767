"""What a page shows of a log: the telling line with what surrounds it, bounded."""

from __future__ import annotations

from checker.models import StepResult, StepStatus, Value
from checker.reporter.report import quoted_in
from checker.text import clean, telling_line

LINES_BEFORE = 160
LINES_AFTER = 60
LINES_QUIET = 40
MAX_LINE = 600


class LogView(Value):
    """A stretch of a log: `telling` is the line that says why it failed; `first` counts from 1."""

    first: int = 1
    before: str = ""
    telling: str = ""
    after: str = ""
    left_above: int = 0
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
        return LogView(first=start + 1, before="\n".join(lines[start:]), left_above=start)
    at = telling_line(lines, quoted_in(result.cause))
    if at is None:
        return LogView()
    start, end = max(0, at - LINES_BEFORE), min(len(lines), at + 1 + LINES_AFTER)
    return LogView(
        first=start + 1,
        before="\n".join(lines[start:at]),
        telling=lines[at],
        after="\n".join(lines[at + 1 : end]),
        left_above=start,
        left_below=len(lines) - end,
    )
