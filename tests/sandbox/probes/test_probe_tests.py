"""The probe that runs tests counts how they ended, and ends as the runner would."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = Path(__file__).parents[3] / "checker" / "sandbox" / "probes" / "tests.py"

MIXED = """
import unittest
class TestLamps(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): self.assertTrue(False)
    def test_c(self): raise OSError("gone")
    @unittest.skip("later")
    def test_d(self): pass
    @unittest.expectedFailure
    def test_e(self): self.assertTrue(False)
"""
FIXTURES = """
import pytest
@pytest.fixture
def broken(): raise OSError("gone")
def test_a(broken): pass
@pytest.mark.parametrize("n", range(4))
def test_b(n): assert n
"""


def count(tmp_path: Path, runner: str, *arguments: str, **files: str) -> tuple[int, dict[str, int]]:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)
    out = tmp_path / "out.json"
    argv = [sys.executable, PROBE, out, "--", "python", "-m", runner, *arguments]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    counts = json.loads(out.read_text())
    return done.returncode, {name: number for name, number in counts.items() if number}


QUIET = ("-q", "-p", "no:cacheprovider", "--continue-on-collection-errors")


@pytest.mark.parametrize(
    ("files", "code", "counts"),
    [
        ({"test_a": "def test_a(): pass\n"}, 0, {"passed": 1, "files": 1}),
        ({"test_a": MIXED}, 1, {"passed": 2, "failed": 2, "skipped": 1, "files": 1}),
        ({"test_a": FIXTURES}, 1, {"passed": 3, "failed": 1, "errors": 1, "files": 1}),
        (
            {"test_a": "import gone_of_old\n", "test_b": "def test_a(): pass\n"},
            1,
            {"passed": 1, "files": 1, "uncollected": 1},
        ),
        ({"lamps": ""}, 5, {}),
    ],
)
def test_pytest_is_counted(tmp_path: Path, files: dict[str, str], code: int, counts: dict[str, int]) -> None:
    assert count(tmp_path, "pytest", *QUIET, **files) == (code, counts)


@pytest.mark.parametrize(
    ("files", "code", "counts"),
    [
        ({"test_a": MIXED}, 1, {"passed": 2, "failed": 1, "errors": 1, "skipped": 1, "files": 1}),
        ({"test_a": "import gone_of_old\n"}, 1, {"uncollected": 1}),
    ],
)
def test_unittest_is_counted(tmp_path: Path, files: dict[str, str], code: int, counts: dict[str, int]) -> None:
    assert count(tmp_path, "unittest", "discover", "-s", ".", "-p", "*test*.py", **files) == (code, counts)
