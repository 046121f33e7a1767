"""Finds which path a program could not open, and classifies it: code and settings, weights, or data."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.judging.table import Row, read_rows, read_table

#: What is written before a path that lies beside committed files, for the row that judges such paths.
BESIDE = "{}"


def find_opened(message: str, whole: str) -> re.Match[str] | None:
    """Return the match whose group `path` could not be opened, in a message or, with frames, in the whole text."""
    places = ((row, whole if row.frames else message) for row in read_table("paths").opened)
    return next((found for row, text in places if (found := row.regex.search(text))), None)


def judge_path(path: str, tree: Tree | None = None) -> Row:
    """Return the row that says whose a path is that is not there.

    `configs/base.yaml` is missing in the repository, `checkpoints/best.pth` are weights, `data/a.npy` is data. A
    file of no telling kind was to be committed where it lies beside committed files; in a folder that only keeps
    its place it is what a user brings.
    """
    relative = path.removeprefix(f"{SOURCE}/").removeprefix("./")
    beside = tree is not None and _lies_beside_files(relative, tree)
    return next(row for row in read_rows("paths") if row.search(relative) or (beside and row.search(BESIDE)))


def _lies_beside_files(relative: str, tree: Tree) -> bool:
    folder = relative.rpartition("/")[0]
    beside = (path for path in tree.files if folder and path.startswith(f"{folder}/"))
    return any(not _is_placeholder(path) for path in beside)


def _is_placeholder(path: str) -> bool:
    """Whether a file only keeps its folder in git (`.gitkeep`, a README)."""
    name = PurePosixPath(path).name.lower()
    return name in {"__init__.py", "placeholder", "placeholder.txt"} or name.startswith(
        (".git", ".keep", "readme")
    )
