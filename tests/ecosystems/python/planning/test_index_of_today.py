"""Repairs start from the index of today where only it has what the code needs, and time did nothing else to it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import python_language as python
from small_trees import make_tree

from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.knowledge import Knowledge
from checker.judging.causes import make_cause
from checker.judging.ladder import climb

FACTS = Knowledge(
    repository="ada/code",
    code_date=datetime(2022, 1, 1, tzinfo=UTC),
    today=datetime(2024, 1, 1, tzinfo=UTC),
    interpreters=("3.8", "3.10", "3.12"),
)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return make_tree(tmp_path, {"requirements.txt": "six\n", "main.py": "import six\nimport numpy\n"})


def attempt(plan: BuildPlan, fails: Phase, name: str) -> Attempt:
    """Return an attempt in which one phase fails, and what needs it is skipped."""
    failed = [step for step in plan.steps if step.phase is fails]
    results = []
    for step in plan.steps:
        status = StepStatus.FAILED if step in failed else StepStatus.PASSED
        if fails is Phase.RESOLVE and step.phase is not Phase.RESOLVE and results:
            status = StepStatus.SKIPPED
        results.append(
            StepResult(step=step, status=status, cause=make_cause(name) if status is StepStatus.FAILED else None)
        )
    return Attempt(
        plan=plan, results=tuple(results), rungs=climb(has_code=True, declared=True, plan=plan, results=results)
    )


def first_repaired(tree: Tree, published: tuple[Phase, str], period: tuple[Phase, str]) -> BuildPlan:
    plans = python.make_plans(tree, FACTS)
    attempts = [attempt(plan, *ends) for plan, ends in zip(plans, (published, period), strict=True)]
    plan = python.repair(tree, FACTS, attempts)
    assert plan is not None
    return plan


def test_the_index_of_today_is_taken_where_nothing_resolves_at_the_date(tree: Tree) -> None:
    plan = first_repaired(tree, (Phase.IMPORT, "undeclared_dependency"), (Phase.RESOLVE, "version_gone"))
    assert plan.cutoff is None
    assert plan.interpreter == python.make_plans(tree, FACTS)[0].interpreter
    assert {repair.changed for repair in plan.repairs} == {"added numpy", "index date → today"}
    assert not [item for item in plan.evidence if item.claim.startswith("index as of")]
    assert not [step for step in plan.steps if "--exclude-newer" in step.argv]


@pytest.mark.parametrize(
    ("published", "period"),
    [
        ((Phase.IMPORT, "incompatible_dependency"), (Phase.RESOLVE, "version_gone")),
        ((Phase.RESOLVE, "version_gone"), (Phase.RESOLVE, "version_gone")),
        ((Phase.IMPORT, "undeclared_dependency"), (Phase.IMPORT, "undeclared_dependency")),
    ],
    ids=["what time did", "neither resolves", "the date resolves"],
)
def test_the_date_of_the_code_is_kept(tree: Tree, published: tuple[Phase, str], period: tuple[Phase, str]) -> None:
    plan = first_repaired(tree, published, period)
    assert plan.cutoff is not None
    assert "index date → today" not in {repair.changed for repair in plan.repairs}
