"""How far verdicts agree with people who ran the code: what is known, what was said, the shares of error."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from checker.core.shares import Share
from checker.core.values.base import Value
from checker.core.values.plans import Rung, Way
from checker.core.values.repositories import Target


class Known(StrEnum):
    """What people found who ran the code."""

    WORKS = "works"
    BROKEN = "broken"


class KnownOutcome(Value):
    """One repository with what is known of it.

    `right` is what somebody says who has read the verdict's evidence: that it is right for the right reason, or
    not; None where nobody has. `note` says why.
    """

    target: Target
    known: Known
    source: str
    right: bool | None = None
    note: str = ""


class Agreement(StrEnum):
    """A verdict beside a known outcome."""

    AGREES = "agrees"
    LIMIT = "limit"
    """Stopped for something that a check does not have: data, weights, a GPU. Says neither."""
    WORKING_CALLED_BROKEN = "working_called_broken"
    BROKEN_CALLED_WORKING = "broken_called_working"
    NOT_JUDGED = "not_judged"
    """The code is gone, in a language that is not checked, or the check is inconclusive."""


class TrustRow(Value):
    """One repository of a list: what was known, what the checker said."""

    repository: str
    known: Known
    source: str
    agreement: Agreement
    reached: Rung | None = None
    way: Way | None = None
    cause: str | None = None
    right: bool | None = None
    note: str = ""


class Trust(Value):
    """The error rate over a list. Shares leave out what was not judged; `read` counts only rows somebody has read.

    `without_error` are those that agree or stop at a limit, of all that were judged.
    """

    list: str
    date: date
    checker_version: str
    rules: str
    without_error: Share
    working_called_broken: Share
    broken_called_working: Share
    read: Share
    rows: tuple[TrustRow, ...] = ()
