"""Distinguishes a step that needs a file left out of the checkout by the check from one that lacks data.

The author committed such a file: neither is it missing in the repository, nor is it data from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from checker.core.values.plans import Evidence
from checker.core.values.repositories import LeftOut
from checker.core.values.results import Missing, StepResult, StepStatus
from checker.judging.causes import make_cause

#: Characters of the end of a log in which the file has to be named.
LAST_WORDS = 4_000

#: Causes that speak of a file that is not there.
_CAUSES = frozenset({"needs_data", "needs_weights", "missing_in_repository", "not_built", "wrong_place"})


def name_left_out(result: StepResult, left_out: Sequence[LeftOut]) -> StepResult:
    """Return a step's result; it becomes a limit of the check where the checkout left out the file it needs."""
    if result.passed or result.cause is None or result.cause.name not in _CAUSES:
        return result
    words = result.log[-LAST_WORDS:]
    item = next((item for item in left_out if _names(words, item.path)), None)
    if item is None:
        return result
    why = make_cause("left_out_by_check", Evidence(claim=f"left out: {item.reason}", source=item.path))
    return result.model_copy(update={"status": StepStatus.LIMIT, "cause": why})


def drop_left_out(missing: Iterable[Missing], left_out: Sequence[LeftOut]) -> tuple[Missing, ...]:
    """Return what the repository lacks, except files that it has and the checkout left out."""
    paths = {item.path for item in left_out}
    return tuple(item for item in missing if item.kind != "file" or not _matches_any_path(item.name, paths))


def _names(words: str, path: str) -> bool:
    """Whether a text names a file by its path, or by its name and its folder."""
    pure = PurePosixPath(path)
    wanted = "/".join(pure.parts[-2:])
    return re.search(rf"(?<![\w.-]){re.escape(wanted)}(?![\w-]|\.\w)", words) is not None


def _matches_any_path(name: str, paths: Iterable[str]) -> bool:
    bare = name.removeprefix("./")
    return any(path == bare or path.endswith(f"/{bare}") for path in paths)
