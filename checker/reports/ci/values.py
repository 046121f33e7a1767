"""What a job of a CI service knows and says, as frozen values that no service's format has touched yet."""

from __future__ import annotations

from enum import StrEnum

from checker.core.values.base import Value
from checker.core.values.plans import Goal
from checker.judging.wording import choose_exit_code
from checker.reports.badge import Badge
from checker.reports.document import RepositoryDocument
from checker.reports.goals import read_reach


class Level(StrEnum):
    """How much an annotation weighs: an error fails the job, a warning does not, a notice only tells."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Annotation(Value):
    """A remark on a line of the repository, or on the job where there is no such line.

    `path` is relative to the root of the repository, `line` counts from 1. `name` is the cause's.
    """

    level: Level
    title: str
    message: str
    name: str = ""
    path: str | None = None
    line: int | None = None


class Result(Value):
    """Whether the required rung was reached."""

    reached: bool
    told: bool = True

    @property
    def exit_code(self) -> int:
        """0 where it was reached, 3 where that could not be judged, else 1."""
        return 0 if self.reached else 1 if self.told else 3

    @property
    def word(self) -> str:
        """The result as outputs and scripts have it."""
        return {0: "reached", 1: "not_reached", 3: "could_not_tell"}[self.exit_code]


class Story(Value):
    """Everything that is told of one check: what every output is made from.

    `document` is the check as the way that is asked for has it, `check` all of it. `name` is what the repository
    is called; `base` the last conclusive result of the branch `base_name`, which a pull request is compared with;
    `job_url` leads to the whole report.
    """

    name: str
    document: RepositoryDocument
    check: RepositoryDocument
    badge: Badge
    goal: Goal
    result: Result
    annotations: tuple[Annotation, ...] = ()
    base: RepositoryDocument | None = None
    base_name: str = ""
    job_url: str = ""


def judge_result(document: RepositoryDocument, goal: Goal) -> Result:
    """Return whether the goal is met by a check that was narrowed to it."""
    code = choose_exit_code(read_reach(document, goal.way), document.outcome, goal)
    return Result(reached=code == 0, told=code != 3)
