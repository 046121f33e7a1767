"""Make git repositories of examples/repositories: MIRROR/OWNER/NAME.git, to stand in for a code host.

usage: python examples/make_mirror.py MIRROR

The commits have the dates of history.toml, so that the checker finds code of several years.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent / "repositories"
AUTHOR = "Example Author"
ADDRESS = "author@example.org"


def git(*arguments: str, cwd: Path, date: str = "2020-01-01T00:00:00+00:00") -> None:
    """Run git with an identity and a date of ours, and none of the caller's configuration."""
    env = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": AUTHOR,
        "GIT_AUTHOR_EMAIL": ADDRESS,
        "GIT_COMMITTER_NAME": AUTHOR,
        "GIT_COMMITTER_EMAIL": ADDRESS,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_DATE": date,
    }
    subprocess.run(["git", *arguments], cwd=cwd, env=env, check=True, capture_output=True)


def make(mirror: Path) -> int:
    """Make every repository that is not there yet; return how many the mirror answers for."""
    history = tomllib.loads((HERE / "history.toml").read_text(encoding="utf-8"))
    for slug, date in history["commits"].items():
        bare = mirror / f"{slug}.git"
        if not bare.exists():
            commit(HERE / slug, bare, date)
    for old, new in history["moved"].items():
        link = mirror / f"{old}.git"
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(Path("..", f"{new}.git"))
    for slug in history["empty"]["names"]:
        bare = mirror / f"{slug}.git"
        if not bare.exists():
            bare.mkdir(parents=True)
            git("init", "--quiet", "--bare", "--initial-branch=main", cwd=bare)
    return len(history["commits"]) + len(history["moved"]) + len(history["empty"]["names"])


def commit(source: Path, bare: Path, date: str) -> None:
    """Make a bare repository with one commit that holds the files of `source`."""
    bare.mkdir(parents=True)
    git("init", "--quiet", "--bare", "--initial-branch=main", cwd=bare)
    work = ("--git-dir", str(bare), "--work-tree", str(source))
    git(*work, "add", "--all", "--force", ".", cwd=source)
    git(*work, "commit", "--quiet", "--message", "Publish", cwd=source, date=date)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"{make(Path(sys.argv[1]))} repositories in {sys.argv[1]}")
