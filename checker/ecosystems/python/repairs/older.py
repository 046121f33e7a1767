"""The repair for parts that a release has lost and that no other row knows: an earlier release of that package.

What code asks a package for was there when the code was written. Where the newest release of the code's own date
lacks it, the author worked with an older one: authors install once and commit for years.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from packaging.requirements import Requirement

from checker.ecosystems.python.repairs import edits
from checker.ecosystems.python.repairs.rows import rule
from checker.models import BuildPlan
from checker.repairs import Change, Found, Rule

BACK = (timedelta(days=365), timedelta(days=3 * 365))
"""How far a package is taken back, first and then. Within a year most interfaces go that are announced as
deprecated; three years is the longest that the common scientific packages support an interpreter (NEP 29)."""

OPTION = "older"
"""The option that holds `name=day` for packages whose releases end before the index date, joined by commas."""


def older_release(plan: BuildPlan, found: Found) -> Change | None:
    """Take the package back by one step; None where the author pins it, or where it has been taken back far."""
    top = found["module"].partition(".")[0]
    line = found.context.requirement_for(top)
    name = edits.name_of(line or "")
    if plan.cutoff is None or not name or top in found.context.local_modules or not _is_free(plan, name):
        return None
    if edits.line_for((*plan.lock, *plan.requirements), name) is None:
        return None
    held = dict(part.split("=") for part in (plan.option(OPTION) or "").split(",") if part)
    day = next((day for day in _days(plan.cutoff) if name not in held or day < held[name]), None)
    if day is None:
        return None
    held[name] = day
    return edits.set_option(plan, OPTION, ",".join(f"{n}={d}" for n, d in held.items())), f"{name} as of {day}"


def _days(cutoff: datetime) -> tuple[str, ...]:
    return tuple(f"{cutoff - step:%Y-%m-%d}" for step in BACK)


def _is_free(plan: BuildPlan, name: str) -> bool:
    """Whether the author leaves the version open."""
    line = edits.line_for(plan.requirements, name)
    return line is None or not any(spec.operator in ("==", "===", "~=") for spec in Requirement(line).specifier)


def _row(name: str, pattern: str) -> Rule:
    hint = "State the version of the package that you used."
    return rule(name, pattern, older_release, hint, fallback=True, group="earlier release")


RULES: tuple[Rule, ...] = (
    _row("earlier_release_for_module", r"No module named '(?P<module>\w+\.[\w.]+)'"),
    _row("earlier_release_for_name", r"cannot import name '\w+' from '(?P<module>[\w.]+)' \(/env/"),
    _row("earlier_release_for_attribute", r"AttributeError: module '(?P<module>[\w.]+)' has no attribute '"),
)
