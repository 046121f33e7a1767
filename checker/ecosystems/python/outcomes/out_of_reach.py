"""Tells modules whose requirement a repair set aside from those that nobody stated or committed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from packaging.utils import canonicalize_name

from checker.core.plans import BuildPlan
from checker.core.results import Cause, StepResult
from checker.ecosystems.python.distributions.table import provides
from checker.judging.causes import cause

OPTION = "out_of_reach"
"""The option that names what was set aside for its address or in a conflict, `name=cause`, joined by commas."""

CAUSES = {
    "network": "network_policy",
    "network_policy": "network_policy",
    "git_requirement_gone": "git_requirement_gone",
    "download_gone": "download_gone",
}
"""Why an address gave nothing → what that is for a module that is not there in the end.

A host that this machine cannot reach would be a failure of ours, tried again every night; once the rest has been
built without it, it is a limit of the check.
"""

_ABSENT = frozenset({"missing_in_repository", "undeclared_dependency"})
_NAMED = re.compile(r"^(?:not found: |no module named )(?P<names>[\w.]+(?:, [\w.]+)*)$")


def entry(name: str, why: Cause | None) -> str | None:
    """Return what the option says of a requirement that was set aside; None where the reason is another."""
    known = CAUSES.get(why.name) if why is not None else None
    return None if known is None else f"{canonicalize_name(name)}={known}"


def explained(result: StepResult, plan: BuildPlan) -> StepResult:
    """Give a step that lacks nothing but modules of such requirements the cause of those."""
    aside: dict[str, str] = {}
    for part in filter(None, (plan.option(OPTION) or "").split(",")):
        name, why = part.split("=", 1)
        aside.setdefault(
            name, why
        )  # The first reason is the author's; a conflict of what stands in comes after it.
    if not aside or result.cause is None or result.cause.name not in _ABSENT:
        return result
    named = [match for e in result.cause.evidence if (match := _NAMED.match(e.claim))]
    lacking = {name.partition(".")[0] for match in named for name in match["names"].split(", ")}
    reasons = {name: _reason(name, aside.items()) for name in lacking}
    if not lacking or None in reasons.values():
        return result
    name = next(reason for reason in reasons.values() if reason is not None)
    return result.model_copy(update={"cause": cause(name, *result.cause.evidence)})


def _reason(module: str, aside: Iterable[tuple[str, str]]) -> str | None:
    return next((why for name, why in aside if module.lower() in {part.lower() for part in provides(name)}), None)
