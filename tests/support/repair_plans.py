"""Plans and attempts that repairs are tried on, and what is known while they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import drift_excerpts
import repair_excerpts as excerpts

from checker.core.edits import AddRequirement
from checker.core.plans import BuildPlan, Phase, Repair, Step, Way
from checker.core.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.repairs import RULES
from checker.judging.repair_engine import Context, Rule

KNOWN = {
    "wandb": "wandb",
    "openpyxl": "openpyxl",
    "sentencepiece": "sentencepiece",
    "einops": "einops",
    "google.protobuf": "protobuf",
    "torch": "torch",
}


CONTEXT = Context(
    requirement_for=KNOWN.get,
    versions=lambda name: ("1.6.0", "1.7.0", "1.7.1", "1.8.0") if name == "torch" else (),
    interpreters=("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"),
    imported=frozenset({"torch", "keras", "tensorflow", "shortwave"}),
)


DATED = replace(CONTEXT, pinned_at=datetime(2019, 5, 1, tzinfo=UTC))


BY_NAME = {rule.name: rule for rule in RULES}


GIVEN = {
    "licence_ended": ("gurobipy==11.0.1",),
    "gpu_build": ("tensorflow-gpu==1.9.0",),
    "mmcv_operators": ("mmcv==1.7.0",),
    "mm_of_mmcv_1": ("mmcv-full<2", "mmdet"),
    "opencv_contrib": ("opencv-python==4.5.1.48",),
}


ALL = {
    **{name: (said, given, changed) for name, (said, given, changed) in excerpts.RESOLVING.items()},
    **excerpts.BUILDING,
    **{name: (said, (), changed) for name, (said, changed) in excerpts.SYSTEM.items()},
    **{name: (said, (), f"→ {version}") for name, (said, version) in (excerpts.GONE | excerpts.NOT_YET).items()},
    **{name: (said, GIVEN.get(name, ()), changed) for name, (said, changed) in drift_excerpts.DRIFT.items()},
    **excerpts.UNDECLARED,
    **excerpts.OLDER,
    **excerpts.FORERUNNER,
    **{name: (said, ("einops",), changed) for name, (said, changed) in excerpts.UNDO.items()},
}


STEP_NAMES = {"project_on_path": "install the project"}


def plan(*requirements: str, interpreter: str = "3.10", **fields: object) -> BuildPlan:
    options = (("interpreter_ladder", "3.9,3.8"),)
    values = {"cutoff": datetime(2021, 1, 1, tzinfo=UTC), "options": options, **fields}
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


_HELD = (("older", "einops=2020-01-02"), ("index_date_before", "2023-05-01T00:00:00+00:00"))


PLANS: Mapping[str, Mapping[str, object]] = {
    **{name: {"interpreter": "3.14", "options": ()} for name in excerpts.GONE},
    **{name: {"interpreter": "3.6", "options": ()} for name in excerpts.NOT_YET},
    **{name: {"options": _HELD} for name in excerpts.UNDO},
    "set_aside_though_imported": {"options": ()},
    "index_out_of_reach": {"indexes": ("https://wheels.example.org/other", "https://wheels.example.org/cu116")},
    "forerunner": {"repairs": (listed("stable-retro"),)},
    "no_wheels": {"options": (("wheels_only", "einops=build_backend_error"),)},
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
