"""The report as a value: what `report.json` holds, and what every page is made from."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from checker.core.values.base import SCHEMA_VERSION, Value
from checker.core.values.changes import Changes
from checker.core.values.papers import CodeStatus, LinkKind
from checker.core.values.plans import Goal, Phase, Repair, Rung, Standing, Way
from checker.core.values.repositories import Availability, Contents, LeftOut, Submodule
from checker.core.values.results import Blame, Missing, Point, ProgramOutcome, StepStatus, TestCounts
from checker.core.values.trust import Trust
from checker.judging.wording import Outcome, Reach

#: Each rung: holds, does not hold, or inconclusive (null).
Rungs = dict[Rung, bool | None]


class Scores(Value):
    """Points of 100; null where inconclusive."""

    availability: int | None
    runnability: int | None


class ScorePoints(Value):
    """The line of evidence behind every point."""

    availability: tuple[Point, ...] = ()
    runnability: tuple[Point, ...] = ()


class LinkEntry(Value):
    """A link of a paper, and what became of it. `key` names the entry in `repositories`.

    `borrowed`: the paper names it as other people's code, which counts for none of its scores.
    """

    url: str
    kind: LinkKind
    host: str
    owner: str | None = None
    name: str | None = None
    ref: str | None = None
    path: str | None = None
    promised: bool = False
    borrowed: bool = False
    availability: Availability | None = None
    key: str | None = None
    reached: Rung | None = None
    way: Way | None = None
    outcome: Outcome | None = None


class PaperEntry(Value):
    """A paper with its scores and links."""

    id: str
    title: str
    code_status: CodeStatus
    scores: Scores
    links: tuple[LinkEntry, ...] = ()
    points: ScorePoints = ScorePoints()
    evidence: str = ""
    published: date | None = None
    sources: tuple[str, ...] = ()
    inconclusive: bool = False


class StepEntry(Value):
    """A step as it went. `excerpt` is the telling part of the log of one that did not pass."""

    name: str
    phase: Phase
    command: str
    status: StepStatus
    exit_code: int | None
    seconds: float
    peak_memory: int | None
    required: bool
    cause: str | None = None
    excerpt: str = ""


class AttemptEntry(Value):
    """One plan carried out. `index_date` is null for the package index of that day."""

    way: Way
    python: str | None
    repairs: tuple[Repair, ...]
    steps: tuple[StepEntry, ...]
    ecosystem: str
    project: str
    index_date: datetime | None
    rungs: Rungs
    reached: Rung | None
    cause: str | None
    inconclusive: bool
    seconds: float


class ProgramEntry(Value):
    """A program that the pages start, and what became of it in each way that was tried."""

    program: str
    command: str
    standing: Standing
    outcomes: dict[Way, ProgramOutcome] = Field(default_factory=dict)


class Facts(Value):
    """What is known of a repository besides whether it works. `note` says where its code is, in a sentence."""

    note: str = ""
    contents: Contents = Contents()
    url: str | None = None
    detail: str = ""
    moved_to: str | None = None
    default_branch: str | None = None
    committed_at: datetime | None = None
    code_date: datetime | None = None
    licence: str | None = None
    archived: bool | None = None
    fork: bool | None = None
    last_push: datetime | None = None
    swhid_revision: str | None = None
    swhid_directory: str | None = None
    files: int | None = None
    bytes: int | None = None
    left_out: tuple[LeftOut, ...] = ()
    submodules: tuple[Submodule, ...] = ()


class RepositoryEntry(Value):
    """One repository: availability, rungs, the attempts behind them, the cause where it stopped.

    `by_way` says how far each way or an earlier one got, and why no further.
    `extent` says how much works: `1 of 5 commands ran as published, 5 of 5 repaired`; `programs` and `tests` are
    what it counts.
    """

    repository: str
    key: str
    host: str
    commit: str | None
    availability: Availability
    rungs: Rungs
    reached: Rung | None
    way: Way | None
    cause: str | None
    hint: str | None
    attempts: tuple[AttemptEntry, ...]
    seconds: float
    inconclusive: bool
    outcome: Outcome
    cause_summary: str | None = None
    blame: Blame | None = None
    rungs_by_way: dict[Way, Rungs] = Field(default_factory=dict)
    by_way: dict[Way, Reach] = Field(default_factory=dict)
    extent: str = ""
    programs: tuple[ProgramEntry, ...] = ()
    tests: dict[Way, TestCounts] = Field(default_factory=dict)
    ecosystem: str | None = None
    languages: dict[str, int] = Field(default_factory=dict)
    missing: tuple[Missing, ...] = ()
    facts: Facts = Facts()
    papers: tuple[str, ...] = ()
    checker_version: str = ""
    rules: str = ""
    checked_at: datetime | None = None


class RepositoryDocument(RepositoryEntry):
    """What `checker repo --json` prints: one entry with the version of the format.

    `goal` is what was required, null where nothing was; `outcome` is what is said with respect to it.
    """

    version: int = SCHEMA_VERSION
    goal: Goal | None = None
    goal_met: bool | None = None


class WayFunnel(Value):
    """Repositories of which a rung holds by this way or an earlier one."""

    resolved: int = 0
    built: int = 0
    importable: int = 0
    answers: int = 0
    starts: int = 0
    runs: int = 0


class JudgedFunnel(Value):
    """Of the repositories whose check came to a conclusion, those that are left at each stage.

    Neither inconclusive checks nor those that a limit stopped before anything was built count, nor any repository
    that was not checked: they are in no per cent.
    """

    repositories: int = 0
    available: int = 0
    code: int = 0
    declared: int = 0
    starts: int = 0


class Funnel(WayFunnel):
    """How many are left at each stage.

    `linked` counts papers, `links` repository links, everything from `repositories` on distinct repositories.
    `available` ones answer and can be cloned, those without code included. The rungs at the top level are those of
    the verdicts. The percentages of the stages refer to `judged`, those of the rungs by way to `tried`, the judged
    ones with code. Left out of both are the `inconclusive` and the `untestable` ones, which a limit of the check
    stopped before anything was built, and those that were not `checked`.
    """

    papers: int = 0
    linked: int = 0
    links: int = 0
    repositories: int = 0
    checked: int = 0
    available: int = 0
    code: int = 0
    declared: int = 0
    tried: int = 0
    inconclusive: int = 0
    untestable: int = 0
    judged: JudgedFunnel = JudgedFunnel()
    as_published: WayFunnel = WayFunnel()
    period: WayFunnel = WayFunnel()
    repaired: WayFunnel = WayFunnel()
    code_status: dict[CodeStatus, int] = Field(default_factory=dict)
    link_kinds: dict[LinkKind, int] = Field(default_factory=dict)
    availability: dict[Availability, int] = Field(default_factory=dict)


class CauseCount(Value):
    """How many repositories stopped for a cause, and which."""

    name: str
    summary: str
    blame: Blame
    repositories: tuple[str, ...]


class Report(Value):
    """A run as it is published. Every paper that was read stands in `papers`, whatever became of it.

    `changes` is null where nobody compared the run with the nights before it, `trust` where no error rate was
    measured over the same results folder (`checker trust`).
    """

    version: int = SCHEMA_VERSION
    date: date
    funnel: Funnel
    papers: tuple[PaperEntry, ...]
    repositories: tuple[RepositoryEntry, ...]
    causes: tuple[CauseCount, ...] = ()
    inputs: tuple[str, ...] = ()
    state: str = "finished"
    started_at: datetime | None = None
    finished_at: datetime | None = None
    checker_version: str = ""
    rules: tuple[str, ...] = ()
    changes: Changes | None = None
    trust: Trust | None = None
