"""Whatever is wrong with what the user gives: one line that says what and where, and the right exit code."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.cli.app import carry_out

ROOT = Path(__file__).parents[2]
PAPER = '{"id": "p%d", "title": "A Title", "abstract": "Code: https://github.com/ada/code-%d"}\n'
NO_LINKS = '{"id": "p1", "title": "On Nothing", "abstract": "We prove a theorem about nothing at all."}\n'


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    def in_one_line(self, *words: str) -> None:
        """Hold that one line on the error output says it all, and none of the words is lacking."""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("checker: ")
        assert "Traceback" not in self.err
        assert "mistake of the checker" not in self.err
        for word in words:
            assert word in self.err
        assert self.out == ""


Command = Callable[..., Said]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Call the command line in an empty folder, with a home of its own and no engine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHECKER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CHECKER_DOCKER_HOST", f"unix://{tmp_path}/no-engine.sock")
    monkeypatch.delenv("CHECKER_BROKER_URL", raising=False)
    monkeypatch.delenv("CHECKER_MIRROR", raising=False)

    def call(*arguments: str, **settings: str) -> Said:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        code = carry_out(list(arguments))
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return call


# ---------------------------------------------------------------- inputs


def write(name: str, data: bytes | str) -> str:
    Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
    return name


@pytest.mark.parametrize("verb", ["links", "run"])
@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.txt", b"", "is empty"),
        ("blank.md", b" \n\t\n", "is empty"),
        ("binary.txt", bytes(range(256)) * 40, "binary"),
        ("paper.txt", b"%PDF-1.7\n", "a PDF"),
        ("saved.txt", b"<!DOCTYPE html><html><body>papers</body></html>", "HTML"),
        ("page.txt", b"nothing here\n", "holds no papers"),
        ("broken.jsonl", b'{"id": \n', "line 1"),
    ],
)
def test_a_file_that_cannot_be_used(command: Command, verb: str, name: str, data: bytes, words: str) -> None:
    said = command(verb, write(name, data))
    said.in_one_line(name, words)
    assert said.code == 2
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["links"], "INPUT"),
        (["links", "absent.txt"], "absent.txt: no such file"),
        (["links", "ada/code"], "checker repo"),
        (["links", "."], "folder"),
        (["links", "medium:2026"], "unknown source"),
        (["links", "--colour", "x.txt"], "--colour"),
        (["prove"], "prove"),
        (["run", "x.txt", "--jobs", "0"], "--jobs"),
        (["run", "x.txt", "--jobs", "many"], "--jobs"),
        (["repo"], "TARGET"),
        (["repo", "no-such-thing"], "no-such-thing"),
        (["repo", "./absent"], "./absent"),
        (["repo", "https://example.org/"], "example.org"),
        (["repo", "https://github.com/topics/graphs"], "topics"),
        (["repo", "-x/y"], "-x"),
        (["repo", "ada/code", "--require", "perfection"], "perfection"),
        (["repo", "ada/code", "--badge", "badge.png"], "badge.png"),
        (["repo", "ada/code", "--badge", "absent/badge.svg"], "absent/badge.svg"),
        (["repo", "ada/code", "--mirror", "absent"], "absent"),
        (["badge", "ada"], "ada"),
        (["badge", "ada/code", "--format", "gif"], "gif"),
        (["recipe", "ada/code"], "output"),
        (["recipe", "ada/code", "-o", "made"], "never checked"),
        (["report"], "results"),
        (["report", "--results", "absent"], "absent"),
        (["worker"], "CHECKER_BROKER_URL"),
    ],
    ids=" ".join,
)
def test_a_call_that_cannot_be_meant(command: Command, arguments: list[str], words: str) -> None:
    said = command(*arguments)
    said.in_one_line(words)
    assert said.code == 2
    assert not [path for path in Path().iterdir() if path.name != "home"]


def test_without_a_command_the_help_goes_to_the_error_output(command: Command) -> None:
    said = command()
    assert (said.code, said.out) == (2, "")
    assert "checker" in said.err
    assert "links" in said.err


def test_broken_json_is_named_by_its_line_and_the_others_count(command: Command) -> None:
    lines = [PAPER % (n, n) for n in range(1, 10)]
    lines[6] = '{"id": "p7", "title": \n'
    said = command("links", write("papers.jsonl", "".join(lines)), "--json")
    assert said.code == 0
    assert said.err.count("\n") == 1
    assert "papers.jsonl, line 7" in said.err
    assert [json.loads(line)["name"] for line in said.out.splitlines()] == [
        f"code-{n}" for n in range(1, 10) if n != 7
    ]


@pytest.mark.slow
def test_ten_megabytes_on_one_line(command: Command) -> None:
    half = "aa((" * 1_250_000
    said = command("links", write("long.txt", f"{half} see https://github.com/ada/code for it {half}"), "--json")
    assert (said.code, said.err) == (0, "")
    assert [json.loads(line)["name"] for line in said.out.splitlines()] == ["code"]


def test_a_list_with_duplicates_names_each_once(command: Command) -> None:
    said = command("links", write("list.txt", "ada/code\nAda/Code\nada/other\nada/code\n"), "--json")
    assert said.code == 0
    assert [json.loads(line)["name"] for line in said.out.splitlines()] == ["code", "other"]


# ---------------------------------------------------------------- what we have not


LIST = "ada/code\n"


def test_no_engine(command: Command) -> None:
    said = command("run", write("list.txt", LIST))
    said.in_one_line("no-engine.sock", "No such file", "install Docker")
    assert said.code == 3
    assert not Path("results").exists()
    said = command("repo", "ada/code")
    said.in_one_line("no-engine.sock")
    assert said.code == 3


def test_papers_without_repositories_need_no_engine(command: Command) -> None:
    said = command("run", write("papers.jsonl", NO_LINKS), "--json")
    assert (said.code, said.err) == (0, "")
    report = json.loads(said.out)
    assert report["repositories"] == []
    assert [paper["code_status"] for paper in report["papers"]] == ["none"]
    assert list(Path("results").glob("*/index.html"))


def test_a_file_lies_where_the_results_should_go(command: Command) -> None:
    write("taken", "a file of the user's")
    papers = write("papers.jsonl", NO_LINKS)
    for results in ("taken", "taken/below"):
        said = command("run", papers, "--results", results)
        said.in_one_line(results)
        assert said.code == 2
    assert Path("taken").read_text() == "a file of the user's"


def test_a_store_that_is_none_is_left_as_it_was(command: Command) -> None:
    papers = write("papers.jsonl", NO_LINKS)
    Path("results").mkdir()
    write("results/checker.sqlite", "not a database at all, but somebody's notes" * 40)
    before = Path("results/checker.sqlite").read_bytes()
    for arguments in (["run", papers], ["report"], ["badge", "ada/code"]):
        said = command(*arguments)
        said.in_one_line("checker.sqlite")
        assert said.code == 2
    assert Path("results/checker.sqlite").read_bytes() == before


def test_a_store_of_another_program(command: Command) -> None:
    Path("results").mkdir()
    with sqlite3.connect("results/checker.sqlite") as connection:
        connection.execute("create table recipes (name text)")
    connection.close()
    said = command("run", write("papers.jsonl", NO_LINKS))
    said.in_one_line("another program")
    assert said.code == 2


def test_too_little_disk_is_left(command: Command) -> None:
    said = command("run", write("list.txt", LIST), CHECKER_FREE_BYTES="100000T")
    said.in_one_line("free")
    assert said.code == 3
    assert not Path("results").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.parametrize(("size", "code"), [("8k", 3), ("200k", 3)])
def test_the_disk_of_the_results_is_full(tmp_path: Path, size: str, code: int) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text("".join(NO_LINKS.replace("p1", f"p{n}") for n in range(2000)))
    results = tmp_path / "results"
    results.mkdir()
    script = 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"'
    run = [sys.executable, "-m", "checker", "run", str(papers), "--results", str(results)]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", size, str(results), *run],
        env={**os.environ, "CHECKER_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    Said(done.returncode, done.stdout, done.stderr).in_one_line(str(results))
    assert done.returncode == code


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("CHECKER_MEMORY_BYTES", "plenty", 2),
        ("CHECKER_SCRATCH", "tape", 2),
        ("CHECKER_HOME", "/proc/nowhere", 3),
        ("CHECKER_MIRROR", "/absent", 2),
        ("CHECKER_BROKER_URL", "amqp://localhost", 2),
        ("CHECKER_BROKER_URL", "redis://127.0.0.1:1/0", 3),
    ],
)
def test_a_setting_that_cannot_be_used(command: Command, name: str, value: str, code: int) -> None:
    said = command("run", write("list.txt", LIST), **{name: value})
    said.in_one_line()
    assert said.code == code
    assert not list(Path().glob("results/*/index.html"))


def test_a_worker_without_its_broker(command: Command) -> None:
    said = command("worker", CHECKER_BROKER_URL="redis://127.0.0.1:1/0")
    said.in_one_line("broker")
    assert said.code == 3
    said = command("worker", "--queues", "probe,bake", CHECKER_BROKER_URL="redis://127.0.0.1:1/0")
    said.in_one_line("bake")
    assert said.code == 2


# ---------------------------------------------------------------- what was never checked


def test_the_badge_of_what_was_never_checked_is_grey(command: Command) -> None:
    said = command("badge", "ada/code")
    assert said.code == 0
    assert said.err.count("\n") == 1
    assert "never checked" in said.err
    assert said.out.startswith("<svg")
    shield = command("badge", "https://github.com/ada/code", "--format", "json")
    assert shield.code == 0
    document = json.loads(shield.out)
    assert document["schemaVersion"] == 1
    red, green, blue = (int(document["color"][n : n + 2], 16) for n in (0, 2, 4))
    assert max(red, green, blue) - min(red, green, blue) < 0x20
    assert document["message"] == "not checked"
    assert not Path("results").exists()


def test_output_into_a_closed_pipe_is_no_error() -> None:
    script = f"{sys.executable} -m checker schema | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# ---------------------------------------------------------------- addresses


ADDRESSES = {
    "https://github.com/ada/code": "to check a repository: checker repo URL",
    "https://example.org/papers.html": "save the page as text",
    "nosuch:cs.LG": "unknown source 'nosuch'",
}


@pytest.mark.parametrize(("given", "said"), ADDRESSES.items())
def test_an_address_is_no_input(command: Command, given: str, said: str) -> None:
    done = command("links", given)
    assert done.code == 2
    done.in_one_line(given, said)


TARGETS = {
    "https://github.com/ada": "the page of an owner",
    "https://gist.github.com/ada/0a1b2c3d": "a gist or snippet",
    "https://doi.org/10.5281/zenodo.12": "a record with a DOI",
    f"swh:1:dir:{'0' * 40}": "without its origin",
    "a.txt": "is a file; name its folder",
    "nothing": "neither owner/name, nor the URL of a repository, nor a folder",
}


@pytest.mark.parametrize(("given", "said"), TARGETS.items())
def test_what_is_no_repository_is_named(command: Command, given: str, said: str) -> None:
    write("a.txt", "x")
    done = command("repo", given)
    assert done.code == 2
    done.in_one_line(given, said)


EXPECTED = {
    "CHECKER_WAY": "as_published, period, repaired",
    "CHECKER_MEMORY_BYTES": "a size such as",
    "CHECKER_CPUS": "a number above 0",
    "CHECKER_PIDS": "a whole number above 0",
    "CHECKER_NAMED_HOSTS": "on or off",
    "CHECKER_CODE_HOSTS": "names of hosts",
}


@pytest.mark.parametrize(("name", "said"), EXPECTED.items())
def test_a_setting_that_cannot_be_used_says_what_can(command: Command, name: str, said: str) -> None:
    done = command("repo", "ada/code", **{name: "per haps!"})
    assert done.code == 2
    done.in_one_line(name, "per haps!", said)
