"""What the index of today lacks of a past date: releases withdrawn (yanked) since, packages given out elsewhere.

An index as of a date does not know when something was withdrawn: a resolver finds nothing, where everyone found
something on that day. One that is named exactly is still given out, so the plan names it. What came to the index
later than the code, and stood somewhere else before, is taken in its first release there; that is a repair.
"""

from __future__ import annotations

from datetime import UTC, datetime

from checker.core.edits import ChangeRequirement, HoldDistribution
from checker.core.plans import BuildPlan, Evidence, Repair, Way
from checker.ecosystems.python import plan_edits

WITHDRAWN: dict[str, tuple[tuple[str, str], ...]] = {
    "torchvision": (
        ("2017-01-18", "0.1.6"),
        ("2017-01-19", "0.1.7"),
        ("2017-03-29", "0.1.8"),
        ("2017-08-06", "0.1.9"),
        ("2017-12-05", "0.2.0"),
        ("2018-04-24", "0.2.1"),
        ("2019-02-27", "0.2.2"),
        ("2019-02-28", "0.2.2.post2"),
        ("2019-03-01", "0.2.2.post3"),
        ("2019-05-22", ""),
    ),
}
"""Distribution → days and releases, from the upload times on the index; '' ends those that are withdrawn."""


FIRST_ON_INDEX = {"torch": (("torch", "torchvision"), "2018-12-07")}
"""Distribution → requirements that need it, and the day of its first release on the index (torch 1.0.0). Before,
torch came from pytorch.org and its channel alone."""


PUBLISHED_AS = {"rdkit": ("rdkit-pypi", "2021-03-29", "2022-06-17")}
"""Distribution → the name under which it first came to the index, the day after its first release there, and the
day of the first under its own. Before, RDKit came from conda alone. Dates: the index's own upload times."""


#: Why a distribution has a day of its own.
FIRST = "its first release on the index"


def offered_then(plan: BuildPlan) -> BuildPlan:
    """Name the releases of a plan's date for requirements that are left open, where all of them are withdrawn."""
    cutoff = plan.cutoff
    if cutoff is None:
        return plan
    if plan.way is Way.REPAIRED:
        plan = _former_name(_first_release(plan, cutoff), cutoff)
    constraints, evidence = [], []
    for name, releases in WITHDRAWN.items():
        line = plan_edits.line_for(plan.requirements, name)
        newest = next((v for day, v in reversed(releases) if _day(day) <= cutoff), "")
        if line is None or not newest or plan_edits.line_for(plan.constraints, name):
            continue
        asked = plan_edits.parse(line)
        if asked is not None and asked.url is None and asked.specifier.contains(newest):
            constraints.append(f"{name}=={newest}")
            claim = f"{name} {newest} was the newest then, and has been withdrawn since"
            evidence.append(Evidence(claim=claim, source="index", text=f"{name}=={newest}"))
    if not constraints:
        return plan
    return plan.with_(constraints=(*plan.constraints, *constraints), evidence=(*plan.evidence, *evidence))


def _first_release(plan: BuildPlan, cutoff: datetime) -> BuildPlan:
    """Let what came to the index after the plan's date be that of its first day there."""
    for name, (asking, day) in FIRST_ON_INDEX.items():
        lines = [line for each in asking if (line := plan_edits.line_for(plan.requirements, each)) is not None]
        if not lines or cutoff >= _day(day) or name in plan_edits.held(plan):
            continue
        repair = Repair(
            name="not on the index yet",
            signature=f"{lines[0]} as of {cutoff:%Y-%m-%d}",
            evidence=(Evidence(claim=f"{name} is on the index since {day}", source="index", text=lines[0]),),
            edits=(HoldDistribution(name=name, day=day, note=FIRST),),
            hint="State the version that you used, and where it came from.",
        )
        plan = plan_edits.hold(plan, name, day).with_(repairs=(*plan.repairs, repair))
    return plan


def _former_name(plan: BuildPlan, cutoff: datetime) -> BuildPlan:
    """Take what is left open and was on the index under another name then, or first of all."""
    for name, (former, first, until) in PUBLISHED_AS.items():
        if name not in plan.requirements or cutoff >= _day(until) or name in plan_edits.held(plan):
            continue
        early = cutoff < _day(first)
        repair = Repair(
            name="not on the index yet",
            signature=f"{name} as of {cutoff:%Y-%m-%d}",
            evidence=(
                Evidence(claim=f"{name} is on the index since {until}, as {former} before", source="index"),
            ),
            edits=(
                ChangeRequirement(before=name, after=former),
                *((HoldDistribution(name=former, day=first, note=FIRST),) if early else ()),
            ),
            hint="State the version that you used, and where it came from.",
        )
        plan = plan.with_(
            requirements=plan_edits.swap(plan.requirements, name, former), repairs=(*plan.repairs, repair)
        )
        plan = plan_edits.hold(plan, former, first) if early else plan
    return plan


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
