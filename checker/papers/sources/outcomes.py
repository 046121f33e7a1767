"""Lists of repositories that people have run: CSV with `repo`, `commit` or `ref`, and `badges` or `outcome`.

Columns `right` (yes, no) and `note` are what somebody says who has read the verdict's evidence.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from checker.core.data_files import read_toml
from checker.core.errors import UsageError
from checker.core.text import join_lines
from checker.core.tree import decode
from checker.core.values.base import Value
from checker.core.values.trust import Known, KnownOutcome
from checker.papers.sources.base import Problem
from checker.papers.sources.repositories import parse_target

_WORDS = read_toml(__package__, "outcomes.toml")
_REPOSITORY = ("repo", "repository", "url")
_COMMIT = ("commit", "ref", "sha", "revision")
_OUTCOME = ("outcome", "badges", "badge", "known")
_SOURCE = ("venue", "source")
_RIGHT: Mapping[str, bool | None] = {"": None, "yes": True, "no": False}

#: Bytes of a list at most.
MOST_BYTES = 16 * 1024 * 1024


class OutcomeList(Value):
    """What a list holds; `silent` counts rows that say nothing of whether the code runs."""

    outcomes: tuple[KnownOutcome, ...] = ()
    problems: tuple[Problem, ...] = ()
    silent: int = 0


def read_outcomes(path: Path) -> OutcomeList:
    """Read a list of repositories that people have run; a row that cannot be used is a problem, the rest counts.

    Raises:
        UsageError: it cannot be read, lacks a column, or no row says what people found.

    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    if len(raw) > MOST_BYTES:
        raise UsageError(f"{path}: larger than {MOST_BYTES // 1024**2} MiB")
    found = _read_rows(decode(raw), str(path))
    if not found.outcomes:
        why = f"; {found.problems[0]}" if found.problems else ""
        raise UsageError(f"{path}: no row says what people found who ran the code{why}")
    return found


def read_outcome(written: str) -> Known | None:
    """Return what badges or words say; None where they say nothing of whether the code runs.

    Raises:
        ValueError: a word is not known.

    """
    said = set()
    for part in re.split(r"[,;+|]", written):
        word = join_lines(part, 100).strip().casefold()
        word = re.sub(r"^artifacts? |^results? (?=re)", "", word).strip()
        known = next((outcome for outcome, words in _WORDS.items() if word in words), None)
        if known is None:
            raise ValueError(f"{join_lines(part, 60)!r} is no known outcome (works, broken, functional, …)")
        said.add(known)
    if "broken" in said:
        return Known.BROKEN
    return Known.WORKS if "works" in said else None


def _read_rows(text: str, name: str) -> OutcomeList:
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    columns = [(column or "").strip().casefold() for column in reader.fieldnames or ()]
    reader.fieldnames = columns
    for wanted in (_REPOSITORY, _OUTCOME):
        if not set(wanted) & set(columns):
            raise UsageError(f"{name}: lacks the column {wanted[0]!r} (a CSV with {_REPOSITORY[0]},ref,badges)")
    outcomes: dict[str, KnownOutcome] = {}
    problems: list[Problem] = []
    silent = 0
    try:
        for row in reader:
            try:
                outcome = _read_row(row, name)
            except ValueError as error:
                problems.append(Problem(source=name, line=reader.line_num, message=str(error)))
                continue
            if outcome is None:
                silent += 1
            else:
                outcomes.setdefault(outcome.target.key, outcome)
    except csv.Error as error:
        problems.append(Problem(source=name, line=reader.line_num, message=str(error)))
    return OutcomeList(outcomes=tuple(outcomes.values()), problems=tuple(problems), silent=silent)


def _read_row(row: Mapping[str, str], name: str) -> KnownOutcome | None:
    known = read_outcome(_take(row, _OUTCOME))
    target = parse_target(_take(row, _REPOSITORY), _take(row, _COMMIT))
    right = _take(row, ("right",)).casefold()
    if right not in _RIGHT:
        raise ValueError(f"right is {join_lines(right, 40)!r}, and must be yes, no or empty")
    if known is None:
        return None
    return KnownOutcome(
        target=target,
        known=known,
        source=join_lines(_take(row, _SOURCE) or name, 200),
        right=_RIGHT[right],
        note=join_lines(_take(row, ("note", "reason")), 500),
    )


def _take(row: Mapping[str, str], columns: tuple[str, ...]) -> str:
    return next((value.strip() for column in columns if (value := row.get(column))), "")
