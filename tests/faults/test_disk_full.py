"""A full disk of the results: one line, the right exit code, what is finished stays, the next run goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import playground
import pytest

pytestmark = pytest.mark.slow

SIZE = 4 * 1024 * 1024
NAMES = [f"ada/code-{number:02}" for number in range(6)]
PLAY_RUN = Path(__file__).parents[1] / "workers" / "play_run.py"


@pytest.fixture
def results(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of four mebibytes."""
    folder = tmp_path / "results"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def start(folder: Path) -> subprocess.Popen[str]:
    words = ("run", "list.txt", "--json", "--jobs", "1", "--results", folder / "results")
    env = {name: value for name, value in os.environ.items() if not name.startswith("CHECKER_")}
    env.update(CHECKER_HOME=str(folder / "home"), PYTHONPATH=f"{PLAY_RUN.parent}:{PLAY_RUN.parents[2]}")
    command = [str(word) for word in (sys.executable, PLAY_RUN, folder / "mirror", folder / "gate", *words)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=env, stdout=pipe, stderr=pipe, text=True)


def fill(disk: Path) -> Path:
    """Write until nothing goes any more."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return ballast
    raise AssertionError("the disk does not fill up")


def test_a_full_disk_in_the_middle_of_a_night(tmp_path: Path, results: Path) -> None:
    (tmp_path / "gate").mkdir()
    playground.write_repositories(tmp_path / "mirror", dict.fromkeys(NAMES, "after 2 on"))
    (tmp_path / "list.txt").write_text("\n".join(NAMES))
    process = start(tmp_path)
    while len(playground.starts(tmp_path / "gate")) < 3:
        assert process.poll() is None, process.communicate()
    ballast = fill(results)
    (tmp_path / "gate" / "on").touch()
    _, said = process.communicate(timeout=120)
    assert process.returncode == 3, said
    complaints = [line for line in said.splitlines() if line.startswith("checker: ")]
    assert len(complaints) == 1 and "checker.sqlite" in complaints[0] and "full" in complaints[0], said
    assert "Traceback" not in said

    begun = playground.starts(tmp_path / "gate")
    finished = {slug for slug, _ in begun[:2]}
    full = start(tmp_path)
    _, said = full.communicate(timeout=120)
    assert full.returncode == 3 and "Traceback" not in said, said

    ballast.unlink()
    last = start(tmp_path)
    out, said = last.communicate(timeout=120)
    assert last.returncode == 0, said
    report = json.loads(out)
    assert sorted(entry["repository"] for entry in report["repositories"]) == NAMES
    assert not [entry for entry in report["repositories"] if entry["inconclusive"]]
    after = [slug for slug, _ in playground.starts(tmp_path / "gate")[len(begun) :]]
    assert after and not set(after) & finished, "what was finished before the disk was full is done again"
