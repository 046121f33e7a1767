"""A module whose requirement could not be reached: not what nobody committed."""

from __future__ import annotations

import pytest

from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.outcomes.unreachable_requirements import name_out_of_reach
from checker.ecosystems.python.plan_edits import leave_out_of_reach
from checker.ecosystems.python.repairs import load_rules
from checker.ecosystems.python.spec import spec_of
from checker.judging.causes import make_cause
from checker.judging.repair_engine import Context, plan_next_repair

RULES = load_rules()

LINE = "lamplight @ git+https://git.example/ada/lamplight.git"
PLAN = BuildPlan(ecosystem="python", way=Way.REPAIRED, requirements=("numpy", LINE))


def ended(why: str, phase: Phase, log: str = "", *modules: str) -> StepResult:
    found = make_cause(why, modules=modules)
    step = Step(name="step", phase=phase, argv=("x",))
    return StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log, cause=found)


def without(why: str) -> BuildPlan:
    """The plan after the address gave nothing for a reason."""
    log = f"error: Failed to download and build `{LINE}`\n  cause: Git operation failed\n"
    attempt = Attempt(plan=PLAN, results=(ended(why, Phase.RESOLVE, log),))
    repaired = plan_next_repair(RULES, attempt, Context())
    assert repaired is not None
    assert repaired.requirements == ("numpy",)
    return repaired


@pytest.mark.parametrize(
    ("why", "told"),
    [("network", "network_policy"), ("git_requirement_gone", "git_requirement_gone"), ("compile_error", None)],
)
@pytest.mark.parametrize("modules", [("lamplight", "lamplight.bulbs"), ("lamplight.bulbs",)])
def test_what_was_out_of_reach_explains_the_module(why: str, told: str | None, modules: tuple[str, ...]) -> None:
    absent = ended("missing_in_repository", Phase.IMPORT, "", *modules)
    judged = name_out_of_reach(absent, without(why))
    assert (judged.cause and judged.cause.name) == (told or "missing_in_repository")


def test_another_module_beside_it_stays_what_it_is() -> None:
    plan = without("network")
    assert spec_of(plan).out_of_reach == (("lamplight", "network_policy"),)
    for modules in (("lamplight", "other"), ("other",), ()):
        absent = ended("missing_in_repository", Phase.IMPORT, "", *modules)
        assert name_out_of_reach(absent, plan) == absent
    drift = ended("incompatible_dependency", Phase.IMPORT, "", "lamplight")
    assert name_out_of_reach(drift, plan) == drift


def test_a_release_in_its_place_that_lacks_the_module_is_explained_by_the_address() -> None:
    log = f"error: Failed to download and build `{LINE}`\n  cause: Git operation failed\n"
    attempt = Attempt(plan=PLAN, results=(ended("git_requirement_gone", Phase.RESOLVE, log),))
    context = Context(requirement_for=lambda module: "lamplight" if module == "lamplight" else None)
    repaired = plan_next_repair(RULES, attempt, context)
    assert repaired is not None
    assert repaired.requirements == ("numpy", "lamplight")
    absent = ended("undeclared_dependency", Phase.IMPORT, "", "lamplight.bulbs")
    left_out = leave_out_of_reach(repaired, "lamplight", "dependency_conflict")
    for plan in (repaired, left_out):
        judged = name_out_of_reach(absent, plan)
        assert judged.cause is not None
        assert judged.cause.name == "git_requirement_gone"
