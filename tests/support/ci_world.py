"""A repository with one requirement that cannot be had, its remote, and finished checks of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ci_runner import Runner
from small_world import IDENTITY

from checker.core.values.results import Check
from checker.reports.build import build_repository_document

BADGES = "badges"

FILES = {
    "requirements.txt": "# what it needs\nnumpy\ntorch==1.7.0\n",
    "train.py": "import numpy\nimport torch\nfrom utils.secret_sauce import Sauce\n\nprint(Sauce, numpy, torch)\n",
    "README.md": "# Lab\n",
}


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], env=IDENTITY, capture_output=True, check=True)
    return done.stdout.decode()


def make_runner(folder: Path) -> Runner:
    """Return a runner whose workspace is a clone of a bare repository on this disk."""
    remote, workspace = folder / "remote.git", folder / "work"
    remote.mkdir()
    git(remote, "init", "--quiet", "--bare", "--initial-branch=main")
    git(folder, "clone", "--quiet", str(remote), str(workspace))
    for name, text in FILES.items():
        (workspace / name).write_text(text)
    git(workspace, "checkout", "--quiet", "-b", "main")
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "--message", "x")
    git(workspace, "push", "--quiet", "origin", "main")
    return Runner(folder=folder, workspace=workspace)


def write_check(folder: Path, check: Check, name: str = "check.json") -> str:
    """Write a check as `checker repo --json` prints it; return the file."""
    path = folder / name
    path.write_text(build_repository_document(check).model_dump_json(indent=1))
    return str(path)


def published(runner: Runner, name: str) -> str:
    return git(runner.folder / "remote.git", "show", f"{BADGES}:{name}")


def request(of: str = "octo/lab") -> dict[str, object]:
    """Return the event of a pull request from this repository."""
    sides = {"head": {"repo": {"full_name": of}}, "base": {"repo": {"full_name": "octo/lab"}}}
    return {"pull_request": {"number": 7, **sides}}
