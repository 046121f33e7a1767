"""What changed since the last night, as a value: it stands in `report.json` and at the top of every report."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from checker.core.values.base import Value
from checker.core.values.plans import Goal, Rung, Way
from checker.core.values.results import Tone

#: Days after which promised code that is not there is called overdue, unless the settings say otherwise.
PROMISE_DAYS = 90


class ReportOptions(Value):
    """How results are read: the rung that is required, the last way that counts, the days a promise may take."""

    require: Rung = Rung.IMPORTABLE
    way: Way = Way.REPAIRED
    promise_days: Annotated[int, Field(ge=0)] = PROMISE_DAYS


class ChangeKind(StrEnum):
    """What became otherwise, in the order in which it is told.

    `newly_broken` and `newly_fixed` are about the required rung and the way it is reached by; `weaker` and
    `stronger` about the other rungs. `vanished` code was there before, `returned` code was not to be had.
    `promise_kept` is code that a paper announced and that is there now, `promise_overdue` code that is not.
    """

    NEWLY_BROKEN = "newly_broken"
    VANISHED = "vanished"
    NEWLY_FIXED = "newly_fixed"
    RETURNED = "returned"
    PROMISE_KEPT = "promise_kept"
    MOVED = "moved"
    WEAKER = "weaker"
    STRONGER = "stronger"
    PROMISE_OVERDUE = "promise_overdue"

    @property
    def heading(self) -> str:
        """The kind in words, fit for a heading."""
        return _HEADINGS[self]


_HEADINGS = {
    ChangeKind.NEWLY_BROKEN: "Newly broken",
    ChangeKind.VANISHED: "Vanished",
    ChangeKind.NEWLY_FIXED: "Newly fixed",
    ChangeKind.RETURNED: "There now",
    ChangeKind.PROMISE_KEPT: "Promised code that has appeared",
    ChangeKind.MOVED: "Moved",
    ChangeKind.WEAKER: "Gets less far",
    ChangeKind.STRONGER: "Gets further",
    ChangeKind.PROMISE_OVERDUE: "Promised code still missing",
}


class PackageChange(Value):
    """A package that was resolved to another version; None where it was not installed at all."""

    name: str
    before: str | None
    after: str | None


class Change(Value):
    """One thing that became otherwise.

    `subject` names it for a reader: the repository, or the title of the paper for a promise. `key` names the entry
    in `repositories`, None where there is none; `paper_id` is a paper that links to it. `before` and `after` are
    in words, their tones those of the badge. `reason` is one sentence on what made the difference, as far as that
    can be told; `packages` are the versions that differ where the commit is the same. `days` is the age of a
    promise, `before_date` the night of the last conclusive result.
    """

    kind: ChangeKind
    subject: str
    repository: str | None = None
    key: str | None = None
    paper_id: str | None = None
    before: str = ""
    after: str = ""
    before_tone: Tone | None = None
    after_tone: Tone | None = None
    reason: str = ""
    commit_before: str | None = None
    commit_after: str | None = None
    packages: tuple[PackageChange, ...] = ()
    before_date: date | None = None
    days: int | None = None


class Changes(Value):
    """Everything that became otherwise since the nights before.

    `since` is the date of the night before, None on the first night. `compared` counts the repositories of
    which both this night and an earlier one could tell, `untold` those that this night could not tell,
    `new` those without an earlier conclusive result. `require` is the rung that `newly_broken` is about,
    `way` the last one that counts for it.
    """

    since: date | None = None
    compared: int = 0
    untold: int = 0
    new: int = 0
    require: Rung = Rung.IMPORTABLE
    way: Way = Way.REPAIRED
    promise_days: int = PROMISE_DAYS
    changes: tuple[Change, ...] = ()

    @property
    def goal(self) -> Goal | None:
        """What is required, where that decides the words: None where any way may reach it."""
        return None if self.way is Way.REPAIRED else Goal(rung=self.require, way=self.way)

    def of(self, kind: ChangeKind) -> tuple[Change, ...]:
        """Return the changes of one kind."""
        return tuple(change for change in self.changes if change.kind is kind)

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """The kinds that occur, in the order in which they are told."""
        return tuple(kind for kind in ChangeKind if self.of(kind))
