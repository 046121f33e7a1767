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
