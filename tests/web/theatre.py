"""A language of the tests' own that can be watched: `show.json` in a repository says what is printed, and when.

Git, queue, store and web application are real; only the sandbox is played. A step is
`{"name", "phase", "status", "lines": [...], "every": seconds, "gate": name, "limit": seconds, "way"}`: it prints
its lines at that pace, then waits until the file `gate` appears in the gate folder.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from small_world import make_repository

from checker.check import Services
from checker.core.container import Limits
from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Evidence, Phase, Spec, Step, Way
from checker.core.values.results import Attempt, Missing, StepResult, StepStatus
from checker.ecosystems.base import (
    Detection,
    Facts,
    ask_nothing,
    close_nothing,
    interpret_nothing,
    prepare_nothing,
    repair_nothing,
)
from checker.hosts import open_host
from checker.sandbox.base import LineListener

PATIENCE = 60.0
"""Seconds after which a waiting step gives up, so that a test that fails leaves nothing behind."""

CODES = {"passed": 0, "failed": 1}


class Show:
    """The language."""

    name = "show"

    def open(self, tree: Tree, facts: Facts) -> Play | None:
        detection = Detection(ecosystem=self.name, files=1, declared=True)
        return Play(tree, detection) if "show.json" in tree else None


@dataclass(frozen=True)
class Play:
    """The project: everything that the file says, way by way."""

    tree: Tree
    detection: Detection

    def make_plans(self) -> tuple[BuildPlan, ...]:
        said = json.loads(self.tree.read("show.json"))
        plans = []
        for way in Way:
            steps = tuple(
                Step(
                    name=one["name"],
                    phase=Phase(one["phase"]),
                    argv=tuple(one.get("argv", ["play", one["name"]])),
                    network=one["phase"] in ("resolve", "install"),
                    seconds=one.get("limit", 300),
                    evidence=(Evidence(claim="the play says so", source="show.json"),),
                )
                for one in said
                if one.get("way", "as_published") == way.value
            )
            if steps:
                plans.append(
                    BuildPlan(
                        ecosystem="show", way=way, declared=True, spec=Spec(show=json.dumps(said)), steps=steps
                    )
                )
        return tuple(plans)

    close = close_nothing
    prepare = prepare_nothing
    ask = ask_nothing
    repair = repair_nothing
    interpret = interpret_nothing

    def find_missing(self, attempts: Sequence[Attempt]) -> tuple[Missing, ...]:
        if "missing.txt" not in self.tree:
            return ()
        wanted = (Evidence(claim="imported", source="train.py", line=3),)
        names = self.tree.read("missing.txt").split()
        return tuple(Missing(kind="module", name=name, wanted_by=wanted) for name in names)


@dataclass
class Stage:
    """The engine: plays what the plan says."""

    gate: Path
    stopped: bool = False
    opened: list[str] = field(default_factory=list)

    @contextmanager
    def open(self, plan: BuildPlan, source: Path, limits: Limits) -> Iterator[Player]:
        self.stopped = False
        said = json.loads((plan.spec.model_extra or {}).get("show", "[]"))
        yield Player(self, {one["name"]: one for one in said if one.get("way", "as_published") == plan.way.value})

    def sweep(self) -> int:
        return 0

    def stop(self) -> None:
        self.stopped = True


@dataclass(frozen=True)
class Player:
    """One attempt of the stage."""

    stage: Stage
    said: Mapping[str, Any]

    def write(self, files: Sequence[tuple[str, str]]) -> None:
        """Keep nothing: no step reads files."""

    def share_builds(self, wheel_store: Path, name: str) -> None:
        """Share nothing: no step compiles."""

    def run(self, step: Step, on_line: LineListener | None = None) -> StepResult:
        one, began = self.said[step.name], time.monotonic()
        self.stage.opened.append(step.name)
        log = []
        for line in one.get("lines", ()):
            log.append(line)
            if on_line is not None:
                on_line(line)
            self._pause(one.get("every", 0.0))
        gate = one.get("gate")
        while gate and not (self.stage.gate / gate).exists() and time.monotonic() - began < PATIENCE:
            if self.stage.stopped:
                break
            time.sleep(0.02)
        status = StepStatus.ENGINE_ERROR if self.stage.stopped else StepStatus(one.get("status", "passed"))
        return StepResult(
            step=step,
            status=status,
            exit_code=CODES.get(status.value),
            seconds=round(time.monotonic() - began, 2),
            log="\n".join(log) + "\n" if log else "",
        )

    def _pause(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.stage.stopped:
            time.sleep(min(0.02, max(0.0, deadline - time.monotonic())))


def services(mirror: Path, gate: Path) -> Services:
    """Return what a worker works with: real git, a played sandbox."""
    return Services(
        host=open_host(mirror=mirror),
        engine=Stage(gate),
        tools=None,
        ecosystems=(Show(),),
        workspace=gate / f"work-{os.getpid()}",
    )


def put_on(mirror: Path, slug: str, *steps: Mapping[str, Any], **files: str) -> str:
    """Make a repository that plays these steps; return its commit."""
    held = {"show.json": json.dumps(list(steps)), "train.py": "import model\n", **files}
    return make_repository(mirror, slug, held)


def step(name: str, phase: str = "install", **more: Any) -> dict[str, Any]:
    """Say what a step does."""
    return {"name": name, "phase": phase, **more}
