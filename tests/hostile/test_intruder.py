"""An intruder in four places (setup script, source distribution, conftest, notebook) gets nothing in any of them.

All that it aims at is this machine's, or stands in a network that the test makes, with a listener behind each.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import hostile_ground as ground
import in_the_world
import network_world as world
import pytest

from checker.core.values.plans import Rung
from checker.core.values.results import Check

pytestmark = [pytest.mark.docker, pytest.mark.slow]

PLACES = ("sdist", "setup.py", "conftest.py", "notebook")


def tries() -> list[str]:
    """Return the names of everything that is tried, as the attack itself lists them."""
    tree = ast.parse((ground.TREES / "intruder" / "tries.py").read_text())
    listed = next(n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "TRIES")
    assert isinstance(listed, ast.Tuple)
    return [ast.unparse(name) for name in listed.elts]


@pytest.fixture(scope="module")
def done(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if os.geteuid() != 0:
        pytest.skip("network namespaces are root's to make")
    folder = tmp_path_factory.mktemp("world")
    command = ["unshare", "--net", "--mount", sys.executable, in_the_world.__file__, str(folder), str(tools)]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=500)
    assert finished.returncode == 0, finished.stderr
    found: dict[str, Any] = json.loads((folder / "done.json").read_text())
    return found


@pytest.fixture(scope="module")
def checks(done: dict[str, Any]) -> dict[str, Check]:
    return {name: Check.model_validate(check) for name, check in done["checks"].items()}


@pytest.fixture(scope="module")
def said(checks: dict[str, Check]) -> dict[tuple[str, str], set[str]]:
    """Return by place and name what the attack itself says came of it."""
    found: dict[tuple[str, str], set[str]] = {}
    for line in ground.logs(checks["intruder"]).splitlines():
        if line.startswith("TRIED "):
            _, place, name, outcome = line.split(" ", 3)
            found.setdefault((place, name), set()).add(outcome)
    return found


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", tries())
def test_it_gets_nothing(said: dict[tuple[str, str], set[str]], place: str, name: str) -> None:
    assert said[place, name] == {"nothing"}


@pytest.mark.parametrize("place", PLACES)
def test_the_cache_that_it_poisons_is_its_own(
    done: dict[str, Any], said: dict[tuple[str, str], set[str]], place: str
) -> None:
    assert any(outcome != "wrote 0" for outcome in said[place, "poison"]), "it did write"
    assert done["changed"] == done["poisoned"] == done["planted"] == []


def test_who_behaves_otherwise_is_told_what_the_code_does(checks: dict[str, Check]) -> None:
    found = checks["intruder"]
    assert (found.verdict.reached, found.cause, found.inconclusive) == (Rung.RUNS, None, False)


@pytest.mark.parametrize("when", ["beside", "after"])
def test_others_are_checked_as_ever(checks: dict[str, Check], when: str) -> None:
    assert checks["alone"].verdict.reached is Rung.RUNS
    assert ground.verdict(checks[when]) == ground.verdict(checks["alone"])
    assert "good 1.0" in ground.logs(checks[when])


def test_nothing_arrives_at_any_address(done: dict[str, Any]) -> None:
    assert done["came"] == []
    control = {address for address, _ in done["control"]}
    assert control == {*world.WORLD, *world.OWN}, "each of them would have been counted"


def test_no_secret_of_the_host_is_in_what_is_told(checks: dict[str, Check]) -> None:
    assert in_the_world.SECRET not in json.dumps([check.model_dump(mode="json") for check in checks.values()])


def test_the_host_is_as_before(done: dict[str, Any]) -> None:
    assert done["left"] == []
