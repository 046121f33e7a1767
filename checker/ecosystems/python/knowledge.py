"""What is known about a Python repository besides its tree, as a frozen value: dates, interpreters, answers."""

from __future__ import annotations

from datetime import datetime

from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.judging.repair_engine import Part, Release


class Answer(Value):
    """Whether a requirement line brings a module, according to the index; `holds` is None where unknown."""

    module: str
    line: str
    holds: bool | None
    reason: str
    evidence: tuple[Evidence, ...] = ()


class Knowledge(Value):
    """What plans and repairs may know besides the tree.

    `interpreters` are the minor versions that the sandbox offers. `answers` are what the index said about
    requirements that a repair may add, `releases` the versions that it still has of the distributions that a
    repair asked for, `found_releases` which of them have parts that others lack, and `pinned_at` when the youngest
    version was released that the author states (None: not known, or nothing is stated).
    """

    repository: str
    code_date: datetime
    today: datetime
    interpreters: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    releases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    pinned_at: datetime | None = None
    found_releases: tuple[tuple[Part, Release | None], ...] = ()
