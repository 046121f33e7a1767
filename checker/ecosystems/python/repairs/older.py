"""Takes an earlier release of a package whose newer one has lost a part, where no other row applies.

What code uses of a package existed when the code was written. Where the newest release of the code's own date
lacks it, the author worked with an older one: authors install once and commit for years.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from packaging.requirements import Requirement

from checker.core.values.edits import MoveDate, ReleaseDistribution
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.repairs import actions
from checker.ecosystems.python.spec import spec_of, with_spec
from checker.judging.repair_engine import Change, Found

#: How far a package is taken back: within a year most interfaces go that are announced as deprecated.
BACK = timedelta(days=365)

#: Why a date is moved to the time of the author's pins.
WHEN_NEW = "the stated versions were new then"

#: How long after the youngest version that an author states the rest was installed, at the latest.
ABOUT = timedelta(days=30)

#: How much earlier than the index date that has to be: less makes no difference worth an attempt.
EARLIER = timedelta(days=90)


def take_earlier_release(plan: BuildPlan, found: Found) -> Change | None:
    """Take all that is left open back to the time of the author's pins; once that is done, the package alone.

    None where the author pins the package, or where it has been taken back.
    """
    return _time_of_pins(plan, found) or _hold_one_package(plan, found)


def _time_of_pins(plan: BuildPlan, found: Found) -> Change | None:
    """Move the index date to when the author's pins were released: what the author left open is of that time."""
    day = _find_pin_date(plan, found)
    if plan.cutoff is None or day is None or spec_of(plan).index_date_before is not None:
        return None
    moved = with_spec(plan, index_date_before=plan.cutoff).with_(cutoff=day)
    return moved, (MoveDate(before=plan.cutoff, after=day, note=WHEN_NEW),)


def _find_pin_date(plan: BuildPlan, found: Found) -> datetime | None:
    """Return when the author's pins were new; None where that is not known, or no earlier than the index date."""
    pinned_at = found.context.pinned_at
    if plan.cutoff is None or pinned_at is None or pinned_at + ABOUT > plan.cutoff - EARLIER:
        return None
    return pinned_at + ABOUT


def undo_date(plan: BuildPlan, found: Found) -> Change | None:
    """Move the index date back to the code's, where what the author left open had no release so early."""
    before = spec_of(plan).index_date_before
    if before is None or plan.cutoff is None or plan.cutoff >= before:
        return None
    return plan.with_(cutoff=before), (MoveDate(before=plan.cutoff, after=before, note="the code's own again"),)


def _hold_one_package(plan: BuildPlan, found: Found) -> Change | None:
    top = found["module"].partition(".")[0]
    line = found.context.requirement_for(top)
    name = plan_edits.name_of(line or "")
    if plan.cutoff is None or not name or top in found.context.local_modules or not is_free(plan, name):
        return None
    if name in plan_edits.held(plan) or plan_edits.line_for((*plan.lock, *plan.requirements), name) is None:
        return None
    return actions.hold(plan, name, f"{plan.cutoff - BACK:%Y-%m-%d}")


def take_back(plan: BuildPlan, found: Found, package: str) -> Change | None:
    """Use an older release, of the time of the author's pins, for a package that does not compile.

    Extensions are compiled against packages that the author pins, such as torch, and follow their interfaces: the
    release of the code's date asks for parts that the pinned one does not have yet. None where the author pins the
    package itself, where the pins are not older than the code, and where this has been tried.
    """
    name, moment = plan_edits.name_of(package), _find_pin_date(plan, found)
    if not name or moment is None or name in plan_edits.held(plan) or not is_free(plan, name):
        return None
    return actions.hold(plan, name, f"{moment:%Y-%m-%d}", WHEN_NEW)


def undo_hold(plan: BuildPlan, found: Found) -> Change | None:
    """Stop holding a package back that has no release so old, or none compatible with the others."""
    name = plan_edits.name_of(found["name"])
    if name not in plan_edits.held(plan):
        return None
    return plan_edits.let_go(plan, name), (ReleaseDistribution(name=name),)


def is_free(plan: BuildPlan, name: str) -> bool:
    """Whether the author leaves the version open."""
    line = plan_edits.line_for(plan.requirements, name)
    return line is None or not any(spec.operator in ("==", "===", "~=") for spec in Requirement(line).specifier)
