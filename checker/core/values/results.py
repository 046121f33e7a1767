"""What came out: step results, attempts, verdicts, checks and scores."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from checker.core.values.base import Value, now
from checker.core.values.plans import BuildPlan, Evidence, Program, Rung, Step, Way
from checker.core.values.repositories import Availability, Checkout, Contents, Probe, Target


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


Count = Annotated[int, Field(ge=0)]


class TestCounts(Value):
    """How many tests ended how, as the runner's hooks saw it; `files` were collected, `uncollected` were not."""

    __test__ = False

    passed: Count = 0
    failed: Count = 0
    errors: Count = 0
    skipped: Count = 0
    files: Count = 0
    uncollected: Count = 0

    @property
    def told(self) -> int:
        """The tests that passed or did not; those that were skipped tell nothing."""
        return self.passed + self.failed + self.errors

    @property
    def mostly_pass(self) -> bool:
        """Whether most tests pass, of most of the files."""
        return self.passed * 2 > self.told and self.uncollected < max(1, self.files)


class StepResult(Value):
    """What a step did. `exit_code` comes from the engine; `log` is bounded and cleaned of controls.

    `tests` is set where it ran tests that were counted; `further` are steps that its output calls for.
    """

    step: Step
    status: StepStatus
    exit_code: int | None = None
    seconds: float = 0.0
    peak_memory: int | None = None
    log: str = ""
    log_cut: bool = False
    collected: tuple[tuple[str, str], ...] = ()
    cause: Cause | None = None
    tests: TestCounts | None = None
    further: tuple[Step, ...] = ()

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
    """Where and why something stopped; `name` is a row of `checker.judging.causes`, `rule` what gave it away.

    `modules` are those that were not found, where that is why.
    """

    name: str
    blame: Blame
    summary: str
    hint: str = ""
    evidence: tuple[Evidence, ...] = ()
    rule: str = ""
    modules: tuple[str, ...] = ()


class RungResult(Value):
    """One rung of one attempt: `holds` is None where inconclusive or not tried."""

    rung: Rung
    holds: bool | None
    evidence: tuple[Evidence, ...] = ()


class Missing(Value):
    """Something the repository wants and does not hold: a module, a file, a submodule."""

    kind: str
    name: str
    wanted_by: tuple[Evidence, ...] = ()


class ProgramOutcome(StrEnum):
    """What became of a program: it ended well, got as far as a check can take it, failed, or was not tried."""

    RAN = "ran"
    STARTED = "started"
    CRASHED = "crashed"
    NOT_TRIED = "not_tried"


class ProgramResult(Value):
    """What became of one program in an attempt, by the best of its commands; `cause` is why it did not run."""

    program: Program
    command: str
    outcome: ProgramOutcome
    cause: str | None = None


class Attempt(Value):
    """One plan carried out: its results, the rungs they bear out, the cause where it stopped.

    `programs` are those that the project's pages start, each once.
    """

    plan: BuildPlan
    results: tuple[StepResult, ...] = ()
    rungs: tuple[RungResult, ...] = ()
    programs: tuple[ProgramResult, ...] = ()
    cause: Cause | None = None
    inconclusive: bool = False
    seconds: float = 0.0

    @property
    def reached(self) -> Rung | None:
        """The highest rung that holds."""
        return max((r.rung for r in self.rungs if r.holds), key=lambda rung: rung.height, default=None)

    @property
    def tests(self) -> TestCounts | None:
        """How many tests ended how; None where none were counted."""
        return next((r.tests for r in self.results if r.tests is not None), None)


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
    contents: Contents = Contents()
    attempts: tuple[Attempt, ...] = ()
    missing: tuple[Missing, ...] = ()
    verdict: Verdict = Verdict()
    cause: Cause | None = None
    checker_version: str = ""
    rules: str = ""
    started_at: datetime = Field(default_factory=now)
    seconds: float = 0.0

    @property
    def inconclusive(self) -> bool:
        """Whether the check is inconclusive; such a check never lowers a score and is tried again."""
        return not self.probe.conclusive or self.verdict.inconclusive


class Point(Value):
    """Some points of a score and the line of evidence they rest on."""

    points: int
    of: int
    reason: str


class Score(Value):
    """A score from 0 to 100, or None where inconclusive; its points sum to it."""

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


class Tone(StrEnum):
    """What an outcome means for a reader; each has one colour in every report."""

    GOOD = "good"
    WEAK = "weak"
    DATED = "dated"
    REPAIRED = "repaired"
    BAD = "bad"
    GONE = "gone"
    UNTOLD = "untold"
    UNCHECKED = "unchecked"


def find_commit(check: Check) -> str | None:
    """Return the commit that was looked at."""
    return check.checkout.commit if check.checkout else check.target.commit or check.probe.head_commit
