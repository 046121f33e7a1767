"""Relaxes conflicting requirements; trials of the resolver, inside the sandbox, decide which.

What the author states outweighs what the checker added: of the two, the addition is dropped first.
"""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Sequence

from packaging.utils import canonicalize_name

from checker.core.container import FILES
from checker.core.values.edits import (
    ChangeRequirement,
    DropRequirement,
    Edit,
    HoldDistribution,
    RelaxByTrial,
    describe,
)
from checker.core.values.plans import BuildPlan, Evidence, Phase, Repair, Step
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.base import RunStep
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.planning.steps import LOCK, install, make_older_options
from checker.ecosystems.python.repairs.relax import Relaxed, relax
from checker.ecosystems.python.repairs.resolving import PIN_HINT, WIDER
from checker.ecosystems.python.spec import spec_of
from checker.judging.causes import is_ours
from checker.judging.diagnose import diagnose
from checker.judging.failure_text import QUOTE

#: Runs of the resolver at most: bisection takes 6 of 60 relaxations, and as many again to take back.
TRIALS = 24

#: After so long no further trial is begun; each takes 2 to 10 s once the index's pages are in the cache.
TRIAL_SECONDS = 420

#: Seconds of one trial: a resolver that goes back through hundreds of releases finds nothing of that time.
TRIAL_LIMIT = 90

#: Times `WIDER` after the code's date, in turn: the first that has a release is nearest to what was meant.
LATER = (1, 2, 4)

_REQUIREMENTS = f"{FILES}/requirements.in"
#: Requirements and lock of a trial. A resolver prefers what an earlier lock holds: each begins without one.
_TRIED = ("/tmp/relaxed.in", "/tmp/relaxed.txt")  # noqa: S108 - the sandbox's own

_CONFLICT = "No solution found when resolving"
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?")


class _Stopped(Exception):
    """A trial failed for reasons of the checker's own, which say nothing about the requirements."""


def relax_plan(plan: BuildPlan, failed: StepResult, run: RunStep) -> tuple[BuildPlan, StepResult]:
    """Return the plan with the fewest changes that let it resolve, and its resolver's result.

    Where nothing helps, the plan is returned unchanged with its previous result; where a trial failed for
    reasons of the checker's own, with that trial's.
    """
    search = _Trials(plan, failed, run)
    try:
        found = relax(
            plan.requirements,
            search.can_resolve,
            blamed=search.find_blamed,
            imported=_list_imported(plan),
            added=plan_edits.added_names(plan),
            trials=TRIALS,
        )
    except _Stopped:
        return remove_intention(plan), search.last.model_copy(update={"step": failed.step})
    held = None if found is None else search.passed.get(found.requirements)
    if found is None or held is None or not found.changes:
        return remove_intention(plan), failed
    try:
        plan, found = _restore_with_later_releases(plan, found, search)
    except _Stopped:
        return remove_intention(plan), search.last.model_copy(update={"step": failed.step})
    held = search.passed[found.requirements]
    edits = _make_edits(found.changes, plan)
    note = f"[checker] {found.trials} trials of the resolver: {describe(edits)}\n"
    result = held.model_copy(update={"step": failed.step, "log": note + held.log})
    return _change_plan(plan, found, failed, edits), result


def _list_imported(plan: BuildPlan) -> frozenset[str]:
    return frozenset(spec_of(plan).relax or ())


def _restore_with_later_releases(plan: BuildPlan, found: Relaxed, search: _Trials) -> tuple[BuildPlan, Relaxed]:
    """Give back what the code imports and was left out, where releases of after the plan's date serve.

    Some packages were on conda for years before they came to the index, so nothing resolves as of the plan's
    date; without them the code cannot be imported.
    """
    guessed = plan_edits.added_names(plan) - _list_imported(plan)
    for old, new in found.changes:
        name, free = plan_edits.name_of(old), plan_edits.with_specifier(old, "")
        if new or free is None or plan.cutoff is None or name in guessed or name in plan_edits.held(plan):
            continue
        changes = tuple((was, free if was == old else now) for was, now in found.changes)
        instead = dict(changes)
        lines = tuple(line for each in plan.requirements if (line := instead.get(each, each)))
        days = (plan.cutoff + times * WIDER for times in LATER)
        plans = (plan_edits.hold(plan, name, f"{day:%Y-%m-%d}") for day in days)
        later = next((each for each in plans if search.can_resolve(lines, each)), None)
        if later is not None:
            plan, found = later, Relaxed(lines, changes, found.trials + 1)
    return plan, found


class _Trials:
    """Runs the plan's own resolver with other requirements."""

    def __init__(self, plan: BuildPlan, failed: StepResult, run: RunStep) -> None:
        self._original, self._step, self._run = plan.requirements, failed.step, run
        self._names = frozenset(map(plan_edits.name_of, plan.requirements))
        self._until = time.monotonic() + TRIAL_SECONDS
        self._count = 0
        self.passed: dict[tuple[str, ...], StepResult] = {}
        self.last = failed

    def find_blamed(self) -> frozenset[str]:
        """Return the required names in the last conflict: at least one of them has to change."""
        if self.last.passed:
            return frozenset()
        said = self.last.log.partition(_CONFLICT)[2]
        return frozenset(map(canonicalize_name, _NAME.findall(said))) & self._names

    def can_resolve(self, lines: Sequence[str], plan: BuildPlan | None = None) -> bool:
        """Whether the resolver finds versions; with the dates of `plan`, where one is given.

        An empty list always resolves: bisection may start from it, but it is no result, so `passed` leaves it out.

        Raises:
            _Stopped: the trial was inconclusive.

        """
        if not lines:
            return True
        if tuple(lines) == self._original or time.monotonic() > self._until:
            return False
        self._count += 1
        self.last = self._run(self._make_trial(lines, () if plan is None else tuple(make_older_options(plan))))
        if self.last.passed or self._is_waiting_for_build(lines):
            self.passed[tuple(lines)] = self.last
        elif self.last.status is not StepStatus.TIMED_OUT and is_ours(diagnose(self.last)):
            raise _Stopped
        return tuple(lines) in self.passed

    def _is_waiting_for_build(self, lines: Sequence[str]) -> bool:
        """Whether a trial met no conflict, but a package that does not build as the author asks for it.

        Builds are repaired by rules of their own, which see the trial's log; what only a loosened line led the
        resolver to is no answer.
        """
        failing = _BUILD.search(self.last.log)
        name = canonicalize_name(failing["name"] or "") if failing is not None else ""
        asked = [line for line in lines if name and plan_edits.name_of(line) == name]
        return bool(asked) and all(line in self._original for line in asked)

    def _make_trial(self, lines: Sequence[str], options: tuple[str, ...]) -> Step:
        wanted, lock = _TRIED
        places = {_REQUIREMENTS: wanted, LOCK: lock}
        argv = shlex.join([*(places.get(part, part) for part in self._step.argv), *options])
        script = f"rm -f {lock}; printf '%s\\n' {shlex.join(lines)} > {wanted} && {argv} && cp {lock} {LOCK}"
        name = f"{self._step.name}, trial {self._count}"
        changed = {"name": name, "argv": ("sh", "-c", script), "seconds": TRIAL_LIMIT, "required": False}
        return self._step.model_copy(update=changed)


def _change_plan(plan: BuildPlan, found: Relaxed, failed: StepResult, edits: tuple[Edit, ...]) -> BuildPlan:
    plan = remove_intention(plan)
    said = next((line.strip() for line in failed.log.splitlines() if "Because" in line), "")
    repair = Repair(
        name="conflict",
        signature=_CONFLICT,
        evidence=(Evidence(claim=f"{failed.step.name} says so", source="log", text=said[:QUOTE]),),
        edits=edits,
        hint=PIN_HINT,
    )
    added = plan_edits.added_names(plan)
    for name in (plan_edits.name_of(old) for old, new in found.changes if not new):
        plan = plan_edits.keep_left_out(plan, name)
        if name not in added:
            plan = plan_edits.leave_out_of_reach(plan, name, "dependency_conflict")
    text = "".join(f"{line}\n" for line in found.requirements)
    files = tuple((name, text if name == "requirements.in" else content) for name, content in plan.files)
    plan = plan.with_(requirements=found.requirements, files=files, repairs=(*plan.repairs, repair))
    steps = (install(plan, offline=False) if step.name == "install" else step for step in plan.steps)
    return plan.with_(steps=tuple(steps))


def remove_intention(plan: BuildPlan) -> BuildPlan:
    """Remove the repair that only records what was to be tried."""
    return plan.with_(repairs=tuple(repair for repair in plan.repairs if repair.edits != (RelaxByTrial(),)))


def _make_edits(changes: Sequence[tuple[str, str]], plan: BuildPlan) -> tuple[Edit, ...]:
    days, edits = plan_edits.held(plan), list[Edit]()
    for old, new in changes:
        edits.append(ChangeRequirement(before=old, after=new) if new else DropRequirement(requirement=old))
        if (name := plan_edits.name_of(new)) in days:
            edits.append(HoldDistribution(name=name, day=days[name]))
    return tuple(edits)


#: A package whose metadata could not be built: no conflict, and its build has repairs of its own.
_BUILD = re.compile(
    r"^\W{0,6}(?:error: )?Failed to (?:download and )?build\b(?: `(?P<name>[\w.-]+?)(?:==| @ |`))?", re.MULTILINE
)


def wants_relaxing(plan: BuildPlan, result: StepResult) -> bool:
    """Whether a step's failure is a conflict of requirements that the plan allows to be relaxed."""
    return (
        spec_of(plan).relax is not None
        and result.step.phase is Phase.RESOLVE
        and result.status is StepStatus.FAILED
        and _BUILD.search(result.log) is None
        and not is_ours(diagnose(result))
    )
