"""Separates modules whose requirement a repair dropped from modules that were never declared or committed."""

from __future__ import annotations

from collections.abc import Iterable

from checker.core.values.plans import BuildPlan
from checker.core.values.results import Cause, StepResult
from checker.ecosystems.python.distributions.table import provides
from checker.ecosystems.python.spec import spec_of
from checker.judging.causes import make_cause

#: Why a download failed → the cause for a module that is missing in the end.
#:
#: A host that this machine cannot reach would be the checker's failure, tried again every night; once the rest
#: has been built without it, it is a limit of the check.
CAUSES = {
    "network": "network_policy",
    "network_policy": "network_policy",
    "git_requirement_gone": "git_requirement_gone",
    "download_gone": "download_gone",
}

_ABSENT = frozenset({"missing_in_repository", "undeclared_dependency"})


def find_reason(why: Cause | None) -> str | None:
    """Return the cause for modules of a requirement that was set aside; None where the reason is another."""
    return CAUSES.get(why.name) if why is not None else None


def name_out_of_reach(result: StepResult, plan: BuildPlan) -> StepResult:
    """Give a step that lacks nothing but modules of such requirements the cause of those."""
    aside: dict[str, str] = {}
    for name, why in spec_of(plan).out_of_reach:
        aside.setdefault(name, why)  # The first reason is the author's; a later conflict is of a replacement.
    if not aside or result.cause is None or result.cause.name not in _ABSENT:
        return result
    lacking = {name.partition(".")[0] for name in result.cause.modules}
    reasons = {name: _find_module_reason(name, aside.items()) for name in lacking}
    if not lacking or None in reasons.values():
        return result
    name = next(reason for reason in reasons.values() if reason is not None)
    return result.model_copy(update={"cause": make_cause(name, *result.cause.evidence)})


def _find_module_reason(module: str, aside: Iterable[tuple[str, str]]) -> str | None:
    return next((why for name, why in aside if module.lower() in {part.lower() for part in provides(name)}), None)
