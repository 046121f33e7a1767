"""A language of the tests' own: the repository says in `play.act` what happens to the worker that checks it.

`pass` ends at once; `nap SECONDS` takes so long; `wait NAME` ends when the file NAME appears in the gate folder;
`after COUNT NAME` ends at once for the first COUNT of all starts, whichever they are, and waits from then on;
`kill` kills the process that runs it, as the kernel does when memory is short. Every start is written down.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from checker.check import Services
from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase, Spec, Step, Way
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.base import (
    Detection,
    Facts,
    ask_nothing,
    close_nothing,
    find_nothing_missing,
    interpret_nothing,
    prepare_nothing,
    repair_nothing,
)
from checker.hosts import open_host
from checker.sandbox.scripted import ScriptedEngine

DAY = date(2026, 3, 1)

PATIENCE = 120.0
"""Seconds after which a waiting step gives up, so that a test that fails leaves nothing behind."""


@dataclass(frozen=True)
class PlayProject:
    """A tree with a play."""

    tree: Tree
    facts: Facts
    detection: Detection

    def make_plans(self) -> tuple[BuildPlan, ...]:
        spec = Spec(act=self.tree.read("play.act").strip(), repository=self.facts.repository)
        step = Step(name="play", phase=Phase.INSTALL, argv=("play",))
        plan = BuildPlan(ecosystem=self.detection.ecosystem, way=Way.AS_PUBLISHED, spec=spec, steps=(step,))
        return (plan,)

    prepare = prepare_nothing
    ask = ask_nothing
    repair = repair_nothing
    interpret = interpret_nothing
    find_missing = find_nothing_missing
    close = close_nothing


class Play:
    """The language."""

    name = "play"
    project = PlayProject

    def open(self, tree: Tree, facts: Facts) -> PlayProject | None:
        detection = Detection(ecosystem=self.name, files=1, declared=True)
        return self.project(tree, facts, detection) if "play.act" in tree else None


def services(mirror: Path, gate: Path) -> Services:
    """Return what a worker works with: real git, a scripted engine, no container."""

    def act(plan: BuildPlan, step: Step) -> StepResult | StepStatus:
        said = plan.spec.model_extra or {}
        what, _, name = str(said.get("act", "")).partition(" ")
        with (gate / "starts").open("a", encoding="utf-8") as log:
            log.write(f"{said.get('repository')} {os.getpid()}\n")
        if what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "after":
            count, _, name = name.partition(" ")
            what = "wait" if len(starts(gate)) > int(count) else "pass"
        if what == "nap":
            time.sleep(float(name))
        deadline = time.monotonic() + PATIENCE
        while what == "wait" and not (gate / name).exists():
            if time.monotonic() > deadline:
                return StepStatus.ENGINE_ERROR
            time.sleep(0.02)
        return StepStatus.PASSED

    return Services(
        host=open_host(mirror=mirror),
        engine=ScriptedEngine(act),
        tools=None,  # the language of the tests fetches nothing
        ecosystems=(Play(),),
        workspace=gate / "work",
    )


def write_repositories(mirror: Path, acts: Mapping[str, str]) -> None:
    """Make `owner/name` repositories that do what they say."""
    for slug, act in acts.items():
        write_repository(mirror / f"{slug}.git", {"play.act": act, "main.c": "int main(void) { return 0; }\n"})


def write_repository(bare: Path, files: Mapping[str, str]) -> None:
    """Make a bare repository with one commit more, which holds just these files."""
    env = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    if not bare.exists():
        subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", bare], check=True, env=env)
    parts = [
        "commit refs/heads/main",
        "committer A <a@example.org> 1609459200 +0000",
        "data 4",
        "work",
        "deleteall",
    ]
    for path, text in files.items():
        parts += [f"M 100644 inline {path}", f"data {len(text.encode())}", text]
    stream = "\n".join([*parts, ""]).encode()
    subprocess.run(["git", "fast-import", "--quiet", "--force"], input=stream, cwd=bare, check=True, env=env)


def starts(gate: Path) -> list[tuple[str, int]]:
    """Return (repository, process) of every start, in order."""
    log = gate / "starts"
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [(line.split()[0], int(line.split()[1])) for line in lines]
