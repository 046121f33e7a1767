"""The night as a routine: two nights over a real mirror and store, and everything that may stand in its way."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from small_world import make_repository, tiny_services

from checker.cli.app import carry_out
from checker.cli.commands import run as run_module
from checker.core.values.plans import BuildPlan, Step
from checker.core.values.results import StepStatus
from checker.sandbox.scripted import ScriptedEngine
from checker.store import Store
from checker.store.locking import ProcessLock

ROOT = Path(__file__).parents[2]
PAPER = '{"id": "p%d", "title": "On %d", "abstract": "%s"}\n'
NOTHING = "We prove a theorem about nothing at all."
SETTINGS = (
    '[night]\nsources = ["papers.jsonl"]\nresults = "results"\nfresh_days = 0\n[report]\nrequire = "built"\n'
)

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    for name in [name for name in os.environ if name.startswith("CHECKER_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHECKER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CHECKER_DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    Path("checker.toml").write_text(SETTINGS)
    Path("papers.jsonl").write_text(PAPER % (1, 1, NOTHING))

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = carry_out(["nightly", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def yesterday() -> None:
    """Let what was stored, and published, have happened a day ago."""
    with closing(sqlite3.connect("results/checker.sqlite")) as connection:
        connection.execute("update runs set date = date(date, '-1 day')")
        connection.commit()


def site() -> dict[str, bytes]:
    return {
        str(p.relative_to("results")): p.read_bytes()
        for p in sorted(Path("results").glob("2*/**/*"))
        if p.is_file()
    }


def one_line(said: str, *words: str) -> None:
    assert said.count("\n") == 1 and said.startswith("checker: "), said
    for word in words:
        assert word in said, said


# ---------------------------------------------------------------- two nights


def test_the_second_night_tells_what_changed_since_the_first(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, broken = tmp_path / "mirror", set[str]()

    def script(plan: BuildPlan, step: Step) -> StepStatus:
        return StepStatus.FAILED if step.name in broken else StepStatus.PASSED

    @contextmanager
    def scripted(*_: object) -> Iterator[object]:
        yield tiny_services(mirror, tmp_path / "work", ScriptedEngine(script))

    monkeypatch.setattr(run_module, "prepare_services", scripted)
    for name in ("a/steady", "a/gone"):
        make_repository(mirror, name)
    first = make_repository(mirror, "a/code")
    urls = [f"Code: https://github.com/a/{name}." for name in ("code", "gone", "steady")]
    promise = "The code will be released at https://github.com/a/later."
    lines = "".join(PAPER % (n, n, text) for n, text in enumerate([*urls, promise, NOTHING]))
    Path("papers.jsonl").write_text(lines)
    code, out, _ = command()
    assert code == 0 and "report: " in out
    yesterday()

    shutil.rmtree(mirror / "a/code.git")
    shutil.rmtree(mirror / "a/gone.git")
    second = make_repository(mirror, "a/code", {"main.py": "print('another')\n"})
    make_repository(mirror, "a/later")
    broken.add("install")
    code, out, _ = command("--json")
    assert code == 0
    report = json.loads(out)
    told = {(c["kind"], c["repository"]): c for c in report["changes"]["changes"]}
    assert set(told) == {
        ("newly_broken", "a/code"), ("newly_broken", "a/steady"), ("vanished", "a/gone"),
        ("promise_kept", "a/later"),
    }  # fmt: skip
    change = told["newly_broken", "a/code"]
    assert (change["commit_before"], change["commit_after"], change["paper_id"]) == (first, second, "p0")
    assert "Nothing that is recorded differs" in told["newly_broken", "a/steady"]["reason"]
    folder = (Path("results") / "latest").resolve()
    assert json.loads((folder / "report.json").read_text()) == report
    assert "Newly broken: 2" in (folder / "report.md").read_text()
    assert len(list(csv.DictReader((folder / "repositories.csv").open(newline="")))) == 4
    with Store.open("results/checker.sqlite") as store, closing(sqlite3.connect(store.path)) as connection:
        rows = connection.execute("select kind from changes_by_night where run_id = 2").fetchall()
    assert sorted(kind for (kind,) in rows) == sorted(kind for kind, _ in told)


def test_papers_of_earlier_nights_are_looked_at_again_for_as_long_as_is_set(command: Command) -> None:
    assert command()[0] == 0
    yesterday()
    Path("papers.jsonl").write_text(PAPER % (2, 2, NOTHING))
    for keep, papers in (("keep_days = 1", ["p2", "p1"]), ("keep_days = 0", ["p2"])):
        Path("checker.toml").write_text(SETTINGS.replace("fresh_days = 0", keep))
        code, out, _ = command("--json")
        assert code == 0 and [p["id"] for p in json.loads(out)["papers"]] == papers


# ---------------------------------------------------------------- what stands in the way


@pytest.mark.parametrize(
    ("taken", "words"), [(".night.lock", "another night is on"), ("checker.sqlite.lock", "another run")]
)
def test_the_second_of_two_says_who_is_there_and_leaves(command: Command, taken: str, words: str) -> None:
    assert command()[0] == 0
    before = site()
    lock = ProcessLock(Path("results") / taken, words)
    lock.claim()
    code, out, err = command()
    assert (code, out) == (4, "")
    one_line(err, words, f"process {os.getpid()} of ", "since 20", "UTC")
    assert site() == before
    lock.release()
    assert command()[0] == 0


def test_two_processes_at_once_are_one_night(command: Command, tmp_path: Path) -> None:
    os.mkfifo("papers.fifo")  # the first night waits for its papers
    Path("checker.toml").write_text(SETTINGS.replace("papers.jsonl", "papers.fifo"))
    words = [sys.executable, "-m", "checker", "nightly"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    first = subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with Path("papers.fifo").open("w") as papers:  # opened as soon as the first night reads
        second = subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=60)
        papers.write(PAPER % (1, 1, NOTHING))
    out, err = first.communicate(timeout=60)
    assert (second.returncode, second.stdout) == (4, "")
    one_line(second.stderr, f"process {first.pid} of ")
    assert first.returncode == 0 and "report: " in out, err


@pytest.mark.parametrize("text", ["", " \n", "no papers in here\n", None])
def test_a_night_without_papers_says_so_and_keeps_the_old_site(command: Command, text: str | None) -> None:
    assert command()[0] == 0
    before = site()
    Path("papers.jsonl").write_text(text) if text is not None else Path("papers.jsonl").unlink()
    code, out, err = command()
    assert code in (2, 3) and out == ""
    one_line(err, "papers.jsonl", "the last report stays")
    assert site() == before
    with Store.open("results/checker.sqlite") as store:
        assert len(store.runs()) == 1


def test_a_mistake_in_the_settings_touches_nothing(command: Command) -> None:
    Path("checker.toml").write_text(SETTINGS + "promise_dyas = 3\n")
    code, out, err = command()
    assert (code, out) == (2, "")
    one_line(err, "checker.toml, line 7: report.promise_dyas: no such key; did you mean promise_days?")
    assert not Path("results").exists()


def test_a_store_of_a_newer_checker_is_refused_untouched(command: Command) -> None:
    assert command()[0] == 0
    with closing(sqlite3.connect("results/checker.sqlite")) as connection:
        connection.executescript("pragma journal_mode = delete; pragma user_version = 99;")
    before, stored = site(), Path("results/checker.sqlite").read_bytes()
    code, _, err = command()
    assert code == 2
    one_line(err, "written by a newer checker")
    assert site() == before and Path("results/checker.sqlite").read_bytes() == stored


FULL = """
import json, os, sys
from pathlib import Path
from checker.cli.app import carry_out

def site():
    files = [path for path in Path("results").glob("2*/**/*") if path.is_file()]
    return {**{str(path): path.read_text() for path in files}, "latest": os.readlink("results/latest")}

codes, sites = [], []
sys.stdout = open(os.devnull, "w")
for settings in ("checker.toml", "many.toml", "checker.toml"):
    codes.append(carry_out(["nightly", "--settings", settings]))
    sites.append(site())
drafts = [name for name in os.listdir("results") if name.startswith(".2")]
Path("told.json").write_text(json.dumps([codes, sites, drafts]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_a_disk_that_fills_up_leaves_the_last_report_whole(command: Command) -> None:
    Path("results").mkdir()
    Path("many.jsonl").write_text("".join(PAPER % (n, n, NOTHING) for n in range(300)))
    Path("many.toml").write_text(SETTINGS.replace("papers.jsonl", "many.jsonl"))
    script = 'mount -t tmpfs -o size=1m none results && exec "$@"'
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", FULL],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    one_line(done.stderr, "results", "No space left on device")
    codes, (before, after, _), drafts = json.loads(Path("told.json").read_text())
    assert codes == [0, 3, 0], "the night after goes well"
    assert before and before == after and drafts == []


# ---------------------------------------------------------------- what ships for it


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_the_units_are_in_order(tmp_path: Path) -> None:
    for name in ("checker-nightly.service", "checker-nightly.timer"):
        text = (ROOT / "deploy" / name).read_text().replace("/opt/checker/bin/checker", "/bin/true")
        (tmp_path / name).write_text(text.replace("Requires=docker.service\n", ""))
    units = [str(tmp_path / name) for name in ("checker-nightly.service", "checker-nightly.timer")]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    about_ours = [line for line in (done.stdout + done.stderr).splitlines() if "checker-nightly" in line]
    assert (done.returncode, about_ours) == (0, [])


@pytest.mark.parametrize("name", ["crontab", "checker-nightly.service"])
def test_what_ships_calls_the_command_as_it_is(name: str) -> None:
    text = (ROOT / "deploy" / name).read_text()
    assert "/opt/checker/bin/checker nightly" in text and "/etc/checker/checker.toml" in text
