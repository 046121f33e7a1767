"""What is tried: ways, rungs, steps, repairs and plans."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self, TypedDict, Unpack

from pydantic import ConfigDict, Field, SerializeAsAny, model_validator

from checker.core.values.base import Value
from checker.core.values.edits import Edit, describe


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

    @property
    def upto(self) -> tuple[Way, ...]:
        """The way itself and those before it, which change less."""
        ways = tuple(Way)
        return ways[: ways.index(self) + 1]


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


class Goal(Value):
    """What somebody requires: a rung that holds by this way or an earlier one."""

    rung: Rung = Rung.IMPORTABLE
    way: Way = Way.REPAIRED

    def is_met_by(self, reached: Rung | None) -> bool:
        """Whether a rung is the required one or a higher one."""
        return reached is not None and reached.height >= self.rung.height


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


class Standing(StrEnum):
    """What a program is to the whole: what the pages are about, one of others, or a helper (plots, downloads)."""

    MAIN = "main"
    OTHER = "other"
    HELPER = "helper"


class Program(Value):
    """What a step starts: `name` is its file in the tree, else its command."""

    name: str
    standing: Standing = Standing.OTHER


class Step(Value):
    """One command in the sandbox: argv, never a shell string made by formatting.

    `cwd` is relative to the source tree; `seconds` the wall-clock limit; `collect` names files that are
    read back afterwards (absolute, or relative to `cwd`). A step that is not `required` may fail without
    ending its attempt. `evidence` says where the command comes from. `program` is set where it starts one of the
    repository's own.
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
    program: Program | None = None


def _in_words(fields: dict[str, Any]) -> str:
    return describe(fields["edits"])


class Repair(Value):
    """A listed change of a plan: the signature that called for it, its evidence, what it changed.

    `edits` are the changes, `changed` the sentence made from them (results of before there were edits hold only
    the sentence). `hint` is what the author can do so that nobody needs the repair.
    """

    name: str
    signature: str
    evidence: tuple[Evidence, ...] = ()
    edits: tuple[Edit, ...] = ()
    changed: str = Field(default_factory=_in_words)
    hint: str = ""


class Spec(Value):
    """What only the ecosystem of a plan understands; each ecosystem declares a class of its own.

    Read from JSON, it holds the fields as they stand there.
    """

    model_config = ConfigDict(extra="allow")


class PlanChanges(TypedDict, total=False):
    """The fields of a plan, so that changes of them are checked."""

    ecosystem: str
    way: Way
    project: str
    declared: bool
    interpreter: str | None
    interpreter_evidence: tuple[Evidence, ...]
    cutoff: datetime | None
    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    overrides: tuple[str, ...]
    indexes: tuple[str, ...]
    registries: tuple[str, ...]
    system_packages: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    spec: Spec
    lock: tuple[str, ...]
    steps: tuple[Step, ...]
    evidence: tuple[Evidence, ...]
    repairs: tuple[Repair, ...]


class BuildPlan(Value):
    """Everything that is going to be done, as a value: it can be printed, compared, stored, replayed.

    `project` is the folder of the project inside the repository. `interpreter_evidence` says why this interpreter
    was chosen; a repair that moves it says why itself. `requirements` are what the resolver is
    asked for (PEP 508 lines), `constraints` and `overrides` as uv means them. `cutoff` is the index date
    (None: today). `files` are written read-only under `/checker` in the sandbox (path, text).
    `registries` are the addresses of registries that the ecosystem's tools use by themselves; an ecosystem takes
    them from its tools or from the settings, never from a repository: the operator vouches for them.
    `spec` holds what only the ecosystem understands. `lock` is the resolver's answer, exact versions.
    """

    ecosystem: str
    way: Way
    project: str = "."
    declared: bool = False
    interpreter: str | None = None
    interpreter_evidence: tuple[Evidence, ...] = ()
    cutoff: datetime | None = None
    requirements: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    system_packages: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    spec: SerializeAsAny[Spec] = Spec()
    lock: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _read_options(cls, data: Any) -> Any:
        """Read plans that were stored when the spec was a list of options, each a name and a text."""
        if not isinstance(data, dict) or "options" not in data:
            return data
        return {name: value for name, value in data.items() if name != "options"} | {"spec": dict(data["options"])}

    def with_(self, **changes: Unpack[PlanChanges]) -> Self:
        """Return the plan with some fields replaced."""
        return self.model_copy(update=dict(changes))
