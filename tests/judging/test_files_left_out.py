"""A file that the check left out is neither missing in the repository nor data from elsewhere."""

from __future__ import annotations

import pytest

from checker.core.values.plans import Phase, Step
from checker.core.values.repositories import LeftOut
from checker.core.values.results import Missing, StepResult, StepStatus
from checker.judging.causes import make_cause
from checker.judging.files_left_out import drop_left_out, name_left_out

LEFT = (LeftOut(path="data/cora/cora.content", bytes=30_000_000, reason="larger than 20971520 bytes"),)
STEP = Step(name="start train.py", phase=Phase.RUN, argv=("python", "train.py"))


def ended(name: str, log: str, status: StepStatus = StepStatus.FAILED) -> StepResult:
    return StepResult(step=STEP, status=status, exit_code=1, log=log, cause=make_cause(name))


@pytest.mark.parametrize("name", ["needs_data", "needs_weights", "missing_in_repository"])
@pytest.mark.parametrize(
    "path", ["../data/cora/cora.content", "/code/src/data/cora/cora.content", "cora/cora.content"]
)
def test_a_step_that_stops_for_it_meets_a_limit_of_the_check(name: str, path: str) -> None:
    told = name_left_out(ended(name, f"OSError: {path} not found.\n"), LEFT)
    assert told.status is StepStatus.LIMIT
    assert told.cause is not None
    assert told.cause.name == "left_out_by_check"
    assert told.cause.evidence[0].source == "data/cora/cora.content"


@pytest.mark.parametrize(
    ("name", "log"),
    [
        ("needs_data", "OSError: ../data/cora/cora.cites not found.\n"),
        ("needs_data", "OSError: ../data/cora/cora.content.zip not found.\n"),
        ("needs_data", "OSError: other.content not found.\n"),
        ("crash", "ValueError: cannot read ../data/cora/cora.content\n"),
        ("needs_network", "no way to https://example.org/cora/cora.content\n"),
    ],
)
def test_everything_else_keeps_its_cause(name: str, log: str) -> None:
    assert name_left_out(ended(name, log), LEFT) == ended(name, log)


def test_it_is_not_listed_as_missing() -> None:
    missing = (
        Missing(kind="file", name="cora/cora.content"),
        Missing(kind="file", name="data/other.csv"),
        Missing(kind="module", name="data/cora/cora.content"),
    )
    assert drop_left_out(missing, LEFT) == missing[1:]
