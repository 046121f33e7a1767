"""What a plan of a Python repository holds: it survives JSON, and plans stored as options are still read."""

from __future__ import annotations

from datetime import UTC, datetime

from checker.core.values.edits import AddRequirement, MoveDate
from checker.core.values.plans import BuildPlan, PlanChanges, Repair, Way
from checker.ecosystems.python.spec import PythonSpec, SpecChanges, spec_of, with_spec

SPEC = PythonSpec(
    folders=(".", "sub"),
    older=(("torch", "2018-12-07"),),
    preinstall=("torch==1.9.0", "setuptools<66"),
    relax=(),
    index_date_before=datetime(2023, 5, 1, tzinfo=UTC),
    prereleases=True,
)


def test_a_plan_survives_json() -> None:
    edits = (AddRequirement(requirement="six"), MoveDate(before=None, after=datetime(2020, 1, 1, tzinfo=UTC)))
    repair = Repair(name="r", signature="s", edits=edits)
    plan = BuildPlan(ecosystem="python", way=Way.REPAIRED, spec=SPEC, repairs=(repair,))
    read = BuildPlan.model_validate_json(plan.model_dump_json())
    assert spec_of(read) == SPEC
    assert read.with_(spec=SPEC) == plan
    assert read.repairs[0].changed == "added six; index date → 2020-01-01"


def test_plans_of_before_are_read() -> None:
    options = [
        ["folders", ".,sub"],
        ["older", "torch=2018-12-07"],
        ["preinstall", "torch==1.9.0;setuptools<66"],
        ["relax", "-"],
        ["index_date_before", "2023-05-01T00:00:00+00:00"],
        ["without_uv_settings", "1"],
    ]
    repair = {"name": "r", "signature": "s", "changed": "added six"}
    plan = {"ecosystem": "python", "way": "repaired", "options": options, "repairs": [repair]}
    read = BuildPlan.model_validate(plan)
    assert spec_of(read) == SPEC.model_copy(update={"prereleases": False})
    assert (read.repairs[0].changed, read.repairs[0].edits) == ("added six", ())


def test_changes_name_every_field() -> None:
    assert set(PlanChanges.__annotations__) == set(BuildPlan.model_fields)
    assert set(SpecChanges.__annotations__) == set(PythonSpec.model_fields)
    changed = with_spec(BuildPlan(ecosystem="python", way=Way.PERIOD), skip=("six",))
    assert changed.spec == PythonSpec(skip=("six",))
