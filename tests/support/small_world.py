"""A world small enough to be tried in milliseconds: bare repositories in a mirror, a language of one file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from checker.check import Services
from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import Check, Progress
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
from checker.sandbox.base import SandboxEngine
from checker.sandbox.scripted import ScriptedEngine

IDENTITY = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
}

CODE = {"main.py": "print('hello')\n"}


def make_repository(mirror: Path, slug: str, files: Mapping[str, str] = CODE) -> str:
    """Make a bare repository with one commit (none without files); return the commit."""
    bare = mirror / f"{slug}.git"
    bare.mkdir(parents=True)
    _git(bare, "init", "--quiet", "--bare", "--initial-branch=main")
    if not files:
        return ""
    work = mirror.parent / "work" / slug
    for name, text in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    inside = ("--git-dir", str(bare), "--work-tree", str(work))
    _git(work, *inside, "add", "--all")
    _git(work, *inside, "commit", "--quiet", "--message", "x")
    return _git(bare, "rev-parse", "HEAD")


def add_branch(mirror: Path, slug: str, branch: str, files: Mapping[str, str]) -> None:
    """Add a branch that holds these files and nothing else; the head stays where it is."""
    bare, work = mirror / f"{slug}.git", mirror.parent / "work" / slug / branch
    for name, text in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    inside = ("--git-dir", str(bare), "--work-tree", str(work))
    _git(work, *inside, "add", "--all")
    commit = _git(work, *inside, "commit-tree", _git(work, *inside, "write-tree"), "-m", branch)
    _git(bare, "update-ref", f"refs/heads/{branch}", commit)
    _git(work, *inside, "read-tree", "HEAD")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, env=IDENTITY, capture_output=True, check=True)
    return done.stdout.decode().strip()


@dataclass(frozen=True)
class TinyProject:
    """Python files with one installation step and one start."""

    detection: Detection

    def make_plans(self) -> tuple[BuildPlan, ...]:
        steps = (
            Step(name="install", phase=Phase.INSTALL, argv=("install",), network=True),
            Step(name="import", phase=Phase.IMPORT, argv=("python", "-c", "import main")),
            Step(name="start", phase=Phase.START, argv=("python", "main.py")),
        )
        return (BuildPlan(ecosystem=self.detection.ecosystem, way=Way.AS_PUBLISHED, steps=steps),)

    prepare = prepare_nothing
    ask = ask_nothing
    repair = repair_nothing
    interpret = interpret_nothing
    find_missing = find_nothing_missing
    close = close_nothing


class TinyLanguage:
    """The language."""

    name = "tiny"

    def open(self, tree: Tree, facts: Facts) -> TinyProject | None:
        files = len([path for path in tree.files if path.endswith(".py")])
        return TinyProject(Detection(ecosystem=self.name, files=files, declared=False)) if files else None


def tiny_services(mirror: Path, workspace: Path, engine: SandboxEngine | None = None) -> Services:
    return Services(
        host=open_host(mirror=mirror),
        engine=engine or ScriptedEngine(),
        tools=None,  # no tool is needed
        ecosystems=(TinyLanguage(),),
        workspace=workspace,
    )


@dataclass
class Notebook:
    """A watcher that writes down what it sees; `on_finished` is called with every check."""

    news: list[Progress] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    on_finished: Callable[[Check], None] | None = None

    def __call__(self, news: Progress) -> None:
        self.news.append(news)

    def finished(self, check: Check) -> None:
        self.checks.append(check)
        if self.on_finished is not None:
            self.on_finished(check)

    def mistake(self, line: str, trace: str) -> None:
        self.mistakes.append((line, trace))


ALWAYS_ANEW = timedelta(0)
