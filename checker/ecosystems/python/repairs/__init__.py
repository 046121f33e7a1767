"""Python's table of repairs, in the order in which they are tried; a row is one signature and one change."""

from __future__ import annotations

from checker.ecosystems.python.repairs import (
    building,
    drift,
    drift_learning,
    drift_packages,
    older,
    resolving,
    system,
    undeclared,
    wheels_only,
)
from checker.judging.repair_engine import Rule

RULES: tuple[Rule, ...] = (
    *undeclared.UNDO,
    *wheels_only.UNDO,
    *older.UNDO,
    *resolving.RULES,
    *system.RULES,
    *drift.RULES,
    *drift_learning.RULES,
    *drift_packages.RULES,
    *building.RULES,
    *older.RULES,
    *undeclared.RULES,
)
"""What names its cause most exactly comes first: a version that lacks a module before the module that lacks."""
