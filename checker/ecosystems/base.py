"""What a language provides. A module satisfies this protocol; what it does not need is one assignment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from checker.core.base import Value
from checker.core.plans import BuildPlan, Evidence, Step
from checker.core.results import Attempt, Missing, StepResult
from checker.core.tree import Tree


class Detection(Value):
    """That a tree holds code of an ecosystem: how much of it, and whether dependencies are declared."""

    ecosystem: str
    files: int
    declared: bool
    evidence: tuple[Evidence, ...] = ()


class Query(Value):
    """A distribution to look up on the package index, by a requirement line.

    `names_of` is a module of which the names that it binds are wanted as well ('' for none).
    """

    line: str
    names_of: str = ""


class Holding(Value):
    """What the index has for a requirement line as of a date.

    `first` is the date of the first upload ever, `releases` how many there were by then; both follow from upload
    times, which not every index tells. `file` is the one that was looked into, of the newest release that fits.
    `modules` are what can be imported of it (dotted; None where no file tells), `complete` says whether that is
    all; `requires` names the distributions that come along. `names` are those that the module asked for binds
    (None where that could not be read; `*` stands for any). `left` are the versions that the index gives out by
    now, whatever the date, oldest first.
    """

    name: str
    exists: bool
    first: date | None = None
    releases: int = 0
    version: str = ""
    file: str = ""
    modules: tuple[str, ...] | None = None
    complete: bool = True
    requires: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    left: tuple[str, ...] = ()


class Answer(Value):
    """Whether a requirement line brings a module, as the index tells; `holds` None: it could not be told."""

    module: str
    line: str
    holds: bool | None
    reason: str
    evidence: tuple[Evidence, ...] = ()


class Facts(Value):
    """What a plan may know besides the tree.

    `answers` are what `consult` has found out, `releases` the versions that the index gives out by now of the
    distributions that a repair asked for, and `pinned_at` when the youngest version was released that the author
    states (None: not known, or nothing is stated).
    """

    repository: str
    code_date: datetime
    today: datetime
    interpreters: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    releases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    pinned_at: datetime | None = None


RunStep = Callable[[Step], StepResult]
"""Runs a step in the attempt's sandbox."""


class Prepared(Value):
    """A plan after resolving and fetching: its steps may name exact versions now."""

    plan: BuildPlan
    results: tuple[StepResult, ...] = ()
    builds: str | None = None
    """Attempts of one check with the same name here may share what they compile; None shares nothing."""


class Toolbox(Protocol):
    """The trusted tools of a worker that `prepare` may use; they never run code of a repository or package."""

    def run_uv(
        self,
        arguments: Sequence[str],
        *,
        seconds: int,
        name: str,
        files: Mapping[str, str] | None = None,
        collect: Sequence[str] = (),
    ) -> StepResult:
        """Run uv with the shared download cache, in an empty folder that holds just `files`.

        `collect` names files of that folder whose text is read back. The status tells our failures
        (`engine_error`) from the index's answer (`failed`).
        """
        ...

    @property
    def cpu_index(self) -> str | None:
        """The index of builds for processors (PyTorch's), or None where there is none or it does not answer."""
        ...

    def fetch(self, lock: str, *, interpreter: str, indexes: Sequence[str], seconds: int) -> StepResult:
        """Bring the wheels of a lock (requirement lines) into the shared cache, running no package's code.

        What has no wheel is passed over: it is built in the sandbox.
        """
        ...

    def look_up(self, queries: Sequence[Query], *, as_of: datetime, seconds: int) -> tuple[Holding | None, ...]:
        """Say what the machine's own index had on a date, in the order of the queries; nothing is installed.

        None where the index could not be asked, or not within `seconds` for all of them together.
        """
        ...


class Ecosystem(Protocol):
    """A language, or a way of packaging; a module with these names is one."""

    name: str

    def detect(self, tree: Tree) -> Detection | None:
        """Say whether the tree holds code of this kind; pure."""
        ...

    def plans(self, tree: Tree, facts: Facts) -> tuple[BuildPlan, ...]:
        """Plan the ways `as_published` and `period` for the main project first; pure, runs nothing."""
        ...

    def prepare(self, plan: BuildPlan, toolbox: Toolbox, run: RunStep) -> Prepared:
        """Resolve in the sandbox, fetch with trusted tools. `unprepared` is the plain answer."""
        ...

    def consult(self, tree: Tree, facts: Facts, attempts: Sequence[Attempt], toolbox: Toolbox) -> Facts:
        """Ask the index what the next repair has to know, once for each name. `unconsulted` asks nothing."""
        ...

    def repair(self, tree: Tree, facts: Facts, attempts: Sequence[Attempt]) -> BuildPlan | None:
        """Give the next plan of the way `repaired`, or None when nothing listed helps; pure. `unrepaired`."""
        ...

    def interpret(self, tree: Tree, result: StepResult, plan: BuildPlan) -> StepResult:
        """Say what a finished step means: a limit of the check, a failure in disguise; pure. `as_it_is`."""
        ...

    def missing(self, tree: Tree, attempts: Sequence[Attempt]) -> tuple[Missing, ...]:
        """List what the repository itself lacks; pure. `nothing_missing`."""
        ...


def unprepared(plan: BuildPlan, toolbox: Toolbox, run: RunStep) -> Prepared:
    """Need no preparation."""
    return Prepared(plan=plan)


def unconsulted(tree: Tree, facts: Facts, attempts: Sequence[Attempt], toolbox: Toolbox) -> Facts:
    """Ask nothing."""
    return facts


def unrepaired(tree: Tree, facts: Facts, attempts: Sequence[Attempt]) -> BuildPlan | None:
    """Know no repair."""
    return None


def nothing_missing(tree: Tree, attempts: Sequence[Attempt]) -> tuple[Missing, ...]:
    """Look for nothing."""
    return ()


def as_it_is(tree: Tree, result: StepResult, plan: BuildPlan) -> StepResult:
    """Take the engine's word."""
    return result
