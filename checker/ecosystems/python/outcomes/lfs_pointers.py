"""Finds the Git LFS pointer that a program read as if it were data: the checkout leaves out what it stands for.

`rows[0]["price"]` ends as a KeyError where `data/train.csv` holds three lines about an object of Git LFS.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from checker.core.container import SOURCE
from checker.core.tree import Tree, once_per_tree
from checker.ecosystems.python.outcomes.asked_files import may_cause
from checker.ecosystems.python.outcomes.reasons import Reason
from checker.ecosystems.python.outcomes.run_report import Raised, StartReport

#: How a pointer begins, and its bytes at most. Source: git-lfs, docs/spec.md.
BEGINS = "version https://git-lfs.github.com/spec/v1"
MOST_BYTES = 1024

#: Exceptions that do not follow from what a file holds.
_OTHERS = frozenset({"NameError", "UnboundLocalError", "ModuleNotFoundError", "ImportError", "SyntaxError"})

#: Causes that a text about unreadable data is given where nothing else is known.
_DATA = frozenset({"crash", "needs_data", "needs_weights", "missing_in_repository", "incompatible_dependency"})


@once_per_tree
def list_pointers(tree: Tree) -> tuple[str, ...]:
    """Return the files of a tree that are pointers."""
    small = (path for path in tree.files if len(BEGINS) < tree.size(path) <= MOST_BYTES)
    return tuple(path for path in small if tree.read(path).startswith(BEGINS))


def explain_pointer(path: str) -> Reason:
    """Return the reason for a program that stops, or has nothing to work on, because of a pointer."""
    name = path.removeprefix(f"{SOURCE}/").removeprefix("./")
    return Reason("left_out_by_check", is_limit=True, claim=f"reads {name}, a Git LFS pointer without its content")


def find_read(report: StartReport) -> str:
    """Return the last pointer that the repository's code read, '' where it read none."""
    read = [item.path for process in report.processes for item in process.pointers if item.asked]
    return read[-1] if read else ""


def find_unreadable(report: StartReport, raised: Raised, reason: Reason | None, tree: Tree) -> str:
    """Return the pointer that an exception may follow from, '' where none is.

    The watcher saw that it was read; or the exception or a failing line names it: what reads in C is not seen.
    """
    if not may_follow_from_content(raised.type, reason):
        return ""
    read = [item for process in report.processes for item in process.pointers if item.asked]
    causing = [item.path for item in read if may_cause(item, raised, tree)]
    return causing[-1] if causing else _find_named(raised, tree)


def may_follow_from_content(kind: str, reason: Reason | None) -> bool:
    """Whether an exception of a kind may follow from a file that holds something else than it should."""
    unknown = reason is None or reason.is_general or reason.is_about_path
    return kind not in _OTHERS and (unknown or (reason is not None and reason.name in _DATA))


#: What is said of a file that holds something else than its kind.
_IS_NO = re.compile(
    r"(?i)\b(?:not an? (?:valid |gzipped |zip |hdf5 |parquet )?(?:database|file|archive|image)|invalid load key"
    r"|cannot identify image|file signature|bad magic"
    r"|(?:unknown|unsupported|invalid|bad) (?:file )?(?:format|header))"
)


def _find_named(raised: Raised, tree: Tree) -> str:
    """Return the pointer that an exception or a failing line names, or the file of one that says what was read."""
    frames = [frame for frame in raised.frames if frame.own]
    if _IS_NO.search(raised.message):
        lines = [tree.read(frame.file.removeprefix(f"{SOURCE}/")) for frame in frames]
    else:
        lines = [_read_line(tree, frame.file.removeprefix(f"{SOURCE}/"), frame.line) for frame in frames]
    said = "\n".join([raised.message, *lines])
    return next((path for path in list_pointers(tree) if PurePosixPath(path).name in said), "")


def _read_line(tree: Tree, path: str, line: int) -> str:
    lines = tree.read(path).split("\n")
    return lines[line - 1] if 0 < line <= len(lines) else ""
