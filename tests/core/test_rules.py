"""The digest of the rules: the same for the same sources anywhere, another one for any change that judges."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.core.rules import DIGITS, PLACES, compute_digest, compute_rules_digest


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return make(tmp_path / "one")


def make(package: Path) -> Path:
    for name in ("check.py", "judging/causes.py", "ecosystems/python/data/names.csv", "sandbox/probes/run.py"):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n")
    return package


def test_equal_sources_have_one_digest(package: Path, tmp_path: Path) -> None:
    found = compute_digest(package)
    assert len(found) == DIGITS and found == compute_digest(make(tmp_path / "two"))


@pytest.mark.parametrize("name", ["judging/causes.py", "ecosystems/python/data/names.csv", "check.py"])
def test_a_changed_rule_is_another_digest(package: Path, name: str) -> None:
    before = compute_digest(package)
    (package / name).write_text("something else\n")
    assert compute_digest(package) != before


def test_a_renamed_and_a_new_rule_are_other_digests(package: Path) -> None:
    found = {compute_digest(package)}
    (package / "judging/causes.py").rename(package / "judging/reasons.py")
    found.add(compute_digest(package))
    (package / "judging/more.toml").write_text("")
    found.add(compute_digest(package))
    assert len(found) == 3


def test_what_does_not_judge_does_not_count(package: Path) -> None:
    before = compute_digest(package)
    for name in (
        "judging/__pycache__/causes.cpython-311.pyc",
        "judging/causes.py~",
        "reports/site.py",
        "notes.txt",
    ):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("anything\n")
    assert compute_digest(package) == before


def test_every_place_is_there() -> None:
    package = Path(__file__).parents[2] / "checker"
    assert [name for name in PLACES if not (package / name).exists()] == []
    assert compute_rules_digest() == compute_digest(package)
