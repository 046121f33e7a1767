"""`checker run` without a broker, killed again and again: the same command goes on, nothing is lost or done twice.

The moments are drawn by a seed, which is printed; CHECKER_TEST_SEED tries another one.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import playground
import pytest
from counting import OF_THE_LAST_RUN, tell

from checker.services import Workspace

pytestmark = pytest.mark.slow

REPOSITORIES = 12
PAPERS = 14
KILLS = 5
JOBS = 2


class Night:
    """Papers, the repositories that they name, and the command that checks them."""

    def __init__(self, folder: Path, acts: Mapping[str, str]) -> None:
        self.folder, self.gate, self.home = folder, folder / "gate", folder / "home"
        self.gate.mkdir()
        playground.write_repositories(folder / "mirror", acts)
        slugs = list(acts)
        rows = (
            {
                "id": f"p{n}",
                "title": f"Paper {n}",
                "abstract": f"Code: https://github.com/{slugs[n % len(slugs)]}.",
            }
            for n in range(PAPERS)
        )
        (folder / "papers.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))

    def start(self, tries: int) -> subprocess.Popen[bytes]:
        """Give the command: the same each time."""
        here = Path(__file__).parent
        words = ("run", "papers.jsonl", "--json", "--jobs", JOBS, "--tries", tries)
        command = [sys.executable, here / "play_run.py", self.folder / "mirror", self.gate, *words]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CHECKER_")}
        env = {**kept, "CHECKER_HOME": str(self.home), "PYTHONPATH": f"{here}:{here.parents[1]}"}
        with (self.folder / "out.json").open("wb") as out, (self.folder / "said").open("ab") as said:
            return subprocess.Popen(
                [str(word) for word in command], cwd=self.folder, env=env, stdout=out, stderr=said
            )

    def end(self, tries: int) -> dict[str, dict[str, object]]:
        """Give the command for the last time, and return what is reported of each repository."""
        assert self.start(tries).wait(120) == 0, (self.folder / "said").read_text()
        report = json.loads((self.folder / "out.json").read_text())
        assert [paper["id"] for paper in report["papers"]] == [f"p{n}" for n in range(PAPERS)]
        names = [entry["repository"] for entry in report["repositories"]]
        assert len(names) == len(set(names))
        return {entry["repository"]: entry for entry in report["repositories"]}

    def starts(self) -> Counter[str]:
        return Counter(slug for slug, _ in playground.starts(self.gate))

    def done(self) -> set[str]:
        """Return the repositories whose checks are in the store; it may be in the middle of being made."""
        query = "select r.owner || '/' || r.name from checks c join repositories r on r.id = c.repository_id"
        return {name for (name,) in self.ask(query)}

    def ask(self, query: str) -> list[tuple[str, ...]]:
        store = self.folder / "results" / "checker.sqlite"
        if not store.exists():
            return []
        try:
            with closing(sqlite3.connect(store, timeout=30)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            assert "no such table" in str(error)
            return []


@pytest.mark.parametrize("seed", [int(os.environ.get("CHECKER_TEST_SEED", "7"))])
def test_killed_at_random_moments(tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    names = [f"ada/code-{number:02}" for number in range(REPOSITORIES)]
    night = Night(tmp_path, dict.fromkeys(names, "nap 0.4"))
    neighbour = Workspace()
    living = neighbour.open_for_process(night.home / "checkouts")
    (living / "check-of-another").mkdir(parents=True)
    finished: dict[str, int] = {}
    print(f"seed {seed}")
    for _ in range(KILLS):
        process = night.start(tries=KILLS * 2)
        wanted = night.starts().total() + draw.randint(0, 2 * JOBS)
        while process.poll() is None and night.starts().total() < wanted:
            time.sleep(0.01)
        time.sleep(draw.uniform(0, 1.0))
        process.kill()
        process.wait()
        began, done = night.starts(), night.done()
        finished.update({name: began[name] for name in done if name not in finished})
        print(f"killed with {len(done)} done")
    entries = night.end(tries=KILLS * 2)
    began = night.starts()
    store = tmp_path / "results" / "checker.sqlite"
    faults = ["checker_killed"] * KILLS
    tell("embedded", seed, faults=faults, begun=began.total(), store=store, repositories=REPOSITORIES)
    assert sorted(entries) == names
    assert {entry["availability"] for entry in entries.values()} == {"available"}
    assert [entry["cause"] for entry in entries.values() if entry["inconclusive"]] == []
    assert {name: began[name] for name in finished} == finished, "a finished check was done again"
    assert began.total() <= REPOSITORIES + KILLS * JOBS
    assert night.ask(OF_THE_LAST_RUN) == [(REPOSITORIES, REPOSITORIES)]
    assert night.ask("select count(*) from checks") == [(REPOSITORIES,)]
    left = {path.name for path in (night.home / "checkouts").iterdir()}
    assert left == {living.name, f"{living.name}.lease"}
    assert (living / "check-of-another").is_dir()
    assert list((tmp_path / "results").glob(".begun-*")) == []
    neighbour.release()


def test_a_repository_that_kills_the_whole_checker_is_given_up_and_its_neighbour_is_not(tmp_path: Path) -> None:
    night = Night(tmp_path, {"ada/code": "nap 3", "eve/killer": "kill"})
    for deaths in range(1, 3):
        assert night.start(tries=2).wait(120) == -9
        assert night.starts()["eve/killer"] == deaths
    entries = night.end(tries=2)
    assert entries["eve/killer"]["inconclusive"] and entries["eve/killer"]["cause"] == "checker"
    assert not entries["ada/code"]["inconclusive"]
    assert night.starts()["eve/killer"] == 2
