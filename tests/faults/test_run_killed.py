"""`checker run` over the real engine, killed at random: nothing of the dead is left, nothing of the living gone.

The moments are drawn by a seed, which is printed; CHECKER_TEST_SEED tries another one.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sandbox_steps import SMALL, leftovers, run
from small_world import make_repository

from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Way
from checker.sandbox.docker.client import connect
from checker.sandbox.docker.engine import DockerEngine

pytestmark = [pytest.mark.docker, pytest.mark.slow]

KILLS = 3
NAP = "import time\n\nif __name__ == '__main__':\n    time.sleep(1)\n    print('done')\n"
README = "# Nap\n\n```\npython main.py\n```\n"


def start(folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    words = (
        "run",
        "list.txt",
        "--json",
        "--jobs",
        "2",
        "--tries",
        "9",
        "--mirror",
        "mirror",
        "--results",
        "results",
    )
    with (folder / "out.json").open("wb") as out, (folder / "said").open("ab") as said:
        command = [sys.executable, "-m", "checker", *words]
        return subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=said)


@pytest.mark.parametrize("seed", [int(os.environ.get("CHECKER_TEST_SEED", "3"))])
def test_killed_over_the_real_engine(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    names = ["ada/one", "ada/two"]
    for name in names:
        make_repository(tmp_path / "mirror", name, {"main.py": NAP, "README.md": README})
    (tmp_path / "list.txt").write_text("\n".join(names))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHECKER_")}
    env = {**kept, "CHECKER_HOME": str(tmp_path / "home"), "CHECKER_FREE_BYTES": "1M"}
    env["PYTHONPATH"] = str(Path(__file__).parents[2])
    settings = Settings.from_environment(env)
    source = tmp_path / "source"
    source.mkdir()
    living = DockerEngine(settings)
    print(f"seed {seed}")
    with (
        connect(settings) as client,
        living.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL) as box,
    ):
        assert run(box, "echo mine > /env/a").passed
        mine = set(leftovers(client, settings.home))
        for _ in range(KILLS):
            process = start(tmp_path, env)
            while process.poll() is None and set(leftovers(client, settings.home)) <= mine:
                time.sleep(0.05)
            time.sleep(draw.uniform(0, 3))
            process.kill()
            process.wait()
        assert start(tmp_path, env).wait(200) == 0, (tmp_path / "said").read_text()
        assert set(leftovers(client, settings.home)) == mine
        assert run(box, "cat /env/a").log == "mine\n"
    living.close()
    entries = json.loads((tmp_path / "out.json").read_text())["repositories"]
    assert sorted(entry["repository"] for entry in entries) == names
    assert {(entry["reached"], entry["inconclusive"]) for entry in entries} == {("runs", False)}
    with connect(settings) as client:
        assert leftovers(client, settings.home) == []
    left = [path for folder in ("leases", "scratch", "checkouts") for path in (settings.home / folder).iterdir()]
    assert left == []
