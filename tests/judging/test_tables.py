"""Every row of the tables matches its excerpt, and no earlier row does; only a limit row lets a failure count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from pydantic import ValidationError

from checker.core.values.plans import Phase, Step
from checker.core.values.results import StepResult, StepStatus
from checker.judging.causes import CAUSES
from checker.judging.diagnose import diagnose
from checker.judging.failure_text import QUOTE, strip_frames
from checker.judging.judge import FailureText, judge
from checker.judging.paths import find_opened, judge_path
from checker.judging.table import BUILDING_TABLES, DATA, TABLES, Opened, Row, Table, read_rows, read_table

HEADER = "Traceback (most recent call last):\n"
FRAME = '  File "/code/src/train.py", line 12, in <module>\n    main()\n'
PHASES = {table: Phase.INSTALL if table in BUILDING_TABLES else Phase.START for table in TABLES}
SAID = [
    pytest.param(PHASES[table], row, text, id=f"{row.name}-{number}")
    for table in TABLES
    if table != "paths"
    for row in read_table(table).rule
    for number, text in enumerate(row.excerpt)
]
PATHS = [pytest.param(row, path, id=path) for row in read_table("paths").rule for path in row.excerpt]


def test_every_file_is_read() -> None:
    assert {file.stem for file in DATA.glob("*.toml")} == {*TABLES, "causes", "presence"}


def test_a_name_is_used_once() -> None:
    names = [row.name for row in read_rows(*TABLES)]
    assert len(names) == len(set(names))
    assert not set(names) & set(CAUSES)


@pytest.mark.parametrize(("phase", "row", "text"), SAID)
def test_an_excerpt_is_judged_by_its_row(phase: Phase, row: Row, text: str) -> None:
    found = judge([FailureText(text)], phase)
    assert found is not None
    assert found.row.name == row.name


@pytest.mark.parametrize(("phase", "row", "text"), SAID)
def test_the_line_that_decided_is_quoted_from_the_log(phase: Phase, row: Row, text: str) -> None:
    alone = phase is Phase.START and "\n" not in text and ": " in text
    log = f"epoch 1\n{HEADER}{FRAME}{text}\n" if alone else f"{text}\n"
    found = diagnose(StepResult(step=Step(name="x", phase=phase, argv=("x",)), status=StepStatus.FAILED, log=log))
    assert found is not None
    assert (found.name, found.rule) == (row.cause, row.name)
    evidence = found.evidence[0]
    assert 0 < len(evidence.text) <= QUOTE
    if evidence.source == "log":
        assert evidence.line is not None
        assert evidence.text in log.splitlines()[evidence.line - 1]


@pytest.mark.parametrize(("row", "path"), PATHS)
def test_a_path_is_judged_by_its_row(row: Row, path: str) -> None:
    assert judge_path(path).name == row.name


@pytest.mark.parametrize("row", read_table("paths").opened, ids=lambda row: row.excerpt.splitlines()[-1][:40])
def test_what_could_not_be_opened_is_found_by_its_row(row: Opened) -> None:
    found = find_opened(strip_frames(row.excerpt), row.excerpt)
    assert found is not None
    assert found.re is row.regex


@pytest.mark.parametrize(
    "fields",
    [
        {"says": ()},
        {"cause": "bad_luck"},
        {"cause": "crash", "limit": True},
        {"cause": "needs_gpu_toolchain", "limit": True},
        {"cause": "time_out", "limit": True},
        {"pattern": "("},
        {"name": "Two words"},
        {"colour": "red"},
        {"excerpt": ()},
    ],
)
def test_a_mistake_in_a_row_is_found_when_it_is_read(fields: dict[str, object]) -> None:
    good = {"name": "gpu", "cause": "needs_gpu", "says": "no GPU", "excerpt": "no GPU"}
    assert Row.model_validate(good)
    with pytest.raises(ValidationError):
        Row.model_validate({**good, **fields})
    with pytest.raises(ValidationError):
        Table.model_validate({"rule": [good, good]})


def test_what_only_explains_is_no_limit() -> None:
    limits = {name for name, kind in CAUSES.items() if kind.limit}
    assert limits == {
        "needs_data", "needs_weights", "needs_credentials", "needs_network", "needs_gpu", "needs_display",
        "needs_input",
    }  # fmt: skip
    assert {row.cause for row in read_rows(*TABLES) if row.limit} == limits
    only_explains = {row.name for row in read_rows(*TABLES) if row.cause in limits and not row.limit}
    assert only_explains == {"cuda_library"}


def _may_match_newline(parsed: Any) -> bool:
    for code, value in parsed:
        if code is codes.IN:
            space = any(kind is codes.CATEGORY and item is codes.CATEGORY_SPACE for kind, item in value)
            named = space or (codes.LITERAL, 10) in value
            found = named is not (value[0][0] is codes.NEGATE)
        elif code is codes.SUBPATTERN:
            found = _may_match_newline(value[3])
        elif code is codes.BRANCH:
            found = any(map(_may_match_newline, value[1]))
        else:
            found = (code is codes.LITERAL and value == 10) or (code is codes.NOT_LITERAL and value != 10)
        if found:
            return True
    return False


def _find_unbounded(parsed: Any) -> Iterator[object]:
    """Yield repetitions without a bound that may go over more than one line."""
    for code, value in parsed:
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            if value[1] is codes.MAXREPEAT and _may_match_newline(value[2]):
                yield value
            yield from _find_unbounded(value[2])
        elif code is codes.SUBPATTERN:
            yield from _find_unbounded(value[3])
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _find_unbounded(branch)


@pytest.mark.parametrize("table", TABLES)
def test_no_pattern_repeats_without_a_bound_over_lines(table: str) -> None:
    rows = (*read_table(table).rule, *read_table(table).opened)
    patterns = [row.regex.pattern for row in rows]
    assert not [text for text in patterns if list(_find_unbounded(parser.parse(text, re.MULTILINE)))]
    assert list(_find_unbounded(parser.parse(r"a(b|[^c]+)d", re.MULTILINE)))
