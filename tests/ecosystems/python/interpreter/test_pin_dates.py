"""How old an author's environment is, by the versions that are pinned; the index tells upload times."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from lookup_index import serve_lookups

from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Way
from checker.ecosystems.python.interpreter.pin_dates import date_of_pins, find_newest_release, find_pinned_lines
from checker.index.uv import Downloads


def test_what_is_pinned() -> None:
    lines = (
        "torch==1.10.1+cu113",
        "numpy==1.22.4",
        "six",
        "scipy>=1",
        "a==1.*",
        "b[c]==2",
        "own @ git+https://x.y/z",
    )
    assert find_pinned_lines((*lines, "old==1; python_version < '3'", "./here")) == (
        "torch==1.10.1",
        "numpy==1.22.4",
        "b==2",
    )


LOCK = """
lock-version = "1.0"
[[packages]]
name = "young"
sdist = { url = "u", upload-time = 2022-05-20T21:35:55Z }
wheels = [{ url = "u", upload-time = 2022-05-21T00:00:00Z }, { url = "v", upload-time = 2026-01-01T00:00:00Z }]
[[packages]]
name = "old"
wheels = [{ url = "u", upload-time = 2021-12-15T22:13:57Z }]
"""


@pytest.mark.parametrize(
    ("lock", "date"),
    [
        (LOCK, datetime(2022, 5, 20, 21, 35, 55, tzinfo=UTC)),
        ("", None),
        ("packages = 3", None),
        ("packages = [3, {wheels = 3, sdist = 3}, {wheels = [{upload-time = 'then'}]}]", None),
        ("[[packages]", None),
    ],
)
def test_the_first_upload_of_the_youngest_counts(lock: str, date: datetime | None) -> None:
    assert find_newest_release(lock) == date


def test_it_is_asked_of_the_index(tmp_path: Path) -> None:
    with serve_lookups() as index:
        index.add_wheel("alpha", "1.0", "2019-03-01", "alpha.py")
        index.add_wheel("alpha", "2.0", "2024-03-01", "alpha.py")
        index.add_wheel("beta", "1.0", "2020-06-01", "beta.py")
        settings = Settings.from_environment({"HOME": str(tmp_path), "CHECKER_HOME": str(tmp_path / "home")})
        settings = settings.model_copy(update={"indexes": IndexSettings(default=index.url)})
        plan = BuildPlan(ecosystem="python", way=Way.PERIOD, interpreter="3.9")
        downloads = Downloads(settings, tries=1)
        found = date_of_pins(plan.with_(requirements=("alpha==1.0", "beta==1.0", "gamma")), downloads)
        assert found is not None and f"{found:%Y-%m-%d}" == "2020-06-01"
        assert date_of_pins(plan.with_(requirements=("gamma",)), downloads) is None
        assert date_of_pins(plan.with_(requirements=("nowhere==1.0",)), downloads) is None
