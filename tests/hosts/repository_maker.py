"""Bare repositories made with git's plumbing, so that their trees can hold what no work tree could."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from checker.core.values.repositories import Checkout, RepositoryId

REPOSITORY = RepositoryId(owner="ada", name="paper")

Bring = Callable[..., tuple[Path, Checkout]]

Content = bytes | str | tuple[str, bytes | str]
"""A file's content, or (mode, content); for mode 160000 the content is a commit id."""

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(folder: Path, *arguments: str, stdin: bytes = b"", date: str = "2021-01-01T00:00:00Z") -> str:
    env = ENVIRONMENT | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, input=stdin, env=env, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


class Maker:
    """One bare repository; every `commit` replaces the whole tree."""

    def __init__(self, folder: Path, branch: str = "main") -> None:
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--bare", "--template=", f"--initial-branch={branch}")
        git(folder, "config", "uploadpack.allowFilter", "true")
        git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        self.folder = folder
        self.branch = branch
        self.head: str | None = None

    def blob(self, content: bytes | str) -> str:
        data = content.encode() if isinstance(content, str) else content
        return git(self.folder, "hash-object", "-w", "--stdin", stdin=data)

    def tree(self, entries: list[tuple[str, bytes, str]]) -> str:
        """Write a tree as it is: (mode, name, object id), in the order given."""
        raw = b"".join(mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
        return git(self.folder, "hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=raw)

    def folder_tree(self, files: dict[str, Content]) -> str:
        entries: list[tuple[str, bytes, str]] = []
        inner: dict[str, dict[str, Content]] = {}
        for path, content in files.items():
            name, _, rest = path.partition("/")
            if rest:
                inner.setdefault(name, {})[rest] = content
                continue
            mode, data = content if isinstance(content, tuple) else ("100644", content)
            oid = str(data) if mode == "160000" else self.blob(data)
            entries.append((mode, os.fsencode(name), oid))
        entries += [("40000", os.fsencode(name), self.folder_tree(part)) for name, part in inner.items()]
        entries.sort(key=lambda e: e[1] + (b"/" if e[0] == "40000" else b""))
        return self.tree(entries)

    def commit_tree(self, tree: str, date: str = "2021-01-01T00:00:00Z", branch: str | None = None) -> str:
        parent = ["-p", self.head] if self.head else []
        self.head = git(self.folder, "commit-tree", tree, *parent, "-m", "work", date=date)
        git(self.folder, "update-ref", f"refs/heads/{branch or self.branch}", self.head)
        return self.head

    def commit(
        self, files: dict[str, Content], date: str = "2021-01-01T00:00:00Z", branch: str | None = None
    ) -> str:
        return self.commit_tree(self.folder_tree(files), date, branch)

    def tag(self, name: str, commit: str, annotated: bool = False) -> None:
        options = ["-a", "-m", "a release"] if annotated else []
        git(self.folder, "tag", *options, name, commit)
