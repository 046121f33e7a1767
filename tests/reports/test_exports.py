"""The files for other programs: read back by a spreadsheet's rules, an XML schema and a Markdown reader."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import check_samples as samples
import pytest
import xmlschema
from markdown_it import MarkdownIt

from checker.core.values.changes import Change, ChangeKind, Changes
from checker.core.values.plans import Goal, Rung, Way
from checker.core.values.results import Blame, Cause, Check
from checker.reports.build import build_report
from checker.reports.csv_tables import write_cell, write_papers_csv, write_repositories_csv
from checker.reports.document import Report
from checker.reports.exports import EXPORTS
from checker.reports.junit import render_junit
from checker.reports.markdown import MAX_CHANGES, render_markdown, render_short_markdown
from checker.store import Run

RUN = Run(id=1, date=date(2026, 3, 1), started_at=samples.STARTED, checker_version="0.1.0")
SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))
CHANGES = Changes(
    since=date(2026, 2, 28),
    compared=9,
    changes=(
        Change(
            kind=ChangeKind.NEWLY_BROKEN, subject="octo/passes", before="runs", after="fails", reason="numpy 1 → 2"
        ),
        Change(kind=ChangeKind.PROMISE_OVERDUE, subject=samples.HOSTILE, repository="octo/x", before="promised"),
    ),
)


def report(*given: Check, changes: Changes | None = None) -> Report:
    checks = {check.target.key: check for check in given or samples.every_kind()}
    return build_report(RUN, samples.papers(), checks, changes)


# ---------------------------------------------------------------- CSV


@pytest.mark.parametrize(
    "begun", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\x00=1", "\u200b=1", "＝1"]
)
def test_no_cell_is_taken_for_a_formula(begun: str) -> None:
    assert write_cell(begun)[0] == "'" or write_cell(begun)[0].isalnum()


def test_numbers_and_truth_stay_what_they_are() -> None:
    assert [write_cell(v) for v in (None, True, False, 0, 2.5, "", "a,b")] == [
        "",
        "yes",
        "no",
        "0",
        "2.5",
        "",
        "a,b",
    ]


@pytest.mark.parametrize("write", [write_papers_csv, write_repositories_csv])
def test_a_table_has_a_row_for_each_and_nothing_gets_out_of_its_cell(write: object) -> None:
    made = report()
    assert callable(write)
    text = write(made)
    rows = list(csv.DictReader(StringIO(text, newline=""), strict=True))
    assert len(rows) == len(made.papers if write is write_papers_csv else made.repositories)
    for row in rows:
        assert None not in row and None not in row.values()
        assert not any(value[:1] in "=+-@\t\r" for value in row.values() if value)
        assert not any(control in value for value in row.values() for control in "\x1b\x00\n\u202e")
    assert text.count("\r\n") == len(rows) + 1


def test_what_could_not_be_told_is_empty_and_no_default() -> None:
    rows = {row["repository"]: row for row in csv.DictReader(StringIO(write_repositories_csv(report())))}
    silent, period = rows["octo/silent"], rows["octo/period"]
    assert (silent["inconclusive"], silent["reached"], silent["built"]) == ("yes", "", "")
    assert (period["reached"], period["way"], period["starts"], period["cause"]) == (
        "starts", "period", "yes", "needs_data",
    )  # fmt: skip
    papers = {row["id"]: row for row in csv.DictReader(StringIO(write_papers_csv(report())))}
    assert papers["2603.00011"]["runnability_score"] == ""


# ---------------------------------------------------------------- JUnit


def cases(made: Report, require: Rung, way: Way = Way.REPAIRED) -> dict[str, ElementTree.Element]:
    text = render_junit(made, Goal(rung=require, way=way))
    SCHEMA.validate(text)
    return {case.get("name", ""): case for case in ElementTree.fromstring(text).iter("testcase")}


@pytest.mark.parametrize("require", Rung)
def test_it_is_valid_at_every_rung_and_counts_itself(require: Rung) -> None:
    made = report()
    found = cases(made, require)
    assert len(found) == len(made.repositories)
    suite = ElementTree.fromstring(render_junit(made, Goal(rung=require))).find("testsuite")
    assert suite is not None
    for count, tag in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
        assert int(suite.get(count, "-1")) == sum(case.find(tag) is not None for case in found.values())


def test_the_rung_decides_and_what_could_not_be_told_is_skipped() -> None:
    timed_out = Cause(name="time_out", blame=Blame.LIMIT, summary="It took longer than the limit")
    short = samples.failed_attempt().model_copy(update={"cause": timed_out})
    made = report(*samples.every_kind(), samples.check("octo/slow", short))
    found = cases(made, Rung.IMPORTABLE)
    told = {name.removeprefix("octo/"): [child.tag for child in case] for name, case in found.items()}
    assert told["passes"] == told["repaired"] == []
    assert told["incomplete"] == told["fails"] == told["deleted"] == ["failure"]
    assert told["silent"] == told["slow"] == ["skipped"]
    message = found["octo/silent"].find("skipped")
    assert message is not None and message.get("message", "").startswith("The host did not answer")
    assert [child.tag for child in cases(made, Rung.RUNS)["octo/period"]] == ["failure"]


def test_the_way_decides_as_well() -> None:
    by_way = {way: cases(report(), Rung.IMPORTABLE, way) for way in Way}
    failed = {
        way: [name for name, case in found.items() if case.find("failure") is not None]
        for way, found in by_way.items()
    }
    assert "octo/repaired" in failed[Way.PERIOD] and "octo/period" not in failed[Way.PERIOD]
    assert {"octo/repaired", "octo/period"} <= set(failed[Way.AS_PUBLISHED])
    message = by_way[Way.AS_PUBLISHED]["octo/repaired"].find("failure")
    assert message is not None
    assert message.get("message", "").startswith("needs repairs: required “imports, as published”")


def test_two_commits_of_a_repository_are_two_cases() -> None:
    targets = [samples.passing().target.model_copy(update={"commit": c * 40}) for c in "ab"]
    checks = [
        samples.passing().model_copy(
            update={"target": t, "checkout": samples.checkout(t.repository, commit=t.commit)}
        )
        for t in targets
    ]
    assert list(cases(report(*checks), Rung.RUNS)) == [f"octo/passes@{c * 40}" for c in "ab"]


@pytest.mark.parametrize(
    "odd", ["\x00", "\x0b", "\x1b[31m", "\ufffe", "\uffff", "\x85", "]]>", "&<>\"'", "\U0001f600"]
)
def test_any_character_leaves_it_well_formed(odd: str) -> None:
    cause = Cause(name="tests_fail", blame=Blame.REPOSITORY, summary=f"a{odd}b", hint=f"c{odd}d")
    attempt = samples.failed_attempt().model_copy(update={"cause": cause})
    assert len(cases(report(samples.check("octo/odd", attempt)), Rung.RUNS)) == 1


def test_a_night_without_repositories_is_valid() -> None:
    SCHEMA.validate(render_junit(build_report(RUN, samples.papers(), {}), Goal(rung=Rung.RUNS)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (' tests="', ' test="'),
        ("testcase", "case"),
        (f"{samples.STARTED:%Y-%m-%dT}", "2026-03-01 "),
        ("skipped m", "x m"),
    ],
)
def test_the_schema_refuses_what_is_wrong(right: str, wrong: str) -> None:
    good = render_junit(report(), Goal(rung=Rung.RUNS))
    assert right in good and not SCHEMA.is_valid(good.replace(right, wrong))


# ---------------------------------------------------------------- Markdown


def test_what_changed_stands_at_the_top() -> None:
    text = render_markdown(report(changes=CHANGES))
    assert text.index("## Since the last night") < text.index("## Repositories")
    assert "Since 2026-02-28: newly broken 1, promised code still missing 1 (9 repositories compared" in text
    assert "- octo/passes: runs → fails. numpy 1 → 2" in text
    assert "Since the last night" not in render_markdown(report())
    assert "first night" in render_markdown(report(changes=Changes()))


def test_the_short_form_is_short_and_holds_no_markup_from_outside() -> None:
    many = tuple(Change(kind=ChangeKind.VANISHED, subject=f"octo/r{n}") for n in range(MAX_CHANGES + 3))
    text = render_short_markdown(report(changes=CHANGES.model_copy(update={"changes": (*CHANGES.changes, *many)})))
    assert len(text.splitlines()) <= MAX_CHANGES + 7 and "4 more on the site." in text
    assert "- Newly broken: octo/passes: runs → fails." in text
    for made in (render_short_markdown(report(changes=CHANGES)), render_markdown(report(changes=CHANGES))):
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(made)
        found = {token.type for token in (*tokens, *(c for t in tokens for c in t.children or ()))}
        assert not found & {"html_block", "html_inline", "link_open", "image", "code_inline", "strong_open"}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_export_is_text_that_can_be_written(name: str) -> None:
    for made in (report(), report(changes=CHANGES), build_report(RUN, (), {})):
        assert EXPORTS[name](made).encode("utf-8").endswith(b"\n")
