"""The notebook probe: cells run in order, and how each one ended."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from interpreters import VERSIONS, interpreter

PROBE = Path(__file__).parents[3] / "checker" / "sandbox" / "probes" / "notebook.py"


def run(tmp_path: Path, version: str, *cells: str, seconds: int = 30) -> tuple[int, dict[str, Any], str]:
    content = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}
    (tmp_path / "a.ipynb").write_text(json.dumps(content))
    argv = [interpreter(version), str(PROBE), str(tmp_path / "a.ipynb"), str(tmp_path / "out.json")]
    done = subprocess.run(
        [*argv, "--seconds", str(seconds)], capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, json.loads((tmp_path / "out.json").read_text()), done.stdout + done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_cells_share_names_and_magics_are_left_out(tmp_path: Path, version: str) -> None:
    cells = ("%matplotlib inline\n!ls\nx = 20", "%%bash\nexit 1", "x + 1", "import near")
    (tmp_path / "near.py").write_text("")
    code, report, output = run(tmp_path, version, *cells)
    assert [cell["status"] for cell in report["cells"]] == ["ok", "skipped", "ok", "ok"]
    assert (code, report["ok"], report["runner"]) == (0, True, "plain")
    assert "21" in output


@pytest.mark.parametrize("version", VERSIONS)
def test_a_failing_cell_ends_the_run(tmp_path: Path, version: str) -> None:
    code, report, output = run(tmp_path, version, "x = 1", "open('data.csv')", "y = 2")
    assert code == 1
    assert [cell["status"] for cell in report["cells"]] == ["ok", "error", "not_reached"]
    assert (report["cells"][1]["type"], report["cells"][1]["message"][:9]) == ("FileNotFoundError", "[Errno 2]")
    assert "FileNotFoundError" in output


def run_below(root: Path, *cells: str) -> dict[str, Any]:
    """Run a notebook in a folder of a repository."""
    content = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}
    (root / "notebooks").mkdir()
    (root / "notebooks/a.ipynb").write_text(json.dumps(content))
    argv = [interpreter("this"), str(PROBE), "a.ipynb", str(root / "out.json"), "--root", str(root)]
    subprocess.run(argv, cwd=root / "notebooks", capture_output=True, timeout=120, check=False)
    found: dict[str, Any] = json.loads((root / "out.json").read_text())
    return found


@pytest.mark.parametrize("cell", ["open('data/a.csv')", "import own_part", "import os\nos.listdir('data')"])
def test_what_a_notebook_finds_from_the_root_alone_is_found(tmp_path: Path, cell: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/a.csv").write_text("x")
    (tmp_path / "own_part.py").write_text("")
    report = run_below(tmp_path, "x = 1", cell, "y = 2")
    assert (report["ok"], report.get("from_root")) == (True, True)


def test_what_is_nowhere_is_told_as_seen_from_its_own_folder(tmp_path: Path) -> None:
    report = run_below(tmp_path, "open('data/nowhere.csv')")
    assert (report["ok"], report.get("from_root")) == (False, None)


def test_pointers_that_cells_name_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("version https://git-lfs.github.com/spec/v1\nsize 9\n")
    report = run_below(tmp_path, "rows = open('../a.csv').read().split(',')", "rows[3]", "open('../b.csv')")
    assert (report["ok"], report["pointers"]) == (False, ["../a.csv"])


def test_time_limit(tmp_path: Path) -> None:
    cells = (
        "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except Exception:\n        pass\n",
        "x = 1",
    )
    code, report, _ = run(tmp_path, "this", *cells, seconds=1)
    assert (code, report["timed_out"], report["ok"]) == (124, True, False)
    assert [cell["status"] for cell in report["cells"]] == ["error", "not_reached"]


def test_wrong_usage() -> None:
    done = subprocess.run([interpreter("this"), str(PROBE)], capture_output=True, text=True, check=False)
    assert done.returncode == 2


class CellExecutionError(Exception):
    """As nbclient raises it."""

    ename, evalue = "UsageError", "Line magic function `%tensorflow_version` not found."


def probe() -> ModuleType:
    spec = importlib.util.spec_from_file_location("probe_notebook", PROBE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_cell_that_failed_without_an_output_is_named() -> None:
    cells: list[dict[str, Any]] = [{"status": "ok"}, {"status": "ok"}, {"status": "not_reached"}]
    probe().name_failed_cell(cells, CellExecutionError())
    assert [cell["status"] for cell in cells] == ["ok", "error", "not_reached"]
    assert (cells[1]["type"], cells[1]["message"][:10]) == ("UsageError", "Line magic")


@pytest.mark.parametrize("ended", [None, RuntimeError("kernel died")])
def test_what_ended_outside_of_cells_is_no_cell_s(ended: Exception | None) -> None:
    cells: list[dict[str, Any]] = [{"status": "ok"}, {"status": "ok"}]
    probe().name_failed_cell(cells, ended)
    assert [cell["status"] for cell in cells] == ["ok", "ok"]
