"""The import probe under real interpreters, with modules that misbehave."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from interpreters import VERSIONS, interpreter

PROBE = Path(__file__).parents[3] / "checker" / "sandbox" / "probes" / "imports.py"

MODULES = {
    "good.py": "print('x' * 500000)\n__version__ = '1.2'\n",
    "needs.py": "import nowhere_to_be_found\n",
    "leaves.py": "import os\nos._exit(0)\n",
    "exits.py": "import sys\nsys.exit(3)\n",
    "killed.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
    "hangs.py": "import time\ntime.sleep(600)\n",
    "silenced.py": "import sys\nsys.stdout = None\nsys.stderr.close()\n",
    "threads.py": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n",
    "forks.py": "import os, time\nif os.fork() == 0:\n    time.sleep(600)\n",
    "raises.py": "def f():\n    raise ValueError('broken\\x00here')\nf()\n",
    "reads.py": "import sys\nprint(sys.argv, sys.stdin.read())\n",
    "attribute.py": "from os import nothing_like_it\n",
    "imports.py": "value = 1\n",
    "folder/data.txt": "",
}


def run(python: str, tmp_path: Path, *modules: object, **spec: object) -> tuple[int, dict[str, dict[str, Any]]]:
    source = tmp_path / "src"
    for name, text in MODULES.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    order = {"modules": list(modules), "cwd": str(source), "path": [str(source)], "seconds": 3, **spec}
    (tmp_path / "spec.json").write_text(json.dumps(order))
    argv = [python, str(PROBE), str(tmp_path / "spec.json"), str(tmp_path / "out.json")]
    done = subprocess.run(argv, capture_output=True, timeout=120, check=False)
    report = json.loads((tmp_path / "out.json").read_text())
    assert report["ok"] is (done.returncode == 0)
    return done.returncode, {item["name"]: item for item in report["modules"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_how_each_module_ended(tmp_path: Path, version: str) -> None:
    names = [name[:-3] for name in MODULES if name.endswith(".py")]
    code, found = run(interpreter(version), tmp_path, *names, "json", "json.nothing", "gone", jobs=4)
    assert code == 1
    assert {name: item["status"] for name, item in found.items()} == {
        "good": "ok",
        "needs": "error",
        "leaves": "exited",
        "exits": "exited",
        "killed": "crashed",
        "hangs": "timed_out",
        "silenced": "ok",
        "threads": "ok",
        "forks": "ok",
        "raises": "error",
        "reads": "ok",
        "attribute": "error",
        "imports": "ok",
        "json": "ok",
        "json.nothing": "not_found",
        "gone": "not_found",
    }
    assert found["good"]["version"] == "1.2"
    assert found["needs"]["missing"] == "nowhere_to_be_found"
    assert found["exits"]["exit_code"] == 3
    assert found["killed"]["signal"] == 11
    assert (found["raises"]["type"], found["raises"]["frames"][-1]["line"]) == ("ValueError", 2)
    assert found["gone"]["missing"] == "gone"
    assert found["imports"]["file"].startswith(str(tmp_path))


def test_only_required_modules_decide(tmp_path: Path) -> None:
    code, found = run(interpreter("this"), tmp_path, "json", {"name": "gone", "required": False})
    assert code == 0
    assert found["gone"]["status"] == "not_found"


def test_a_folder_of_that_name_is_no_module(tmp_path: Path) -> None:
    code, found = run(interpreter("this"), tmp_path, "folder", {"name": "folder2", "own": True})
    assert code == 1
    assert found["folder"]["status"] == "not_found"


def test_a_folder_of_the_repository_is_its_own_module(tmp_path: Path) -> None:
    code, _ = run(interpreter("this"), tmp_path, {"name": "folder", "own": True})
    assert code == 0


def test_all_together_are_bounded(tmp_path: Path) -> None:
    started = time.monotonic()
    _, found = run(interpreter("this"), tmp_path, "hangs", "threads", "json", jobs=1, seconds=60, total_seconds=2)
    assert time.monotonic() - started < 30
    assert [found[name]["status"] for name in ("hangs", "threads", "json")] == ["timed_out", "skipped", "skipped"]


def test_a_message_that_holds_a_traceback_is_told_by_its_exception(tmp_path: Path) -> None:
    """TensorFlow puts the traceback of what it could not load into the message of its own exception."""
    (tmp_path / "src").mkdir()
    inner = (
        "Traceback (most recent call last):\\n  File x\\nImportError: libown.so.9: cannot open\\n\\nSee the page."
    )
    (tmp_path / "src" / "wrapped.py").write_text(f"raise ImportError('{inner}')\n")
    order = {"modules": ["wrapped"], "cwd": str(tmp_path / "src"), "path": [str(tmp_path / "src")]}
    (tmp_path / "spec.json").write_text(json.dumps(order))
    argv = [interpreter(VERSIONS[0]), str(PROBE), str(tmp_path / "spec.json"), str(tmp_path / "out.json")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["error", "wrapped", "ImportError:", "libown.so.9:", "cannot", "open"]


def test_wrong_usage() -> None:
    done = subprocess.run([interpreter("this"), str(PROBE)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "usage: imports.py SPEC.json OUT.json\n")


PROGRAM = {
    "tools/near.py": "value = 1\n",
    "other/near.py": "other = 1\n",
    "models/__init__.py": "",
    "models/net.py": "class Net: pass\n",
    "options.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('d')\nargs = p.parse_args()\n",
    "reads.py": "open('data/nowhere.csv')\n",
    "wants.py": "import nowhere_to_be_found\n",
    "works.py": "import time\ntime.sleep(60)\n",
}


@pytest.mark.parametrize(
    ("taken", "folder", "status", "counts"),
    [
        (("near", ["value"]), "tools", "ok", True),
        (("near", ["other"]), "other", "ok", True),
        (("near", ["third"]), "other", "error", True),
        (("models", ["net"]), ".", "ok", True),
        (("models", ["backbone"]), ".", "error", True),
        (("models.backbone", ["Net"]), ".", "not_found", True),
        (("models.net", ["Net"]), ".", "ok", True),
        (("wants", []), ".", "error", True),
        (("options", ["args"]), ".", "exited", False),
        (("reads", []), ".", "error", False),
        (("works", []), ".", "timed_out", False),
    ],
)
def test_what_a_program_imports_counts_where_something_is_not_found(
    tmp_path: Path, taken: tuple[str, list[str]], folder: str, status: str, counts: bool
) -> None:
    source = tmp_path / "src"
    for file, text in PROGRAM.items():
        (source / file).parent.mkdir(parents=True, exist_ok=True)
        (source / file).write_text(text)
    entry = {"name": taken[0], "names": taken[1], "path": [str(source / folder)], "own": True}
    first = {"name": "near", "path": [str(source / "tools")], "own": True}
    order = {"modules": [first, entry], "cwd": str(source), "path": [], "seconds": 2}
    (tmp_path / "spec.json").write_text(json.dumps(order))
    argv = [interpreter("this"), str(PROBE), str(tmp_path / "spec.json"), str(tmp_path / "out.json")]
    done = subprocess.run(argv, capture_output=True, timeout=60, check=False)
    report = json.loads((tmp_path / "out.json").read_text())
    assert (report["modules"][1]["status"], report["modules"][1]["required"]) == (status, counts)
    assert (done.returncode == 0) is (status == "ok" or not counts)


def test_folders_of_programs_are_looked_in_last(tmp_path: Path) -> None:
    source = tmp_path / "src"
    for name, text in {
        "wrapped.py": "import near, json\nassert json.loads\n",
        "app/near.py": "",
        "app/json.py": "",
    }.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    code, found = run(sys.executable, tmp_path, "wrapped", also=[str(source / "app")])
    assert (code, found["wrapped"]["status"]) == (0, "ok")
    code, found = run(sys.executable, tmp_path, "wrapped")
    assert (code, found["wrapped"]["missing"]) == (1, "near")
