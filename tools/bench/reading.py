"""Counts what planning a tree reads and parses, each file and text once, and what a child of its own costs."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from datetime import time as time_of_day
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.core.container import Limits
from checker.core.tree import Tree
from checker.core.values.results import Attempt
from checker.ecosystems.base import Ecosystem, Facts, Project
from checker.ecosystems.contained.ecosystem import ContainedEcosystem
from checker.ecosystems.registry import ALL
from checker.sandbox.provision.interpreters import OFFERED

#: How many trees are visited in turn: as many as checks run at once by default.
TREES = 8

#: The name under which a text without a file is compiled.
NO_FILE = "<unknown>"


@dataclass
class Counts:
    """How often each file below a folder was opened, and each text parsed, while `watching`."""

    root: Path
    opened: Counter[str] = field(default_factory=Counter)
    parsed: Counter[str] = field(default_factory=Counter)
    watching: bool = True

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take an event of the interpreter's audit hook; they see every file and text, however it is read."""
        if not self.watching:
            return
        if event == "open" and isinstance(arguments[0], str | Path):
            path = os.fspath(arguments[0])
            if path.startswith(f"{self.root}/"):
                self.opened[path] += 1
        elif event == "compile" and arguments[1] == NO_FILE:
            text = arguments[0]
            self.parsed[text.decode() if isinstance(text, bytes) else str(text)] += 1


@contextmanager
def counting(root: Path) -> Iterator[Counts]:
    """Count what is read below a folder, and parsed, until the block ends."""
    counts = Counts(root.resolve())
    sys.addaudithook(counts.note)  # it stays for as long as the process, and notes nothing afterwards
    try:
        yield counts
    finally:
        counts.watching = False


def open_project(root: Path, ecosystems: Sequence[Ecosystem] = ALL) -> Project | None:
    """Open a folder as a check does; without containment unless the ecosystems have it."""
    now, tree = datetime.combine(datetime.now(UTC), time_of_day.min, UTC), Tree(root)
    facts = Facts(repository="local/folder", code_date=now, today=now, runtimes=(("python", OFFERED),))
    projects = (ecosystem.open(tree, facts) for ecosystem in ecosystems)
    found = [project for project in projects if project is not None]
    return max(found, key=lambda project: project.detection.files, default=None)


def plan_and_repair(root: Path, ecosystems: Sequence[Ecosystem] = ALL) -> None:
    """Carry out everything of a check that needs no container: open, plan, repair, and say what is missing."""
    project = open_project(root, ecosystems)
    if project is not None:
        attempts = [Attempt(plan=plan) for plan in project.make_plans()]
        project.repair(attempts)
        project.find_missing(attempts)
        project.close()


def reading_words(root: Path) -> str:
    """Return what one whole sequence reads and parses, in words."""
    began = time.process_time()
    with counting(root) as counts:
        plan_and_repair(root.resolve())
    seconds = time.process_time() - began
    return (
        f"{counts.opened.total()} reads of {len(counts.opened)} files, {counts.parsed.total()} parses of"
        f" {len(counts.parsed)} texts, {seconds:.1f} s of CPU"
    )


def visit_in_turn(root: Path, trees: int = TREES) -> float:
    """Return the CPU seconds of planning so many trees like this one in turn, twice, as checks at once do."""
    with TemporaryDirectory() as folder:
        names = [Path(folder, str(number)) for number in range(trees)]
        for name in names:
            name.symlink_to(root.resolve(), target_is_directory=True)
        began = time.process_time()
        found = [project for name in names if (project := open_project(name)) is not None]
        for _ in range(2):
            for project in found:
                project.make_plans()
        return time.process_time() - began


def containment_words(root: Path, times: int = 5) -> str:
    """Return the seconds by the clock that the same takes here and in a child, in words."""
    contained = [ContainedEcosystem(ecosystem, Limits()) for ecosystem in ALL]
    here, child = ([_time(root, each) for _ in range(times)] for each in (ALL, contained))
    return (
        f"planned and repaired: {min(here[1:]):.3f} s here, {min(child[1:]):.3f} s in a child;"
        f" the first time {here[0]:.3f} s and {child[0]:.3f} s"
    )


def _time(root: Path, ecosystems: Sequence[Ecosystem]) -> float:
    began = time.perf_counter()
    plan_and_repair(root.resolve(), ecosystems)
    return time.perf_counter() - began
