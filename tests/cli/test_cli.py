"""The command line as its users meet it: output, exit codes, what stays behind; real processes where it counts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from small_world import make_repository, tiny_services
from typer.testing import CliRunner

from checker import __version__
from checker.check import check_repository
from checker.cli import app as application
from checker.cli.commands.repo import judge
from checker.cli.json_schema import build_schema
from checker.cli.targets import read_target
from checker.core.errors import UsageError
from checker.core.rules import compute_rules_digest
from checker.core.settings import VARIABLES
from checker.core.values.base import SCHEMA_VERSION
from checker.core.values.papers import LinkedPaper, Paper
from checker.core.values.plans import Goal, Rung
from checker.core.values.repositories import Availability, Probe, RepositoryId, Target
from checker.core.values.results import Check, Verdict
from checker.sandbox.docker.leases import Lease
from checker.services import sweep_checkouts
from checker.store import Store

FIELDS = ["paper_id", "title", "url", "host", "kind", "owner", "name", "ref", "path", "promised"]

SLEEPER = {
    "main.py": "import time\n\nif __name__ == '__main__':\n    print('working')\n    time.sleep(600)\n",
    "README.md": "# Sleeper\n\n```\npython main.py\n```\n",
}


def checker(
    *arguments: str | Path, cwd: Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "checker", *map(str, arguments)],
        check=False,
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env=environment(cwd, env),
        timeout=300,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def environment(cwd: Path, more: dict[str, str] | None = None) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("CHECKER_")}
    return {**kept, "CHECKER_HOME": str(cwd / "home"), "COLUMNS": "160", **(more or {})}


Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what calls the program inside this process, in an empty folder: many times quicker."""

    def call_once(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        for name in [name for name in os.environ if name.startswith("CHECKER_")]:
            monkeypatch.delenv(name)
        for name, value in environment(tmp_path, env).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        capsys.readouterr()
        code = application.carry_out(list(arguments))
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, said.out, said.err)

    return call_once


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one line that was complained in."""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("checker: ")
    return lines[0].removeprefix("checker: ")


# ---------------------------------------------------------------- what goes wrong


UNABLE = [
    ({"CHECKER_HOME": "/proc/nowhere"}, 3, "set CHECKER_HOME"),
    ({"CHECKER_BROKER_URL": "redis://127.0.0.1:1/0"}, 3, "the broker does not answer"),
    ({"CHECKER_BROKER_URL": "amqp://somewhere"}, 2, "only Redis is supported"),
]


@pytest.mark.parametrize(("env", "code", "text"), UNABLE, ids=[next(iter(row[0].values())) for row in UNABLE])
def test_what_is_missing_is_said_before_anything_is_written(
    call: Call, tmp_path: Path, env: dict[str, str], code: int, text: str
) -> None:
    (tmp_path / "list.txt").write_text("a/gone\n")
    done = call("run", "list.txt", env=env)
    assert done.returncode == code
    assert text in complaint(done)
    assert not (tmp_path / "results").exists()


def test_a_mirror_is_not_handed_to_workers_elsewhere(call: Call, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("a/gone\n")
    env = {"CHECKER_BROKER_URL": "redis://127.0.0.1:1/0"}
    done = call("run", "list.txt", "--mirror", ".", env=env)
    assert done.returncode == 2
    assert "CHECKER_MIRROR" in complaint(done)


@pytest.mark.docker
@pytest.mark.parametrize("results", ["list.txt/below", "/proc/nowhere"])
def test_a_results_folder_that_cannot_be_written(call: Call, tmp_path: Path, results: str) -> None:
    (tmp_path / "list.txt").write_text("a/gone\n")
    done = call("run", "list.txt", "--mirror", ".", "--results", results)
    assert done.returncode == 2
    assert f"--results {results}" in complaint(done)


def test_a_mistake_of_ours_is_one_line_and_its_traceback_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "results").mkdir()
    with Store.open(tmp_path / "results" / "checker.sqlite") as store:
        store.begin_run(date(2026, 1, 2), inputs=(), checker_version="1")
    results = (tmp_path / "results" / "checker.sqlite").read_bytes()
    assert results
    monkeypatch.setenv("CHECKER_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "stdout", None)  # nowhere to print to: something that no command reckons with
    assert application.carry_out(["badge", "a/b"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("checker: a mistake of the checker itself: AttributeError")
    assert len(said.splitlines()) == 1
    (kept,) = (tmp_path / "home" / "mistakes").iterdir()
    assert str(kept) in said
    assert "Traceback" in kept.read_text()


# ---------------------------------------------------------------- the program itself


def test_the_version(tmp_path: Path) -> None:
    done = checker("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"checker {__version__}, rules {compute_rules_digest()}\n")


def test_nothing_asked_for_shows_the_commands(tmp_path: Path) -> None:
    done = checker(cwd=tmp_path)
    assert done.returncode == 2
    assert all(f"  {name}" in done.stderr for name in application.COMMANDS)


@pytest.mark.parametrize("name", application.COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    shown = CliRunner().invoke(application.make_app(), [name, "--help"])
    assert shown.exit_code == 0
    assert "Usage:" in shown.stdout


@pytest.mark.parametrize("name", application.COMMANDS)
def test_every_command_stands_in_the_documentation(name: str) -> None:
    assert f"checker {name}" in Path(__file__).parents[2].joinpath("docs", "deployment.md").read_text()


@pytest.mark.parametrize("name", VARIABLES)
def test_every_setting_stands_in_the_documentation(name: str) -> None:
    assert f"`{name}`" in Path(__file__).parents[2].joinpath("docs", "deployment.md").read_text()


def test_schema_prints_the_schema(tmp_path: Path) -> None:
    assert json.loads(checker("schema", cwd=tmp_path).stdout) == build_schema()


# ---------------------------------------------------------------- links


def test_links_as_json_lines_go_with_problems_on_the_side(call: Call, tmp_path: Path) -> None:
    good = [{"id": str(n), "title": f"T{n}", "abstract": f"Code: https://github.com/a/b{n}."} for n in range(8)]
    lines = [json.dumps(entry) for entry in good]
    lines[6] = '{"id": broken'
    (tmp_path / "papers.jsonl").write_text("\n".join(lines))
    done = call("links", "papers.jsonl", "--json")
    assert done.returncode == 0
    assert complaint(done).startswith("papers.jsonl, line 7: broken JSON")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [link["name"] for link in found] == ["b0", "b1", "b2", "b3", "b4", "b5", "b7"]
    assert all(list(link) == FIELDS for link in found)
    for link in found:
        jsonschema.validate(link, build_schema())


def test_links_reads_standard_input(tmp_path: Path) -> None:
    done = checker("links", "-", "--json", cwd=tmp_path, stdin=b"a/b@0123456\nc/d\n")
    assert [json.loads(line)["ref"] for line in done.stdout.splitlines()] == ["0123456", None]
    assert done.stderr == ""


def test_links_for_people(tmp_path: Path) -> None:
    done = checker("links", "-", cwd=tmp_path, stdin=b"a/b\na/b\n")
    assert "a/b" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert "line 2" in complaint(done)


def test_a_reader_that_goes_away_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("".join(f"a/b{n}\n" for n in range(20_000)))
    command = f"{sys.executable} -m checker links list.txt --json | head -n 1"
    done = subprocess.run(
        ["sh", "-c", command],
        check=False,
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["name"] == "b0"
    assert done.stderr == b""


# ---------------------------------------------------------------- targets and exit codes


@pytest.mark.parametrize(
    ("text", "host", "slug", "commit"),
    [
        ("owner/name", "github.com", "owner/name", None),
        ("owner/name@0123abc", "github.com", "owner/name", "0123abc"),
        ("https://github.com/owner/name.git", "github.com", "owner/name", None),
        ("github.com/owner/name/tree/main/x", "github.com", "owner/name", None),
        ("git@github.com:owner/name.git", "github.com", "owner/name", None),
        ("https://raw.githubusercontent.com/owner/name/main/x.py", "github.com", "owner/name", None),
        ("https://gitlab.com/group/sub/name", "gitlab.com", "group/sub/name", None),
    ],
)
def test_targets(text: str, host: str, slug: str, commit: str | None) -> None:
    target = read_target(text)
    assert (target.repository.host, target.repository.slug, target.commit) == (host, slug, commit)


def test_folders_are_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain").mkdir()
    for text in (".", "./plain", "plain", "plain/", str(tmp_path)):
        folder = read_target(text).folder
        assert folder is not None
        assert Path(folder).is_relative_to(tmp_path.resolve())


@pytest.mark.parametrize("text", ["", " ", "a", "a/b/c d", "-x/y", "https://example.org/a/b", "\x00", "topics/x"])
def test_what_is_no_target(text: str) -> None:
    with pytest.raises(UsageError):
        read_target(text)


def made(reached: Rung | None, *, inconclusive: bool = False, gone: bool = False) -> Check:
    repository = RepositoryId(owner="a", name="b")
    there = Availability.MISSING if gone else Availability.AVAILABLE
    return Check(
        target=Target(repository=repository),
        probe=Probe(repository=repository, availability=there, answered_by="test", head_commit="ab" * 20),
        availability=there,
        verdict=Verdict(reached=reached, inconclusive=inconclusive),
    )


@pytest.mark.parametrize(
    ("check", "require", "code"),
    [
        (made(Rung.RUNS), Rung.RUNS, 0),
        (made(Rung.STARTS), Rung.IMPORTABLE, 0),
        (made(Rung.BUILT), Rung.IMPORTABLE, 1),
        (made(None), Rung.CODE, 1),
        (made(None, gone=True), Rung.CODE, 1),
        (made(None, inconclusive=True), Rung.CODE, 3),
        (made(Rung.BUILT, inconclusive=True), Rung.RUNS, 3),
        (made(Rung.BUILT, inconclusive=True), Rung.BUILT, 0),
    ],
)
def test_exit_codes_of_repo(check: Check, require: Rung, code: int) -> None:
    assert judge(check, Goal(rung=require)) == code


# ---------------------------------------------------------------- stored results


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Make a results folder with one run in which a repository was checked."""
    mirror = tmp_path / "mirror"
    make_repository(mirror, "a/code")
    target = Target(repository=RepositoryId(owner="a", name="code"))
    check = check_repository(target, tiny_services(mirror, tmp_path / "work"))
    paper = Paper(id="p1", title="One", abstract="Code: https://github.com/a/code")
    with Store.open(tmp_path / "results" / "checker.sqlite") as store:
        run = store.begin_run(date(2026, 1, 2), inputs=("page.txt",), checker_version=__version__)
        store.save_papers(run, [LinkedPaper(paper=paper)])
        store.save_check(run, check)
        store.finish_run(run)
    return tmp_path / "results"


def test_report_writes_the_site_from_the_store(call: Call, results: Path) -> None:
    done = call("report")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"report: {Path('results/2026-01-02/index.html')}\n"
    report = json.loads((results / "2026-01-02" / "report.json").read_text())
    jsonschema.validate(report, build_schema())
    assert [r["repository"] for r in report["repositories"]] == ["a/code"]


@pytest.mark.parametrize("name", ["a/code", "A/Code", "https://github.com/a/code"])
def test_badges_come_from_the_latest_check(call: Call, results: Path, name: str) -> None:
    done = call("badge", name, "--format", "json")
    assert json.loads(done.stdout)["message"] == "starts"
    assert call("badge", name).stdout.startswith("<svg")


def test_what_was_never_checked_has_a_grey_badge(call: Call, tmp_path: Path) -> None:
    done = call("badge", "a/b", "--format", "json")
    assert done.returncode == 0
    assert "never checked" in complaint(done)
    assert json.loads(done.stdout)["message"] == "not checked"
    assert not (tmp_path / "results").exists()


def test_a_results_folder_that_is_not_there_is_a_mistake(call: Call, tmp_path: Path) -> None:
    for command in (("badge",), ("recipe", "-o", "x"), ("crate", "-o", "x")):
        done = call(*command, "a/b", "--results", "TYPO")
        assert (done.returncode, done.stdout) == (2, ""), command
        assert complaint(done) == "--results TYPO: no such folder"
    assert not (tmp_path / "TYPO").exists()


def test_every_summary_of_a_command_fits_a_terminal(call: Call) -> None:
    for line in call("--help", env={"COLUMNS": "80"}).stdout.partition("Commands:")[2].splitlines():
        assert "..." not in line and len(" ".join(line.split()[1:])) <= 60, line


def test_a_store_of_something_else_is_left_alone(call: Call, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "checker.sqlite").write_text("not a database, but a diary\n" * 100)
    done = call("badge", "a/b")
    assert done.returncode == 2
    assert "not a store" in complaint(done)


def test_checkouts_of_the_dead_are_removed_and_of_the_living_kept(tmp_path: Path) -> None:
    alive = Lease(tmp_path)
    for name in (alive.name, "dead"):
        (tmp_path / name / "check-1").mkdir(parents=True)
    sweep_checkouts(tmp_path)
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {alive.name}
    alive.release()


# ---------------------------------------------------------------- with the real engine


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Path]:
    """Make a folder with a mirror and a list; nothing of it may stay in the engine."""
    mirror = tmp_path / "mirror"
    make_repository(mirror, "a/words", {"README.md": "Words.\n"})
    make_repository(mirror, "a/empty", {})
    make_repository(mirror, "a/sleeper", SLEEPER)
    (tmp_path / "list.txt").write_text("a/words\na/empty\na/gone\n")
    (tmp_path / "long.txt").write_text("a/words\na/empty\na/gone\na/sleeper\n")
    yield tmp_path
    assert objects(tmp_path) == []


def objects(folder: Path) -> list[str]:
    """Return the containers and volumes of a folder's checker."""
    label = f"label=reproducibility-checker.home={folder / 'home'}"
    found = [
        subprocess.run(["docker", *command, "-q", "--filter", label], capture_output=True, text=True, check=True)
        for command in (("ps", "-a"), ("volume", "ls"))
    ]
    return [name for done in found for name in done.stdout.split()]


@pytest.mark.docker
def test_run_prints_the_summary_and_leaves_a_report(night: Path) -> None:
    done = checker("run", "list.txt", "--mirror", "mirror", cwd=night)
    assert done.returncode == 0
    assert "a/words" in done.stdout
    last = done.stdout.splitlines()[-1]
    assert last.startswith("report: ")
    assert (night / last.removeprefix("report: ")).is_file()
    assert "[3/3]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.docker
def test_run_as_json_is_the_report_and_nothing_else(night: Path) -> None:
    done = checker("run", "list.txt", "--mirror", "mirror", "--json", "--results", "out", cwd=night)
    (written,) = (path for path in night.glob("out/*/report.json") if not path.parent.is_symlink())
    assert done.stdout == written.read_text()
    report = json.loads(done.stdout)
    jsonschema.validate(report, build_schema())
    assert {r["repository"]: r["availability"] for r in report["repositories"]} == {
        "a/words": "no_code",
        "a/empty": "empty",
        "a/gone": "missing",
    }


@pytest.mark.docker
def test_trust_counts_wrong_verdicts_and_the_report_quotes_it(night: Path) -> None:
    page = "# Count\n\n```\npython count.py\n```\n"
    make_repository(night / "mirror", "a/counts", {"README.md": page, "count.py": "print(sum(range(9)))\n"})
    make_repository(night / "mirror", "a/crashes", {"README.md": page, "count.py": "print(1 / 0)\n"})
    (night / "known.csv").write_text(
        "repo,badges,right\na/counts,functional,yes\na/crashes,reproduced,\na/gone,functional,\na/words,available,\n"
    )
    done = checker("trust", "known.csv", "--mirror", "mirror", "--json", cwd=night)
    assert done.returncode == 0
    said = json.loads(done.stdout)
    jsonschema.validate(said, build_schema())
    assert {row["repository"].rpartition("/")[2]: row["agreement"] for row in said["rows"]} == {
        "counts": "agrees",
        "crashes": "working_called_broken",
        "gone": "not_judged",
    }
    assert said["working_called_broken"] == {"count": 1, "of": 2}
    page = (night / "results" / "latest" / "index.html").read_text()
    assert "working code called broken, 1 of 2: 50.0 % (9.5–90.5)" in page
    assert "Traceback" not in done.stderr


@pytest.mark.docker
def test_repo_as_json_for_scripts(night: Path) -> None:
    done = checker("repo", "a/gone", "--mirror", "mirror", "--json", "--badge", "badge.json", cwd=night)
    assert done.returncode == 1
    said = json.loads(done.stdout)
    jsonschema.validate(said, build_schema())
    assert said["version"] == SCHEMA_VERSION
    assert said["availability"] == "missing"
    assert json.loads((night / "badge.json").read_text())["message"] == "not found"
    assert "Traceback" not in done.stderr
    badge = checker("badge", "a/gone", "--format", "json", cwd=night)
    assert json.loads(badge.stdout)["message"] == "not found"


@pytest.mark.docker
def test_repo_takes_a_local_folder(night: Path) -> None:
    (night / "words").mkdir()
    (night / "words" / "README.md").write_text("Words.\n")
    done = checker("repo", "./words", "--require", "code", "--json", cwd=night)
    assert done.returncode == 1
    assert json.loads(done.stdout)["availability"] == "no_code"


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_keeps_what_is_done_and_goes_on(night: Path, number: int, code: int) -> None:
    process = start(night, "run", "long.txt", "--mirror", "mirror")
    wait_for_container(night, process)
    time.sleep(1)
    begun = time.monotonic()
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert time.monotonic() - begun < 15
    assert process.returncode == code
    assert said.decode().splitlines()[-1].startswith("checker: stopped: 3 of 4 repositories are done and kept")
    assert "Traceback" not in said.decode()
    assert objects(night) == []
    assert list((night / "home" / "checkouts").glob("*/check-*")) == []

    env = {"CHECKER_TIME_SCALE": "0.02"}
    done = checker("run", "long.txt", "--mirror", "mirror", "--json", cwd=night, env=env)
    assert "going on: 3 of 4 repositories are done already" in done.stderr
    assert len(json.loads(done.stdout)["repositories"]) == 4
    with Store.open(night / "results" / "checker.sqlite") as store:
        assert len(store.runs()) == 1


@pytest.mark.docker
@pytest.mark.slow
def test_what_a_killed_run_left_behind_is_removed_by_the_next(night: Path) -> None:
    process = start(night, "run", "long.txt", "--mirror", "mirror")
    wait_for_container(night, process)
    process.kill()
    process.communicate()
    assert objects(night)
    done = checker("run", "list.txt", "--mirror", "mirror", cwd=night)
    assert done.returncode == 0
    assert objects(night) == []
    assert list((night / "home" / "checkouts").glob("*/check-*")) == []
    assert list((night / "home" / "scratch").iterdir()) == []


@pytest.mark.docker
@pytest.mark.slow
def test_a_stopped_repo_leaves_nothing(night: Path) -> None:
    process = start(night, "repo", "a/sleeper", "--mirror", "mirror")
    wait_for_container(night, process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.decode().splitlines()[-1] == "checker: stopped"
    assert objects(night) == []


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "checker", *arguments],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def wait_for_container(folder: Path, process: subprocess.Popen[bytes]) -> None:
    label = f"label=reproducibility-checker.home={folder / 'home'}"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, "ended before a container was seen"
        if subprocess.run(["docker", "ps", "-q", "--filter", label], capture_output=True, check=True).stdout:
            return
        time.sleep(0.1)
    raise AssertionError("no container was seen")
