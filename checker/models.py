"""The values that travel from a paper to its report; each is frozen and round-trips through JSON.

    source → Paper → CodeLink → Probe → Checkout → BuildPlan → StepResult* → Attempt* → Verdict → Score
             ─ coordinator ─    ──────────────── worker ────────────────    ───── reporter ─────

This module imports nothing of ours. Every name is the project's vocabulary (docs/glossary.md).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 2
"""Version of the JSON that leaves the program (`checker schema` tells what each version brought)."""


class Value(BaseModel):
    """A frozen value without hidden fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def now() -> datetime:
    """Return the present moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


# ---------------------------------------------------------------- papers and links


class LinkKind(StrEnum):
    """What a URL points at, as far as the URL itself tells."""

    REPOSITORY = "repository"
    OWNER = "owner"
    GIST = "gist"
    OTHER = "other"


class CodeStatus(StrEnum):
    """What a paper says about its code."""

    LINKED = "linked"
    PROMISED = "promised"
    CLAIMED = "claimed"
    NONE = "none"


class Paper(Value):
    """A paper as a source names it; `sources` lists every page it stands on.

    `categories` (research fields, such as `cs.LG`) and `venue` (journal or conference) are set only where a
    source tells them.
    """

    id: str
    title: str
    abstract: str = ""
    sources: tuple[str, ...] = ()
    published: date | None = None
    categories: tuple[str, ...] = ()
    venue: str | None = None


class CodeLink(Value):
    """One link of a paper, read out of its text.

    `url` is the link as written (dirt removed); `host` its host name in lower case. `owner` and `name`
    are set for repositories on GitHub and gists, `owner` alone for owner pages. `ref` is a branch, tag or
    commit; `path` is what the URL says after the repository, as written (`tree/main/src`). A link to a site
    that shows GitHub's files (raw files, notebook viewers) has the host github.com. `promised` means the code
    "will be released" there.
    """

    paper_id: str
    title: str = ""
    url: str
    host: str
    kind: LinkKind
    owner: str | None = None
    name: str | None = None
    ref: str | None = None
    path: str | None = None
    promised: bool = False

    @property
    def repository(self) -> RepositoryId | None:
        """The repository behind the link, or None where the link names none."""
        if self.kind is not LinkKind.REPOSITORY or self.owner is None or self.name is None:
            return None
        return RepositoryId(host=self.host, owner=self.owner, name=self.name)

    @property
    def target(self) -> Target | None:
        """What the link asks to be checked, or None where it names no repository.

        A link to the branch that is the default by custom asks for the default branch, whatever it is called now.
        """
        if self.repository is None:
            return None
        place = (self.path or "").partition("/")[2] if (self.path or "").startswith(_FILE_VIEWS) else ""
        inside = unquote(place.removeprefix(f"{self.ref}/")) if place.startswith(f"{self.ref}/") else ""
        if self.ref is not None and _COMMIT.fullmatch(self.ref):
            return Target(repository=self.repository, commit=self.ref.lower(), path=inside or None)
        if self.ref is None or self.ref in DEFAULT_BRANCHES:
            return Target(repository=self.repository, path=inside or None)
        return Target(repository=self.repository, ref=place or self.ref)


_FILE_VIEWS = ("tree/", "blob/", "raw/", "blame/", "edit/")
_COMMIT = re.compile(r"[0-9a-fA-F]{40}")
DEFAULT_BRANCHES = frozenset({"main", "master", "HEAD"})
"""Names of default branches by custom. They were renamed into each other, and hosts forward the old name."""


class LinkedPaper(Value):
    """A paper with everything its text says about code."""

    paper: Paper
    links: tuple[CodeLink, ...] = ()
    code_status: CodeStatus = CodeStatus.NONE
    evidence: str = ""


class RepositoryId(Value):
    """A repository on a host. Two ids are the same repository when their `key` is equal."""

    host: str = "github.com"
    owner: str
    name: str

    @property
    def slug(self) -> str:
        """`owner/name` as written."""
        return f"{self.owner}/{self.name}"

    @property
    def key(self) -> str:
        """The name under which results are stored: hosts ignore case in owner and name."""
        return f"{self.host}/{self.owner}/{self.name}".lower()

    def __str__(self) -> str:
        return self.slug if self.host == "github.com" else f"{self.host}/{self.slug}"


class Target(Value):
    """One repository to check: at `commit` when it is pinned, else at the head of its default branch.

    `ref` names a branch or tag, and may go on with a path inside, as links do that do not say where the one ends;
    `path` is the folder or file that a link points at. `folder` is set instead of a host for a local folder.
    """

    repository: RepositoryId
    commit: str | None = None
    ref: str | None = None
    path: str | None = None
    folder: str | None = None

    @property
    def key(self) -> str:
        """The name of the target within a run: the repository's key, the commit or branch, the place inside."""
        at = self.commit.lower() if self.commit else self.ref
        parts = (self.repository.key, f"@{_flat(at)}" if at else "", f":{_flat(self.path)}" if self.path else "")
        return "".join(parts)


def _flat(text: str) -> str:
    return text.strip("/").replace("/", ":")


# ---------------------------------------------------------------- what the host answers


class Availability(StrEnum):
    """What became of a link. `unreachable` is our failure and always inconclusive."""

    AVAILABLE = "available"
    MOVED = "moved"
    NO_CODE = "no_code"
    EMPTY = "empty"
    MISSING = "missing"
    BLOCKED = "blocked"
    NOT_A_REPOSITORY = "not_a_repository"
    UNREACHABLE = "unreachable"


class Probe(Value):
    """What a host answers about a repository, without cloning it.

    `answered_by` names who said so (`git`, `api`, `mirror`, `folder`); `detail` is the answer in words.
    Facts that nobody told are None.
    """

    repository: RepositoryId
    availability: Availability
    answered_by: str
    detail: str = ""
    moved_to: RepositoryId | None = None
    default_branch: str | None = None
    head_commit: str | None = None
    host_id: int | None = None
    archived: bool | None = None
    fork: bool | None = None
    licence: str | None = None
    last_push: datetime | None = None
    checked_at: datetime = Field(default_factory=now)

    @property
    def conclusive(self) -> bool:
        """Whether the answer is about the repository, and not about us."""
        return self.availability is not Availability.UNREACHABLE


class Submodule(Value):
    """A submodule of a checkout; `status` is `present`, `gone`, `refused` or `unreachable`."""

    path: str
    url: str
    commit: str | None = None
    status: str
    detail: str = ""


class LeftOut(Value):
    """A file that stands in the repository and was not brought along."""

    path: str
    bytes: int | None = None
    reason: str


class Checkout(Value):
    """The files of a repository at one commit, with dates and what was left out.

    `committed_at` is the date of `commit`; `code_date` that of the last commit that touched code or a
    specification (source of the rule: docs/decisions.md, "The date"). Both are UTC. `code_date_from` says
    where that date comes from: `history`, `commit` (the history did not tell), or `files` (uncommitted).
    """

    repository: RepositoryId
    commit: str
    ref: str | None = None
    committed_at: datetime
    code_date: datetime
    code_date_from: str = "history"
    files: int = 0
    bytes: int = 0
    submodules: tuple[Submodule, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    swhid_revision: str | None = None
    swhid_directory: str | None = None


# ---------------------------------------------------------------- plans


class Evidence(Value):
    """Why something was decided: a claim, and the place that bears it out.

    `source` is a path inside the repository, or a word such as `date`, `index`, `syntax`, `log`;
    `line` counts from 1; `text` quotes the place.
    """

    claim: str
    source: str
    line: int | None = None
    text: str = ""


class Way(StrEnum):
    """How an attempt treats time: the three are always told apart."""

    AS_PUBLISHED = "as_published"
    PERIOD = "period"
    REPAIRED = "repaired"


class Rung(StrEnum):
    """A rung of runnability, lowest first."""

    CODE = "code"
    DECLARED = "declared"
    RESOLVED = "resolved"
    BUILT = "built"
    IMPORTABLE = "importable"
    ANSWERS = "answers"
    STARTS = "starts"
    RUNS = "runs"

    @property
    def height(self) -> int:
        """Position from the ground, 0 for `code`."""
        return list(Rung).index(self)


class Phase(StrEnum):
    """What a step is for. Only `resolve`, `install` and `tools` may have the network.

    `prepare` makes the empty environment and `tools` adds what the check itself needs (a test runner, a
    notebook kernel): neither says anything about the repository.
    """

    PREPARE = "prepare"
    TOOLS = "tools"
    RESOLVE = "resolve"
    INSTALL = "install"
    IMPORT = "import"
    ANSWER = "answer"
    START = "start"
    TEST = "test"
    RUN = "run"

    @property
    def rung(self) -> Rung | None:
        """The rung that a passing step of this phase bears out, if any."""
        return _PHASE_RUNGS.get(self)


_PHASE_RUNGS = {
    Phase.RESOLVE: Rung.RESOLVED,
    Phase.INSTALL: Rung.BUILT,
    Phase.IMPORT: Rung.IMPORTABLE,
    Phase.ANSWER: Rung.ANSWERS,
    Phase.START: Rung.STARTS,
    Phase.TEST: Rung.RUNS,
    Phase.RUN: Rung.RUNS,
}

NETWORK_PHASES = frozenset({Phase.RESOLVE, Phase.INSTALL, Phase.TOOLS})


class Step(Value):
    """One command in the sandbox: argv, never a shell string made by formatting.

    `cwd` is relative to the source tree; `seconds` the wall-clock limit; `collect` names files that are
    read back afterwards (absolute, or relative to `cwd`). A step that is not `required` may fail without
    ending its attempt. `evidence` says where the command comes from.
    """

    name: str
    phase: Phase
    argv: tuple[str, ...]
    cwd: str = "."
    env: tuple[tuple[str, str], ...] = ()
    network: bool = False
    seconds: Annotated[int, Field(gt=0)] = 300
    required: bool = True
    collect: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Repair(Value):
    """A listed change of a plan: the signature that called for it, its evidence, what it changed.

    `hint` is what the author can do so that nobody needs the repair.
    """

    name: str
    signature: str
    evidence: tuple[Evidence, ...] = ()
    changed: str
    hint: str = ""


class BuildPlan(Value):
    """Everything that is going to be done, as a value: it can be printed, compared, stored, replayed.

    `project` is the folder of the project inside the repository. `requirements` are what the resolver is
    asked for (PEP 508 lines), `constraints` and `overrides` as uv means them. `cutoff` is the index date
    (None: today). `files` are written read-only under `/checker` in the sandbox (path, text).
    `options` holds what only the ecosystem understands. `lock` is the resolver's answer, exact versions.
    """

    ecosystem: str
    way: Way
    project: str = "."
    declared: bool = False
    interpreter: str | None = None
    cutoff: datetime | None = None
    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    system_packages: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    lock: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    repairs: tuple[Repair, ...] = ()

    def option(self, name: str) -> str | None:
        """Return the value of an option, or None."""
        return dict(self.options).get(name)

    def with_(self, **changes: object) -> Self:
        """Return the plan with some fields replaced."""
        return self.model_copy(update=changes)


# ---------------------------------------------------------------- what happened


class StepStatus(StrEnum):
    """How a step ended. `engine_error` is ours; `limit` stopped for something a check cannot give."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    DISK_LIMIT = "disk_limit"
    LIMIT = "limit"
    SKIPPED = "skipped"
    ENGINE_ERROR = "engine_error"


class StepResult(Value):
    """What a step did. `exit_code` comes from the engine; `log` is bounded and cleaned of controls."""

    step: Step
    status: StepStatus
    exit_code: int | None = None
    seconds: float = 0.0
    peak_memory: int | None = None
    log: str = ""
    log_cut: bool = False
    collected: tuple[tuple[str, str], ...] = ()
    cause: Cause | None = None

    @property
    def passed(self) -> bool:
        """Whether the engine reported success."""
        return self.status is StepStatus.PASSED

    def output(self, path: str) -> str | None:
        """Return the text of a collected file, or None when it was not there."""
        return dict(self.collected).get(path)


class Blame(StrEnum):
    """Whose a cause is: the repository's, a limit of the check, or the checker's own."""

    REPOSITORY = "repository"
    LIMIT = "limit"
    CHECKER = "checker"


class Cause(Value):
    """Where and why something stopped; `name` is a row of `checker.judging.causes`."""

    name: str
    blame: Blame
    summary: str
    hint: str = ""
    evidence: tuple[Evidence, ...] = ()


class RungResult(Value):
    """One rung of one attempt: `holds` is None where it could not be told or was not tried."""

    rung: Rung
    holds: bool | None
    evidence: tuple[Evidence, ...] = ()


class Missing(Value):
    """Something the repository wants and does not hold: a module, a file, a submodule."""

    kind: str
    name: str
    wanted_by: tuple[Evidence, ...] = ()


class Attempt(Value):
    """One plan carried out: its results, the rungs they bear out, the cause where it stopped."""

    plan: BuildPlan
    results: tuple[StepResult, ...] = ()
    rungs: tuple[RungResult, ...] = ()
    cause: Cause | None = None
    inconclusive: bool = False
    seconds: float = 0.0

    @property
    def reached(self) -> Rung | None:
        """The highest rung that holds."""
        return max((r.rung for r in self.rungs if r.holds), key=lambda rung: rung.height, default=None)


class Verdict(Value):
    """What is said of a repository: the highest rung, how it was reached, the cause where it stopped."""

    reached: Rung | None = None
    way: Way | None = None
    rungs: tuple[RungResult, ...] = ()
    cause: Cause | None = None
    inconclusive: bool = False


class Check(Value):
    """One repository end to end: everything that a report says about it comes from here."""

    target: Target
    probe: Probe
    availability: Availability
    checkout: Checkout | None = None
    ecosystem: str | None = None
    languages: tuple[tuple[str, int], ...] = ()
    attempts: tuple[Attempt, ...] = ()
    missing: tuple[Missing, ...] = ()
    verdict: Verdict = Verdict()
    cause: Cause | None = None
    checker_version: str = ""
    started_at: datetime = Field(default_factory=now)
    seconds: float = 0.0

    @property
    def inconclusive(self) -> bool:
        """Whether we could not tell; such a check never lowers a score and is tried again."""
        return not self.probe.conclusive or self.verdict.inconclusive


# ---------------------------------------------------------------- scores and reports


class Point(Value):
    """Some points of a score and the line of evidence they rest on."""

    points: int
    of: int
    reason: str


class Score(Value):
    """A score from 0 to 100, or None where it could not be told; its points sum to it."""

    value: Annotated[int, Field(ge=0, le=100)] | None
    points: tuple[Point, ...] = ()


class PaperScores(Value):
    """The two scores of a paper (docs/scoring.md)."""

    availability: Score
    runnability: Score


class Progress(Value):
    """One line of news from a worker: who, about which repository, doing what, with which output.

    `status` is set once, when the activity is a step and has ended.
    """

    worker: str
    repository: str
    activity: str
    line: str = ""
    limit: int | None = None
    status: StepStatus | None = None
    done: bool = False
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))
