"""Plans and attempts that repairs are tried on, and what is known while they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from packaging.requirements import Requirement
from repair_excerpts import CHANGES

from checker.core.values.edits import AddRequirement, ChangeRequirement
from checker.core.values.plans import BuildPlan, Phase, Repair, Step, Way
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.repairs import load_rules
from checker.ecosystems.python.repairs.rows import Row, read_rows
from checker.ecosystems.python.repairs.rules import TABLES
from checker.ecosystems.python.spec import PythonSpec
from checker.judging.repair_engine import Context, Release, Rule

RULES = load_rules()

KNOWN = {
    "wandb": "wandb",
    "openpyxl": "openpyxl",
    "sentencepiece": "sentencepiece",
    "einops": "einops",
    "google.protobuf": "protobuf",
    "tensorflow": "tensorflow",
    "torch": "torch",
}


CONTEXT = Context(
    requirement_for=KNOWN.get,
    versions=lambda name: ("1.6.0", "1.7.0", "1.7.1", "1.8.0") if name == "torch" else (),
    interpreters=("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"),
    imported=frozenset({"torch", "keras", "tensorflow", "shortwave"}),
    holds_python2=True,
    release_with=lambda part: Release(version="0.3.2", newer=False) if part.argument else None,
    takes_from=lambda name: ("einops.layers.torch",) if name == "Rearrange" else (),
)


DATED = replace(CONTEXT, pinned_at=datetime(2019, 5, 1, tzinfo=UTC))


BY_NAME = {rule.name: rule for rule in RULES}


ROWS = {row.name: row for table in TABLES for row in read_rows(table)}


def _told(row: Row) -> str:
    """Return what a row that needs no code changes, as it is listed."""
    if row.needs:
        wanted = Requirement(row.needs[0])
        if wanted.name == "python":
            return f"→ {next(iter(wanted.specifier)).version}"
        return row.needs[0] if wanted.specifier else f"added {wanted}"
    if row.system_packages:
        return f"system packages: {row.system_packages[0]}"
    return f"is built with {row.built_with[0]}"


#: Row → what a log says, the requirements of the plan, and what is changed.
ALL = {
    name: (f"{row.excerpt}\n", *(CHANGES[name] if name in CHANGES else ((), _told(row))))
    for name, row in ROWS.items()
}


STEP_NAMES = {"project_on_path": "install the project"}


def plan(*requirements: str, interpreter: str = "3.10", **fields: object) -> BuildPlan:
    spec = PythonSpec(interpreter_ladder=("3.9", "3.8"))
    values = {"cutoff": datetime(2021, 1, 1, tzinfo=UTC), "spec": spec, **fields}
    return BuildPlan(ecosystem="python", way=Way.PERIOD, interpreter=interpreter, requirements=requirements).with_(
        **values
    )


def failed(said: BuildPlan, log: str, phase: Phase, name: str = "step") -> Attempt:
    step = Step(name=name, phase=phase, argv=("x",))
    return Attempt(plan=said, results=(StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log),))


def phase_of(rule: Rule) -> Phase:
    wanted = (Phase.RESOLVE, Phase.INSTALL, Phase.START, Phase.TEST)
    return next(phase for phase in wanted if phase in rule.phases)


def listed(requirement: str) -> Repair:
    edits = (AddRequirement(requirement=requirement),)
    return Repair(name="undeclared dependency", signature="s", edits=edits, hint="h")


def taken(before: str, after: str) -> Repair:
    edits = (ChangeRequirement(before=before, after=after),)
    return Repair(name="conflict", signature="s", edits=edits, hint="h")


_HELD = PythonSpec(older=(("einops", "2020-01-02"),), index_date_before=datetime(2023, 5, 1, tzinfo=UTC))


PLANS: Mapping[str, Mapping[str, object]] = {
    **{
        name: {"interpreter": "3.14" if "<" in row.needs[0] else "3.6", "spec": PythonSpec()}
        for name, row in ROWS.items()
        if row.moves_interpreter
    },
    **{name: {"spec": _HELD} for name in ("no_earlier_release", "not_yet_released", "no_wheels")},
    **{name: {"lock": ("einops==0.8.0",)} for name in ("release_with_argument", "release_with_argument_of_class")},
    "built_against_newer_numpy": {"lock": ("einops==0.8.0", "numpy==1.22.3")},
    "numpy_pin_was_right": {"repairs": (taken("numpy==1.22.3", "numpy==1.*"),)},
    "release_in_demand": {"lock": ("tensorflow==2.1.0",)},
    "set_aside_though_imported": {"spec": PythonSpec()},
    "index_out_of_reach": {"indexes": ("https://wheels.example.org/other", "https://wheels.example.org/cu116")},
    "forerunner": {"repairs": (listed("stable-retro"),)},
    "no_wheels": {"spec": PythonSpec(wheels_only=(("einops", "build_backend_error"),))},
}
"""What the plan of a rule's attempt holds besides its requirements, where the rule asks for more."""


def attempt_for(rule: Rule) -> Attempt:
    log, requirements, _ = ALL[rule.name]
    given = plan(*requirements).with_(**PLANS.get(rule.name, {}))
    attempt = failed(given, log, phase_of(rule), STEP_NAMES.get(rule.name, "step"))
    return timed_out(attempt) if rule.name == "wheels_in_time" else attempt


def timed_out(attempt: Attempt) -> Attempt:
    results = (result.model_copy(update={"status": StepStatus.TIMED_OUT}) for result in attempt.results)
    return attempt.model_copy(update={"results": tuple(results)})
