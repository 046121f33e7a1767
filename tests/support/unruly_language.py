"""A language of the tests' own, opened in a child: `act.txt` says what reading the tree does there."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import Attempt, StepResult
from checker.ecosystems.base import (
    Detection,
    Facts,
    Prepared,
    RunStep,
    close_nothing,
    find_nothing_missing,
    repair_nothing,
)
from checker.ecosystems.python.tools import Query, Tools

name = "unruly"

EVER = datetime(2024, 5, 1, tzinfo=UTC)


@dataclass
class UnrulyProject:
    """A tree that does what it says."""

    tree: Tree
    detection: Detection

    def make_plans(self) -> Sequence[BuildPlan]:
        do(self.tree.read("act.txt").strip())
        steps = (Step(name="resolve", phase=Phase.RESOLVE, argv=("resolve",)),)
        return (BuildPlan(ecosystem=name, way=Way.AS_PUBLISHED, steps=steps),)

    def prepare(self, plan: BuildPlan, tools: Tools, run: RunStep) -> Prepared:
        result = run(plan.steps[0])
        fetched = tools.python.fetch(result.log, interpreter=tools.python.cpu_index or "", indexes=(), seconds=1)
        return Prepared(plan=plan, results=(result, fetched))

    def ask(self, attempts: Sequence[Attempt], tools: Tools) -> None:
        tools.python.look_up([Query(line="numpy")], as_of=attempts[0].plan.cutoff or EVER, seconds=len(attempts))

    def interpret(self, result: StepResult, plan: BuildPlan) -> StepResult:
        return result.model_copy(update={"log": f"{os.getpid()} read {result.log}"})

    repair = repair_nothing
    find_missing = find_nothing_missing
    close = close_nothing


def open(tree: Tree, facts: Facts) -> UnrulyProject | None:
    if "act.txt" not in tree:
        return None
    return UnrulyProject(tree, Detection(ecosystem=name, files=1, declared=False))


def do(act: str) -> None:
    """Take what a repository should not be able to take."""
    if act == "work":
        while True:
            pass
    elif act == "sleep":
        time.sleep(60)
    elif act == "hoard":
        held = []
        while True:
            held.append(bytearray(50_000_000))
    elif act == "nest":
        do("nest")
    elif act == "crash":
        os.abort()
    elif act == "leave":
        os._exit(3)
    elif act == "err":
        raise ZeroDivisionError("what nobody thought of")
