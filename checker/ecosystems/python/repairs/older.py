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
from checker.judging.repair_engine import Change, Found, Part

#: How far a package is taken back: within a year most interfaces go that are announced as deprecated.
BACK = timedelta(days=365)

#: Why a date is moved to the time of the author's pins.
WHEN_NEW = "the stated versions were new then"

#: How long after the youngest version that an author states the rest was installed, at the latest.
ABOUT = timedelta(days=30)

#: How much earlier than the index date that has to be: less makes no difference worth an attempt.
EARLIER = timedelta(days=90)


def take_earlier_release(plan: BuildPlan, found: Found) -> Change | None:
    """Take the nearest release that has the part, where the index tells which.

    Otherwise take all that is left open back to the time of the author's pins; once that is done, the package
    alone. None where the author pins the package, or where it has been taken back.
    """
    top = found["module"].partition(".")[0]
    return take_release_with_part(plan, found) or _time_of_pins(plan, found) or _hold_one_package(plan, found, top)


def follow_demand(plan: BuildPlan, found: Found) -> Change | None:
    """Take the release of a package that another one demands in words; where the author chose it, an older other.

    "Keras requires TensorFlow 2.2 or higher": TensorFlow from 2.2 on, or else a Keras of the time.
    """
    wanted = plan_edits.name_of(found.context.requirement_for(found["wanted"].lower()) or "")
    if wanted and plan_edits.line_for(plan.lock, wanted) and is_free(plan, wanted):
        return actions.constrain(plan, f"{wanted}>={found['version']}")
    return _time_of_pins(plan, found) or _hold_one_package(plan, found, found["by"].lower())


def take_release_with_part(plan: BuildPlan, found: Found) -> Change | None:
    """Narrow a package whose version the author left open to the releases that have what the log says is missing.

    None where the index does not know, and where the author pins the package.
    """
    part = _find_part(plan, found)
    release = None if part is None else found.context.release_with(part)
    if part is None or release is None:
        return None
    bound = ">=" if release.newer else "<="
    narrowed = actions.constrain(plan, f"{part.distribution}{bound}{release.version}")
    if narrowed is None or not release.newer or plan.cutoff is None or not release.day:
        return narrowed
    day = (datetime.fromisoformat(release.day) + timedelta(days=1)).date()
    if day <= plan.cutoff.date():
        return narrowed
    moved = actions.hold(narrowed[0], part.distribution, day.isoformat(), "what the code asks for came then")
    return moved[0], (*narrowed[1], *moved[1])


def _find_part(plan: BuildPlan, found: Found) -> Part | None:
    """Return what the log says that an installed package lacks; None where the author chose its version."""
    module = found["module"] or _find_module(found)
    top = module.partition(".")[0]
    name = plan_edits.name_of(found.context.requirement_for(top) or "")
    line = plan_edits.line_for(plan.lock, name) if name else None
    if line is None or top in found.context.local_modules or not is_free(plan, name):
        return None
    installed = next((spec.version for spec in Requirement(line).specifier if spec.operator == "=="), "")
    if not installed or ("." not in module and not found["name"] and not found["function"]):
        return None
    return Part(
        distribution=name,
        installed=installed,
        module=module,
        name=found["name"] or found["function"].rpartition(".")[2],
        argument=found["argument"],
    )


def _find_module(found: Found) -> str:
    """Return the module of an installed package that the code imports the called function from, '' if not one."""
    function = found["function"].partition(".")[0]
    known = found.context.takes_from(function) if function else ()
    return known[0] if len(known) == 1 else ""


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


def _hold_one_package(plan: BuildPlan, found: Found, top: str) -> Change | None:
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
