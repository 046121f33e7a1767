"""Python's planning, function by function, as tests of a single one call it: no project is opened."""

from __future__ import annotations

from datetime import UTC, datetime

from checker.core.tree import Tree
from checker.ecosystems.base import Detection, Facts
from checker.ecosystems.python import ecosystem
from checker.ecosystems.python.ecosystem import find_missing as missing
from checker.ecosystems.python.outcomes.interpret import interpret
from checker.ecosystems.python.planning.consult import consult
from checker.ecosystems.python.planning.next_plan import repair
from checker.ecosystems.python.planning.plan import make_plans
from checker.ecosystems.python.planning.resolve import prepare

__all__ = ["consult", "detect", "interpret", "make_plans", "missing", "prepare", "repair"]

MOMENT = datetime(2024, 1, 1, tzinfo=UTC)


def detect(tree: Tree) -> Detection | None:
    """Say how much Python a tree holds."""
    project = ecosystem.open(tree, Facts(repository="ada/paper", code_date=MOMENT, today=MOMENT))
    return None if project is None else project.detection
