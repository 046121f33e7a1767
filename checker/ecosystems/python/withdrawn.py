"""Releases that were offered on a date and have been withdrawn (yanked) since, all that there were by then.

An index as of a date does not know when something was withdrawn: a resolver finds nothing, where everyone found
something on that day. One that is named exactly is still given out, so the plan names it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from checker.ecosystems.python.repairs import edits
from checker.models import BuildPlan, Evidence

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


def offered_then(plan: BuildPlan) -> BuildPlan:
    """Name the releases of a plan's date for requirements that are left open, where all of them are withdrawn."""
    if plan.cutoff is None:
        return plan
    constraints, evidence = [], []
    for name, releases in WITHDRAWN.items():
        line = edits.line_for(plan.requirements, name)
        newest = next((v for day, v in reversed(releases) if _day(day) <= plan.cutoff), "")
        if line is None or not newest or edits.line_for(plan.constraints, name):
            continue
        asked = edits.parse(line)
        if asked is not None and asked.url is None and asked.specifier.contains(newest):
            constraints.append(f"{name}=={newest}")
            claim = f"{name} {newest} was the newest then, and has been withdrawn since"
            evidence.append(Evidence(claim=claim, source="index", text=f"{name}=={newest}"))
    if not constraints:
        return plan
    return plan.with_(constraints=(*plan.constraints, *constraints), evidence=(*plan.evidence, *evidence))


def _day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
