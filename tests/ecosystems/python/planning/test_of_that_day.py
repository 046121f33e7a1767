"""What a resolver of today does not know of an earlier day: withdrawn releases, back ends, editable wheels."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checker.core.values.plans import BuildPlan, Way
from checker.ecosystems.python.distributions.packages import load_packages
from checker.ecosystems.python.planning.steps import (
    AS_PIP_RUNS_IT,
    install,
    install_project,
    make_tools_step,
    resolve,
)
from checker.ecosystems.python.planning.withdrawn import replace_withdrawn
from checker.ecosystems.python.spec import spec_of


def plan_of(line: str, day: str | None) -> BuildPlan:
    cutoff = None if day is None else datetime.fromisoformat(day).replace(tzinfo=UTC)
    return BuildPlan(ecosystem="python", way=Way.PERIOD, cutoff=cutoff, requirements=("torch", line))


@pytest.mark.parametrize(
    ("line", "day", "constraints"),
    [
        ("torchvision", "2019-04-19", ("torchvision==0.2.2.post3",)),
        ("torchvision", "2018-12-31", ("torchvision==0.2.1",)),
        ("torchvision>=0.2", "2018-01-01", ("torchvision==0.2.0",)),
        ("torchvision==0.2.*", "2018-05-01", ("torchvision==0.2.1",)),
        ("torchvision", "2016-01-01", ()),
        ("torchvision", "2019-06-01", ()),
        ("torchvision", None, ()),
        ("torchvision==0.2.1", "2019-04-19", ()),
        ("torchvision<0.2", "2019-04-19", ()),
        ("torchvision @ git+https://github.com/pytorch/vision", "2019-04-19", ()),
        ("torchaudio", "2019-04-19", ()),
    ],
)
def test_what_is_left_open_is_the_newest_of_that_day(
    line: str, day: str | None, constraints: tuple[str, ...]
) -> None:
    found = replace_withdrawn(plan_of(line, day))
    assert found.constraints == constraints
    assert [e.source for e in found.evidence] == ["index"] * len(constraints)
    assert replace_withdrawn(found) == found


def test_days_of_the_table_go_up() -> None:
    for row in load_packages().values():
        days = [day for day, _ in row.withdrawn]
        assert days == sorted(days)


@pytest.mark.parametrize(("day", "expected"), [("2018-09-30", True), ("2019-02-05", True), ("2019-02-06", False)])
def test_the_back_end_for_a_lone_setup_script_is_let_through_a_date_before_it(day: str, expected: bool) -> None:
    plan = plan_of("networkx", day)
    exception = ("--exclude-newer-package", "setuptools=2019-02-06T00:00:00Z")
    steps = (resolve(plan), install(plan, offline=False), make_tools_step(plan, ("pytest",)))
    for step in (*steps, *install_project(plan.with_(cutoff=plan.cutoff), ".", setup_script=False)):
        assert (exception[1] in step.argv) is expected
    assert exception[1] not in install(plan, offline=True).argv
    assert exception[1] not in resolve(plan.with_(cutoff=None)).argv


@pytest.mark.parametrize(
    ("interpreter", "day", "asked"),
    [("3.6", None, True), ("3.7", None, False), ("3.8", "2022-08-11", True), ("3.8", "2022-08-12", False)],
)
def test_a_setup_script_is_asked_where_there_are_no_editable_wheels(
    interpreter: str, day: str | None, asked: bool
) -> None:
    plan = plan_of("numpy", day).with_(interpreter=interpreter)
    steps = install_project(plan, ".", setup_script=True)
    assert any("develop" in step.argv for step in steps) is asked
    assert not any("develop" in step.argv for step in install_project(plan, ".", setup_script=False))


@pytest.mark.parametrize(
    ("way", "line", "day", "held"),
    [
        (Way.REPAIRED, "torch", "2018-01-16", (("torch", "2018-12-07"),)),
        (Way.REPAIRED, "torchvision", "2018-01-16", (("torch", "2018-12-07"),)),
        (Way.REPAIRED, "torch", "2018-12-20", None),
        (Way.REPAIRED, "numpy", "2018-01-16", None),
        (Way.PERIOD, "torch", "2018-01-16", None),
        (Way.AS_PUBLISHED, "torch", None, None),
    ],
)
def test_what_was_given_out_elsewhere_is_taken_in_its_first_release_on_the_index(
    way: Way, line: str, day: str | None, held: tuple[tuple[str, str], ...] | None
) -> None:
    plan = plan_of(line, day).with_(way=way, requirements=(line,))
    found = replace_withdrawn(plan)
    assert spec_of(found).older == (held or ())
    assert [repair.name for repair in found.repairs] == (["not on the index yet"] if held else [])
    assert replace_withdrawn(found) == found
    if held:
        for step in (resolve(found), install(found, offline=False)):
            assert step.argv[step.argv.index("--exclude-newer-package") + 1] == "=".join(held[0])


@pytest.mark.parametrize(
    ("line", "day", "asked", "held"),
    [
        ("rdkit", "2020-06-30", "rdkit-pypi", (("rdkit-pypi", "2021-03-29"),)),
        ("rdkit", "2021-09-01", "rdkit-pypi", None),
        ("rdkit", "2022-07-01", "rdkit", None),
        ("rdkit==2020.3.2", "2020-06-30", "rdkit==2020.3.2", None),
    ],
)
def test_what_came_to_the_index_under_another_name(line: str, day: str, asked: str, held: str | None) -> None:
    before = plan_of(line, day).with_(way=Way.REPAIRED)
    after = replace_withdrawn(before)
    assert after.requirements == ("torch", asked)
    assert spec_of(after).older == (held or ())
    assert replace_withdrawn(after) == after
    assert replace_withdrawn(before.with_(way=Way.PERIOD)).requirements == before.requirements


@pytest.mark.parametrize("first", ["from distutils.core import setup", "from setuptools import setup"])
def test_a_setup_script_has_setuptools_in_its_reach(tmp_path: Path, first: str) -> None:
    """As under pip: what comes from distutils knows `develop`, and a forgotten import does no harm."""
    pytest.importorskip("setuptools")
    (tmp_path / "setup.py").write_text(f"{first}\nsetup(name='demo', packages=setuptools.find_packages())\n")
    command = [sys.executable, "-W", "ignore", "-c", AS_PIP_RUNS_IT, "develop", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Options for 'develop' command" in done.stdout, done.stderr
