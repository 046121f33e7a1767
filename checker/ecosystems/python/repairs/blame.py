"""Finds which package's build a log line belongs to, and sets aside packages that repairs added."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from checker.core.values.edits import SetAside
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.plan_edits import NAME
from checker.judging.repair_engine import Change, Found

_BUILT = re.compile(
    rf"(?:Failed to build:?|Failed to (?:download and|fetch and) build|Failed building wheel for|Building|"
    rf"error in) `?(?P<package>{NAME})(?:[=@ `\n]|$)"
)


def find_package(found: Found) -> str:
    """Return the package whose build a place in the log belongs to; '' where that is the repository's own."""
    if found["package"]:
        return found["package"]
    before = list(_BUILT.finditer(found.match.string, 0, found.match.end()))
    return before[-1]["package"] if before else ""


def leave_out_added(plan: BuildPlan, package: str) -> Change | None:
    """Set aside for good what does not build and repairs added; None for what the author asks for."""
    name = canonicalize_name(package)
    without = plan_edits.set_aside(plan, name) if name in plan_edits.added_names(plan) else None
    kept_out = None if without is None else plan_edits.keep_left_out(without, name)
    return make_change(kept_out, name, "it does not build, and the author does not ask for it")


def set_aside_for(plan: BuildPlan, package: str, why: str, note: str) -> Change | None:
    """Set a package aside and note the cause that its modules are not there for."""
    name = canonicalize_name(package)
    without = plan_edits.set_aside_for_all(plan, name) if name else None
    if without is not None:
        without = plan_edits.leave_out_of_reach(without, name, why)
    return make_change(without, name, note)


def make_change(without: BuildPlan | None, requirement: str, note: str = "") -> Change | None:
    """Return a plan without a requirement as a change, with the reason in words; None without such a plan."""
    return None if without is None else (without, (SetAside(requirement=requirement, note=note),))
