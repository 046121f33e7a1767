"""Takes a release with wheels of a package that does not compile here and whose version is not stated.

The newest release of the code's date may be sources alone, though one of before or after it came with wheels
(z3-solver had none until 2018, and compiles for longer than an installation may take).
"""

from __future__ import annotations

import re
from datetime import timedelta

from packaging.utils import canonicalize_name

from checker.core.values.edits import AllowSources, WheelsOnly
from checker.core.values.plans import BuildPlan
from checker.core.values.results import StepStatus
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.plan_edits import NAME
from checker.ecosystems.python.repairs import actions, older
from checker.ecosystems.python.repairs.blame import find_package, leave_out_added, set_aside_for
from checker.ecosystems.python.repairs.interpreters import try_next_interpreter
from checker.ecosystems.python.spec import spec_of, with_spec
from checker.judging.repair_engine import Change, Found

#: How much younger than the code a release with wheels may be: interfaces drift, a package that lacks is worse.
LATER = timedelta(days=3 * 365)

TIME_OUT = "time_out"


def ask_for_wheels(plan: BuildPlan, found: Found) -> Change | None:
    """Ask for wheels of a package that does not build, where the code imports it or a repair added it."""
    name = canonicalize_name(find_package(found))
    if name not in found.context.imported and name not in plan_edits.added_names(plan):
        return None
    why = found.result.cause.name if found.result.cause is not None else "build_backend_error"
    return _ask_for_wheels(plan, name, why)


def ask_for_wheels_in_time(plan: BuildPlan, found: Found) -> Change | None:
    """Ask for wheels of the packages that were still being built when the time of the step was up."""
    if found.result.status is not StepStatus.TIMED_OUT:
        return None
    log = found.match.string
    begun, ended = _BEGUN.findall(log), frozenset(_ENDED.findall(log))
    names = (canonicalize_name(name) for name in dict.fromkeys(begun) if name not in ended)
    return next((change for name in names if (change := _ask_for_wheels(plan, name, TIME_OUT)) is not None), None)


def _ask_for_wheels(plan: BuildPlan, name: str, why: str) -> Change | None:
    if (
        not name
        or name in list_wheels_only(plan)
        or name in plan_edits.held(plan)
        or not older.is_free(plan, name)
    ):
        return None
    if plan_edits.line_for((*plan.requirements, *plan.lock), name) is None:
        return None
    return with_spec(plan, wheels_only=(*spec_of(plan).wheels_only, (name, why))), (WheelsOnly(name=name),)


def list_wheels_only(plan: BuildPlan) -> dict[str, str]:
    """Return what is installed from wheels alone: name → cause of why sources will not do."""
    return dict(spec_of(plan).wheels_only)


def give_up_wheels(plan: BuildPlan, found: Found) -> Change | None:
    """Take the wheels of a later day where the code's date has none, and give up where that has none either.

    What a later release requires may be of that day as well. What was added is left out in the end; so is what
    takes too long, for it would take as long again. What fails to build is left to the rules after this one.
    """
    name, names, days = canonicalize_name(found["name"]), list_wheels_only(plan), plan_edits.held(plan)
    if name not in names:
        return None
    if plan.cutoff is not None and name not in days:
        return actions.hold(plan, name, f"{plan.cutoff + LATER:%Y-%m-%d}", "at the code's date it has no wheels")
    others = map(canonicalize_name, _TOO_NEW.findall(found.match.string))
    other = next((each for each in others if each not in days and older.is_free(plan, each)), None)
    if other is not None and name in days:
        return actions.hold(plan, other, days[name], f"{name} requires it")
    why = names.pop(name)
    plan = plan_edits.let_go(with_spec(plan, wheels_only=tuple(names.items())), name)
    added = leave_out_added(plan, name)
    if added is not None:
        return added
    last = why == TIME_OUT or try_next_interpreter(plan, found) is None
    aside = set_aside_for(plan, name, why, "it does not build, and has no wheels") if last else None
    return aside or (plan, (AllowSources(name=name, note="it has no wheels"),))


#: What uv says of a package whose release of the index date is older than something requires.
_TOO_NEW = re.compile(rf"`({NAME})` was filtered by `exclude-newer` to only include packages")

_BEGUN = re.compile(rf"^ *Building (?P<package>{NAME})(?:==\S+| @ \S+)$", re.MULTILINE)
#: What uv prints when the build of a package begins and ends.
_ENDED = re.compile(rf"^ *Built (?P<package>{NAME})(?:==\S+| @ \S+)$", re.MULTILINE)
