"""Leaves a small safe `.git` with the files: setuptools-scm and the like read version and file list from it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from checker.core.data_files import read_toml
from checker.core.errors import CheckerError
from checker.hosts.git.code_date import read_boundary
from checker.hosts.git.objects import FOLDER, Entry, Objects

#: What stays of the git folder: no hooks, remotes, logs, attributes or excludes.
KEPT = frozenset({"HEAD", "config", "objects", "packed-refs", "shallow", "index"})

#: Build tools that take the version from the newest tag.
TAG_READERS = tuple(name.encode() for name in read_toml("checker.hosts.git", "files.toml")["tag_readers"])


def wants_tags(root: Path) -> bool:
    """Whether a build file at the root names a tool that reads tags."""
    for name in ("pyproject.toml", "setup.py", "setup.cfg"):
        with suppress(OSError), (root / name).open("rb") as file:
            text = file.read(100_000)
            if any(reader in text for reader in TAG_READERS):
                return True
    return False


def keep(
    objects: Objects,
    commit: str,
    entries: Iterable[Entry],
    tags: Mapping[str, tuple[str, str]],
    skipped: tuple[str, ...] = (),
) -> None:
    """Make the git folder self-contained and harmless: the commit's files, its ancestors, its tags.

    `tags` maps a tag's name to its own id and that of the commit it names. Files in `skipped` are not on
    the disk and are marked so in the index, lest the tree looks changed. What cannot be kept is dropped:
    the files are there without it.
    """
    try:
        _pack(objects, commit, entries, tags)
        (objects.folder / "HEAD").write_text(f"{commit}\n")
        _write_index(objects, commit, skipped)
        _strip(objects)
    except (CheckerError, OSError):
        objects.remove()


def _pack(objects: Objects, commit: str, entries: Iterable[Entry], tags: Mapping[str, tuple[str, str]]) -> None:
    """Write one pack with the ancestors (without their files) and the commit's own files."""
    lines = objects.require("rev-list", "--parents", f"--max-count={objects.limits.history}", commit).splitlines()
    parents = {line.split()[0]: line.split()[1:] for line in lines}
    named = {name: pair for name, pair in tags.items() if pair[1] in parents}
    content = [e.oid for e in entries if e.size is not None or e.mode == FOLDER]
    wanted = [*parents, objects.read_tree_id(commit), *content, *(own for own, _ in named.values())]
    pack, kept = objects.folder / "objects" / "pack", objects.folder / "kept"
    kept.mkdir()
    names = "\n".join(dict.fromkeys(wanted)).encode()
    objects.require("pack-objects", "-q", "--window=0", str(kept / "pack"), stdin=names)
    shutil.rmtree(pack)
    kept.rename(pack)
    _end_history(objects, parents)
    refs = "".join(f"{own} refs/tags/{name}\n" for name, (own, _) in sorted(named.items()))
    (objects.folder / "packed-refs").write_text(refs)


def _end_history(objects: Objects, parents: Mapping[str, list[str]]) -> None:
    """Say to git where the history that is kept ends: `parents` of each commit that is there."""
    shallow = objects.folder / "shallow"
    ended = {c for c, known in parents.items() if any(p not in parents for p in known)}
    ended |= read_boundary(objects) & parents.keys()
    shallow.unlink(missing_ok=True)
    if ended:
        shallow.write_text("".join(f"{c}\n" for c in sorted(ended)))


def _write_index(objects: Objects, commit: str, skipped: tuple[str, ...]) -> None:
    (objects.folder / "objects" / "info" / "alternates").unlink(missing_ok=True)
    objects.write_config(bare=False)
    objects.require("read-tree", commit)
    if skipped:
        listed = "\0".join(skipped).encode("utf-8", "surrogateescape") + b"\0"
        objects.run("update-index", "--skip-worktree", "-z", "--stdin", stdin=listed)


def _strip(objects: Objects) -> None:
    for path in objects.folder.iterdir():
        if path.name not in KEPT:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for extra in (objects.folder / "objects").iterdir():
        if extra.name not in ("pack", "info"):
            shutil.rmtree(extra, ignore_errors=True)
    for folder in ("refs/heads", "refs/tags"):
        (objects.folder / folder).mkdir(parents=True, exist_ok=True)
