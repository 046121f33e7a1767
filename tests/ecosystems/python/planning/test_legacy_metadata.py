"""Releases whose metadata the resolver refuses: what they require is told to it."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import uv
from local_index import LocalIndex, serve_index
from packaging.requirements import Requirement
from packaging.version import Version

from checker.core.values.plans import BuildPlan, Way
from checker.ecosystems.python.planning import legacy_metadata
from checker.ecosystems.python.planning.steps import resolve


def planned(python: str, *requirements: str) -> BuildPlan:
    return BuildPlan(ecosystem="python", way=Way.PERIOD, interpreter=python, requirements=requirements)


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (planned("3.6", "pandas"), True),
        (planned("3.8"), True),
        (planned("3.12", "pandas==0.23.4"), True),
        (planned("3.12", "pandas>=0.23"), False),
        (planned("3.12", "pandas==2.0.3"), False),
        (planned("3.10", "numpy"), False),
    ],
)
def test_it_is_told_where_such_a_release_may_be_met(plan: BuildPlan, told: bool) -> None:
    assert ("--config-file" in resolve(plan).argv) is told
    assert bool(legacy_metadata.make_files(plan)) is told


def test_every_row_reads_as_what_the_resolver_wants() -> None:
    [(_, text)] = legacy_metadata.make_files(planned("3.6"))
    entries = tomllib.loads(text)["dependency-metadata"]
    assert len({entry["version"] for entry in entries}) == len(entries) > 0
    for entry in entries:
        assert Version(entry["version"])
        assert all(Requirement(line) for line in entry["requires-dist"])


@pytest.fixture(scope="module")
def index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        index.add("pandas", "0.13.1")
        index.add("pandas", "0.23.4", ("pytz (>=2011k)", "numpy"))
        for name, version in (("pytz", "2018.5"), ("numpy", "1.15.0"), ("python_dateutil", "2.7.3")):
            index.add(name, version)
        yield index


def compiled(folder: Path, index: LocalIndex, line: str, *options: str) -> str:
    (folder / "requirements.in").write_text(f"{line}\n")
    command = [uv.find_uv_bin(), "pip", "compile", "--no-header", "--no-annotate", "--default-index", index.url]
    done = subprocess.run([*command, *options, "requirements.in"], cwd=folder, capture_output=True, check=False)
    return (done.stdout if done.returncode == 0 else done.stderr).decode()


def test_the_newest_release_of_the_time_is_taken_and_its_pin_is_no_conflict(
    index: LocalIndex, tmp_path: Path
) -> None:
    [(name, text)] = legacy_metadata.make_files(planned("3.6"))
    (tmp_path / name).write_text(text)
    told = ("--config-file", name)
    assert "pandas==0.13.1" in compiled(tmp_path, index, "pandas")
    assert "invalid metadata" in compiled(tmp_path, index, "pandas==0.23.4")
    for line in ("pandas", "pandas==0.23.4"):
        lock = compiled(tmp_path, index, line, *told).split()
        assert lock == ["numpy==1.15.0", "pandas==0.23.4", "python-dateutil==2.7.3", "pytz==2018.5"]
