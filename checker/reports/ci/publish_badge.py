"""Puts files on a branch of the repository that a job runs in, without touching its files, index or branches.

The commit is made out of git's own objects beside the work tree; no hook and no filter of the repository runs.
Whoever pushed first wins: a refused push is made anew on top of theirs.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from checker.core.errors import NetworkFailure, UsageError
from checker.core.text import join_lines

#: One question to the remote may take so long.
SECONDS = 120

TRIES = 4
PRIVATE_REF = "refs/reproducibility-checker/published"
_WHO = "reproducibility checker"
_REFUSED = ("fetch first", "non-fast-forward", "stale info", "cannot lock ref", "failed to update ref")


#: A folder that is a git folder by its files may be part of what is checked: its settings start programs.
_SETTINGS = (f"core.hooksPath={os.devnull}", "gc.auto=0", "safe.bareRepository=explicit")
_GIT = ("git", *(part for setting in _SETTINGS for part in ("-c", setting)))


def clone_root(folder: Path) -> Path | None:
    """Return the root of the clone that a folder lies in, or None where git knows of none."""
    command = [*_GIT, "-C", str(folder), "rev-parse", "--show-toplevel"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(os.fsdecode(done.stdout.rstrip(b"\n"))) if done.returncode == 0 and done.stdout.strip() else None


@dataclass(frozen=True)
class Branch:
    """A branch of a remote, seen from a clone at `clone`."""

    clone: Path
    name: str
    remote: str = "origin"

    def read(self, path: str) -> bytes | None:
        """Return a file of the branch, or None where there is no such file or branch.

        Raises:
            UsageError: the branch cannot be called so, or the folder is no clone.
            NetworkFailure: the remote does not answer.

        """
        try:
            head = self._fetch()
            if head is None:
                return None
            done = self._git("cat-file", "blob", f"{head}:{path}", check=False)
            return done.stdout if done.returncode == 0 else None
        finally:
            self._forget()

    def put(self, files: Mapping[str, bytes], message: str) -> bool:
        """Add or replace files; return False where all of them stood there already.

        Raises:
            UsageError: the branch cannot be called so, or the folder is no clone.
            NetworkFailure: the remote does not answer, or refuses to be written to.

        """
        try:
            for again in range(TRIES):
                time.sleep(again)
                head = self._fetch()
                commit = self._commit(files, message, head)
                if commit is None:
                    return False
                done = self._git("push", "--quiet", self.remote, f"{commit}:refs/heads/{self.name}", check=False)
                if done.returncode == 0:
                    return True
                said = done.stderr.decode(errors="replace")
                if not any(word in said for word in _REFUSED):
                    break
            raise NetworkFailure(f"{self.name} cannot be pushed to {self.remote}: {_find_reason(said)}")
        finally:
            self._forget()

    def _fetch(self) -> str | None:
        """Fetch the branch and return its commit, None where it does not exist."""
        self._check_name()
        listed = self._git("ls-remote", "--heads", self.remote, f"refs/heads/{self.name}")
        if not listed.stdout.strip():
            return None
        # Fetching a part only would cut the history of a whole clone short.
        shallow = self._git("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
        depth = ["--depth=1"] if shallow else []
        refs = f"+refs/heads/{self.name}:{PRIVATE_REF}"
        self._git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", *depth, self.remote, refs)
        return self._git("rev-parse", "--verify", f"{PRIVATE_REF}^{{commit}}").stdout.decode().strip()

    def _commit(self, files: Mapping[str, bytes], message: str, head: str | None) -> str | None:
        """Make a commit with the files on top of `head`; None where it would change nothing."""
        with tempfile.TemporaryDirectory(prefix="badges-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self._git("read-tree", *([head] if head else ["--empty"]), env=index)
            entries = b"".join(
                b"100644 %s\t%s\0" % (self._write(content), os.fsencode(path)) for path, content in files.items()
            )
            self._git("update-index", "-z", "--index-info", given=entries, env=index)
            tree = self._git("write-tree", env=index).stdout.decode().strip()
        if head and self._git("rev-parse", f"{head}^{{tree}}").stdout.decode().strip() == tree:
            return None
        parents = ["-p", head] if head else []
        return self._git("commit-tree", tree, *parents, "-m", message).stdout.decode().strip()

    def _write(self, content: bytes) -> bytes:
        return self._git("hash-object", "-w", "--no-filters", "--stdin", given=content).stdout.strip()

    def _forget(self) -> None:
        self._git("update-ref", "-d", PRIVATE_REF, check=False)

    def _check_name(self) -> None:
        named = self._git("check-ref-format", f"refs/heads/{self.name}", check=False)
        if named.returncode != 0 or self.name.startswith("-") or self.remote.startswith("-"):
            raise UsageError(f"{join_lines(self.name, 100)!r} cannot be the name of a branch")

    def _git(
        self, *arguments: str, given: bytes = b"", env: Mapping[str, str] | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[bytes]:
        command = [*_GIT, "-C", str(self.clone), *arguments]
        people = {
            f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in _PERSON.items()
        }
        whole = {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **people, **(env or {})}
        try:
            done = subprocess.run(
                command, input=given, env=whole, capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise NetworkFailure(f"git {arguments[0]}: no answer from {self.remote} within {SECONDS} s") from None
        except OSError as error:
            raise UsageError(f"git cannot be started: {error.strerror}") from None
        if check and done.returncode != 0:
            raise NetworkFailure(f"git {arguments[0]}: {_find_reason(done.stderr.decode(errors='replace'))}")
        return done


_PERSON = {"NAME": _WHO, "EMAIL": "reproducibility-checker@users.noreply.github.com"}


def _find_reason(said: str) -> str:
    """Return the line in which git or the remote says why."""
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("remote: ", "fatal: ", "error: ", " ! "))]
    return join_lines((telling or lines or ["it does not say why"])[0], 300)
