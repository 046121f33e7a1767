"""The examples end as they were written to end: the whole way, through the real engine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

EXPECTED = {
    "tidal-lab/rank-means": ("available", "runs", "as_published", None),
    "harbour-group/windowed-stats": ("available", "runs", "period", None),
    "quiet-systems/graph-walks": ("available", "runs", "repaired", None),
    "north-bio/codon-counts": ("available", "runs", "as_published", None),
    "far-shore/placeholder": ("no_code", None, None, None),
    "granite-lab/masks": ("moved", "runs", "as_published", None),
    "old-oak/entropy-tools": ("available", "runs", "repaired", None),
    "blue-ridge/table-tests": ("available", "runs", "repaired", None),
    "open-orbit/transit-fit": ("available", "runs", "as_published", None),
    "container-crew/boxed-solver": ("available", "runs", "as_published", None),
    "sun-valley/field-net": ("available", "starts", "as_published", "needs_data"),
    "pine-street/loss-maps": ("available", "built", "as_published", "missing_in_repository"),
    "river-bend/wave-model": ("available", "code", None, "unsupported_language"),
    "cedar-works/unit-grid": ("available", "answers", "as_published", "tests_fail"),
    "violet-audio/score-render": ("available", "runs", "repaired", None),
    "lost-lights/beacons": ("missing", None, None, None),
    "late-night/not-yet": ("empty", None, None, None),
}
"""Repository → availability, rung, way, cause."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Run `checker run` over the example papers as a user does."""
    folder = tmp_path_factory.mktemp("examples")
    mirror, results = folder / "mirror", folder / "results"
    make = [sys.executable, str(ROOT / "examples" / "make_mirror.py"), str(mirror)]
    subprocess.run(make, check=True, capture_output=True)
    pages = sorted(str(page) for page in (ROOT / "examples" / "papers").iterdir())
    command = [sys.executable, "-m", "checker", "run", *pages, "--json"]
    command += ["--mirror", str(mirror), "--results", str(results)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=1500, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", EXPECTED)
def test_example_ends_as_written(report: dict[str, object], name: str) -> None:
    entries = report["repositories"]
    assert isinstance(entries, list)
    entry = next(e for e in entries if e["repository"] == name)
    assert (entry["availability"], entry["reached"], entry["way"], entry["cause"]) == EXPECTED[name]


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_paper_is_accounted_for(report: dict[str, object]) -> None:
    papers = report["papers"]
    assert isinstance(papers, list)
    statuses = [paper["code_status"] for paper in papers]
    assert len(papers) == 19
    assert {status: statuses.count(status) for status in set(statuses)} == {"linked": 16, "promised": 2, "none": 1}
