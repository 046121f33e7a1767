"""Passwords in addresses of the operator and of a repository, through real failures: nothing kept holds one."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_index import LocalIndex, serve_index
from small_world import make_repository

from checker.core.own_program import make_own_command

#: Part of every secret below; nothing else holds it.
SECRET = "hunter2"

FILES = {
    "requirements.txt": (
        f"--extra-index-url http://theirs:{SECRET}-a@127.0.0.1:9/simple\n"
        f"beta @ git+https://x-token:{SECRET}-b@127.0.0.1:9/a/b.git\n"
        f"https://files.example.invalid/gamma-1.0-py3-none-any.whl?token={SECRET}-c\nalpha\n"
    ),
    "Dockerfile": f"FROM python:3.11\nRUN pip install https://me:{SECRET}-d@files.example.invalid/delta-1.0.tar.gz\n",
    "main.py": (
        f"import sys\nprint('asking https://me:{SECRET}-e@host.invalid/x?api_key={SECRET}-f')\n"
        f"raise SystemExit('cannot reach https://me:{SECRET}-g@host.invalid')\n"
    ),
    "README.md": f"# Code\n\n```\npip install -i https://me:{SECRET}-h@127.0.0.1:9/ alpha\npython main.py\n```\n",
}
PAGE = (
    "Engines that think\nAda Lovelace\nAbstract\nOur code is at https://github.com/ada/engine and "
    f"https://me:{SECRET}-i@github.com/ada/other and https://oauth2:{SECRET}-j@gitlab.com/ada/third.\n"
)


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        index.add("alpha", "1.0")
        index.add("pip", "20.0")
        yield index


def call(folder: Path, *arguments: str, **variables: str) -> str:
    """Run the checker; return all that it printed."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "CHECKER_HOME": str(folder / "home"),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        **variables,
    }
    done = subprocess.run(
        make_own_command("checker", *arguments),
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        timeout=580,
    )
    return (done.stdout + done.stderr).decode()


def find_leaks(folder: Path) -> list[str]:
    """Return the places below a folder that hold a secret: lines of files, and cells of databases."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or {"mirror", "work"} & set(path.relative_to(folder).parts):
            continue
        if path.suffix == ".sqlite":
            with sqlite3.connect(path) as store:
                dump = "\n".join(store.iterdump())
            found.extend(f"{path.name}: {line[:200]}" for line in dump.splitlines() if SECRET in line)
        elif SECRET.encode() in path.read_bytes():
            found.extend(
                f"{path}: {line[:200]!r}" for line in path.read_bytes().splitlines() if SECRET.encode() in line
            )
    return found


@pytest.mark.docker
@pytest.mark.slow
@pytest.mark.parametrize("faulty", [True, False])
def test_a_night_over_an_index_with_a_password(index: LocalIndex, tmp_path: Path, faulty: bool) -> None:
    make_repository(tmp_path / "mirror", "ada/engine", FILES)
    (tmp_path / "page.jsonl").write_text(
        json.dumps({"id": "p1", "title": "Engines", "abstract": " ".join(PAGE.split())})
    )
    if faulty:
        index.faults["simple/alpha"] = ["always 503"]
    said = call(
        tmp_path, "run", "page.jsonl", "--mirror", "mirror", "--results", "results", "--tries", "1",
        UV_DEFAULT_INDEX=index.url.replace("://", f"://me:{SECRET}-k@"),
        UV_INDEX=f"http://me:{SECRET}-l@127.0.0.1:9/simple",
    )  # fmt: skip
    assert "ada/engine" in said
    assert SECRET not in said
    assert (tmp_path / "results" / "checker.sqlite").is_file()
    assert find_leaks(tmp_path / "results") == []
    assert find_leaks(tmp_path / "home") == []
    shown = call(tmp_path, "repo", "ada/engine", "--mirror", "mirror", "--json", DOCKER_HOST="unix:///nonexistent")
    assert SECRET not in shown


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("repo", f"https://me:{SECRET}@127.0.0.1:9/ada/engine"), {}),
        (("repo", f"https://me:{SECRET}@nowhere.invalid/ada/engine.git"), {}),
        (("repo", f"ssh://git:{SECRET}@nowhere.invalid/ada/engine.git", "--json"), {}),
        (("repo", "ada/engine", "--json"), {"https_proxy": f"http://me:{SECRET}@127.0.0.1:9"}),
        (("run", "list.txt"), {"CHECKER_BROKER_URL": f"redis://:{SECRET}@127.0.0.1:9/0"}),
        (("worker",), {"CHECKER_BROKER_URL": f"redis://:{SECRET}@127.0.0.1:9/0"}),
        (("worker",), {"CHECKER_BROKER_URL": f"nonsense://:{SECRET}@127.0.0.1:9/0"}),
        (
            ("doctor",),
            {"DOCKER_HOST": f"tcp://me:{SECRET}@127.0.0.1:9", "UV_DEFAULT_INDEX": f"http://me:{SECRET}@[::1"},
        ),
        (("doctor",), {"UV_DEFAULT_INDEX": f"http://me:{SECRET}@127.0.0.1:9/simple"}),
        (("repo", ".", "--json"), {"DOCKER_HOST": f"unix://me:{SECRET}@nowhere"}),
        (("links", "page.txt", "--json"), {}),
        (("links", "page.txt"), {}),
        (("repo", "ada/engine", "--json"), {"CHECKER_INSTALL_HOSTS": f"https://me:{SECRET}@host"}),
        (("recipe", f"https://me:{SECRET}@github.com/a/b", "-o", "out"), {}),
        (("badge", f"https://me:{SECRET}@github.com/a/b"), {}),
    ],
)
def test_no_message_holds_a_password(
    arguments: tuple[str, ...], variables: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    (tmp_path / "list.txt").write_text("ada/engine\n")
    (tmp_path / "mirror").mkdir()
    engine = {"DOCKER_HOST": f"unix://{tmp_path}/no-engine.sock"}
    said = call(tmp_path, *arguments, **{**engine, **variables})
    assert SECRET not in said
    assert "Traceback" not in said
    assert find_leaks(tmp_path / "home") == []
