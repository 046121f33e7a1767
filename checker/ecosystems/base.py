"""What a language provides: a module that opens a tree into a project, which plans, repairs and explains.

Most languages need only some of it: what one does not need is a line in its class, `repair = repair_nothing`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import BuildPlan, Evidence, Step
from checker.core.values.results import Attempt, Missing, StepResult


class Detection(Value):
    """That a tree holds code of an ecosystem: how much of it, and whether dependencies are declared.

    `beside` says that most of the code is of another language, and this is a helper of it.
    """

    ecosystem: str
    files: int
    declared: bool
    evidence: tuple[Evidence, ...] = ()
    beside: Evidence | None = None


class Facts(Value):
    """What planning may know besides the tree.

    `runtimes` are the versions that the sandbox offers of each language's interpreter or compiler:
    `(("python", ("3.8", "3.9")),)`.
    """

    repository: str
    code_date: datetime
    today: datetime
    runtimes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def list_versions(self, language: str) -> tuple[str, ...]:
        """Return the versions that the sandbox offers of a language."""
        return dict(self.runtimes).get(language, ())


#: Runs a step in the attempt's sandbox.
RunStep = Callable[[Step], StepResult]

#: The trusted tools of a worker, offered by name (`tools.python`); they never run code of a repository or package.
#: An ecosystem states in a protocol of its own what it expects of the one that it uses.
Tools = Any


class Prepared(Value):
    """A plan after resolving and fetching: its steps may name exact versions now.

    Attempts of one check with the same `builds` may share what they compile; None shares nothing.
    """

    plan: BuildPlan
    results: tuple[StepResult, ...] = ()
    builds: str | None = None


class Project(Protocol):
    """A tree as an ecosystem understands it: it reads every file once, and keeps what it has been given."""

    @property
    def detection(self) -> Detection:
        """How much code of the ecosystem there is, and whether its dependencies are declared."""
        ...

    def make_plans(self) -> Sequence[BuildPlan]:
        """Plan the ways `as_published` and `period` for the main project first; pure, runs nothing."""
        ...

    def prepare(self, plan: BuildPlan, tools: Tools, run: RunStep) -> Prepared:
        """Resolve in the sandbox, fetch with trusted tools."""
        ...

    def ask(self, attempts: Sequence[Attempt], tools: Tools) -> None:
        """Ask a package index what the next repair has to know, once for each name, and keep the answers."""
        ...

    def repair(self, attempts: Sequence[Attempt]) -> BuildPlan | None:
        """Return the next plan of the way `repaired`, or None when nothing listed helps; pure."""
        ...

    def interpret(self, result: StepResult, plan: BuildPlan) -> StepResult:
        """Say what a finished step means: a limit of the check, a failure in disguise; pure."""
        ...

    def find_missing(self, attempts: Sequence[Attempt]) -> Sequence[Missing]:
        """List what the repository itself lacks; pure."""
        ...

    def close(self) -> None:
        """Give up what the project holds besides memory; it is asked nothing afterwards."""
        ...


class Ecosystem(Protocol):
    """A language, or a way of packaging; a module with these names is one."""

    name: str

    def open(self, tree: Tree, facts: Facts) -> Project | None:
        """Open a tree that holds code of this kind; None where it does not. Runs nothing."""
        ...


# ---------------------------------------------------------------- what a project does not need


def prepare_nothing(project: object, plan: BuildPlan, tools: Tools, run: RunStep) -> Prepared:
    """Carry out the plan as it is."""
    return Prepared(plan=plan)


def ask_nothing(project: object, attempts: Sequence[Attempt], tools: Tools) -> None:
    """Repair without an index."""


def repair_nothing(project: object, attempts: Sequence[Attempt]) -> BuildPlan | None:
    """Know no repair."""
    return None


def interpret_nothing(project: object, result: StepResult, plan: BuildPlan) -> StepResult:
    """Take the engine's word."""
    return result


def find_nothing_missing(project: object, attempts: Sequence[Attempt]) -> Sequence[Missing]:
    """Look for nothing."""
    return ()


def close_nothing(project: object) -> None:
    """Hold nothing but memory."""
