"""Makes the actions that rules apply to a plan, so that a rule stays one row."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from checker.core.values.edits import (
    AddRequirement,
    AddSystemPackages,
    ChangeRequirement,
    Constrain,
    Edit,
    HoldDistribution,
    MoveInterpreter,
)
from checker.core.values.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.repairs.blame import find_package, leave_out_added
from checker.judging.repair_engine import Action, Change, Found
from checker.judging.table import BUILDING


def narrow(wanted: str, *, only_present: bool = False) -> Action:
    """Narrow a distribution to a range; with `only_present` only one that the plan requires."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        absent = plan_edits.line_for(plan.requirements, plan_edits.name_of(wanted)) is None
        return None if only_present and absent else constrain(plan, wanted)

    return action


def add(wanted: str) -> Action:
    """Add a distribution to what is required."""
    return lambda plan, _: require(plan, wanted)


def require(plan: BuildPlan, line: str) -> Change | None:
    """Add one requirement; where the distribution is required already, narrow it."""
    new = plan_edits.require(plan, line)
    known = plan_edits.line_for(plan.requirements, plan_edits.name_of(line)) is not None
    edit = Constrain(requirement=line) if known else AddRequirement(requirement=line)
    return None if new is None else (new, (edit,))


def constrain(plan: BuildPlan, wanted: str) -> Change | None:
    """Narrow one distribution to a range."""
    new = plan_edits.constrain(plan, wanted)
    return None if new is None else (new, (Constrain(requirement=wanted),))


def pin(plan: BuildPlan, line: str | None, after: str | None, note: str = "") -> Change | None:
    """Replace a requirement line by another; None where one of them is missing, or both are the same."""
    new = None if line is None or after is None else plan_edits.pin(plan, line, after)
    return None if new is None else (new, (ChangeRequirement(before=line or "", after=after or "", note=note),))


def hold(plan: BuildPlan, name: str, day: str, note: str = "") -> Change:
    """Let the releases of a distribution end on a day of its own."""
    return plan_edits.hold(plan, name, day), (HoldDistribution(name=name, day=day, note=note),)


def swap(old: str, new: str) -> Action:
    """Put one distribution in the place of another."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        changed = plan_edits.replace(plan, old, new)
        return None if changed is None else (changed, (ChangeRequirement(before=old, after=new),))

    return action


def python_at_most(highest: str) -> Action:
    """Use the best interpreter that is not newer."""
    return _change_python(lambda minor: minor <= plan_edits.minor(highest), highest)


def python_at_least(lowest: str) -> Action:
    """Use the best interpreter that is not older; of those beyond the plan's own list, the oldest."""
    return _change_python(lambda minor: minor >= plan_edits.minor(lowest), lowest)


def _change_python(fits: Callable[[tuple[int, ...]], bool], bound: str) -> Action:
    def action(plan: BuildPlan, found: Found) -> Change | None:
        if plan.interpreter is not None and fits(plan_edits.minor(plan.interpreter)):
            return None
        if found.result.step.phase in BUILDING and _has_moved(plan):
            # One package that was added is not worth an odyssey: what the author asks for may need this Python.
            aside = leave_out_added(plan, find_package(found))
            if aside is not None:
                return aside
        fitting = [i for i in found.context.interpreters if fits(plan_edits.minor(i))]
        return change_interpreter(plan, find_nearest_interpreter(plan, fitting, bound))

    return action


def _has_moved(plan: BuildPlan) -> bool:
    """Whether a repair has changed the interpreter already."""
    return any(True for _ in plan_edits.edits_of(plan, MoveInterpreter))


def find_nearest_interpreter(plan: BuildPlan, fitting: Iterable[str], bound: str) -> str | None:
    """Return the interpreter of the plan's own list that fits, else the fitting one nearest to `bound`."""
    known = set(fitting)
    named = next((i for i in plan_edits.ladder(plan, ()) if i in known), None)
    target = plan_edits.minor(bound)
    return named or min(known, key=lambda i: abs(plan_edits.minor(i)[1] - target[1]), default=None)


def change_interpreter(plan: BuildPlan, interpreter: str | None) -> Change | None:
    """Change the interpreter."""
    changed = plan_edits.use_interpreter(plan, interpreter)
    if changed is None or interpreter is None:
        return None
    return changed, (MoveInterpreter(before=plan.interpreter, after=interpreter),)


def do_first_of(*actions: Action) -> Action:
    """Do the first action that changes anything."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        return next((change for each in actions if (change := each(plan, found)) is not None), None)

    return action


def install_packages(*names: str) -> Action:
    """Install system packages by name."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        return add_system(plan, names)

    return action


def do_all(*steps: Action) -> Action:
    """Do several actions as one repair; those that change nothing are passed over."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        edits: list[Edit] = []
        for step in steps:
            change = step(plan, found)
            if change is not None:
                plan = change[0]
                edits += change[1]
        return (plan, tuple(edits)) if edits else None

    return action


def add_system(plan: BuildPlan, packages: Iterable[str]) -> Change | None:
    """Add system packages that are not there yet."""
    new = tuple(package for package in packages if package not in plan.system_packages)
    if not new:
        return None
    changed = plan.with_(system_packages=(*plan.system_packages, *new))
    return changed, (AddSystemPackages(packages=new),)
