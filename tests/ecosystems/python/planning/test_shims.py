"""A module that only conda has under its name, for which the repaired way writes a stand-in."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checker.core.values.plans import Way
from checker.ecosystems.python.code.self_import import ABOVE
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning import shims
from checker.ecosystems.python.planning.plan import plan_for
from checker.ecosystems.python.survey import survey

MOMENT = datetime(2022, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/lamp", code_date=MOMENT, today=MOMENT, interpreters=("3.9",))


def test_the_repaired_way_installs_the_other_module_and_lets_the_name_stand_for_it(make_tree) -> None:
    plan = plan_for(survey(make_tree({"train.py": "import ruamel_yaml as yaml\n"})), FACTS, Way.REPAIRED)
    assert dict(plan.env)["PYTHONPATH"] == ABOVE
    assert "ruamel.yaml" in plan.requirements
    assert [step.name for step in plan.steps if "stand" in step.name] == ["let ruamel_yaml stand for ruamel.yaml"]
    [repair] = [r for r in plan.repairs if r.name == "name of conda's own"]
    assert [(e.source, e.line) for e in repair.evidence] == [("train.py", 1)]


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("import ruamel_yaml\n", Way.AS_PUBLISHED),
        ("import ruamel_yaml\n", Way.PERIOD),
        ("import ruamel.yaml\n", Way.REPAIRED),
        ("try:\n    import ruamel_yaml\nexcept ImportError:\n    import ruamel.yaml\n", Way.REPAIRED),
    ],
)
def test_no_stand_in(make_tree, text: str, way: Way) -> None:
    plan = plan_for(survey(make_tree({"train.py": text})), FACTS, way)
    assert not [step for step in plan.steps if "stand" in step.name]
    assert "PYTHONPATH" not in dict(plan.env)


def test_the_stand_in_is_the_other_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shims, "load_conda_modules", lambda: {"lamp_json": "email.message"})
    argv = shims.write_shim("lamp_json").argv
    subprocess.run([str(tmp_path / "above") if part == ABOVE else part for part in argv], check=True)
    code = "from lamp_json import Message; import lamp_json; print(lamp_json.__name__, Message.__name__)"
    env = {"PYTHONPATH": str(tmp_path / "above")}
    done = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True)
    assert done.stdout == "email.message Message\n"
