"""The lists of papers and repositories, as the script of a page and its table get them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import check_samples as samples
import pytest

from checker.reports.build import build_report
from checker.reports.site.lists import Listing, make_paper_list, make_repository_list
from checker.store import Run

RUN = Run(id=1, date=date(2026, 3, 1), started_at=samples.STARTED)


@pytest.fixture(scope="module")
def lists() -> tuple[Listing, Listing]:
    checks = {check.target.key: check for check in samples.every_kind()}
    report = build_report(RUN, samples.papers(), checks)
    targets = dict(zip(sorted(checks), report.repositories, strict=True))
    return make_paper_list(report, targets), make_repository_list(report, targets)


def document(listing: Listing) -> Any:
    script = listing.script()
    assert script.startswith("checkerList(") and script.endswith(");\n")
    return json.loads(script.removeprefix("checkerList(").removesuffix(");\n"))


def test_every_paper_and_repository_has_its_row(lists: tuple[Listing, Listing]) -> None:
    assert [len(listing.rows) for listing in lists] == [len(samples.papers()), len(samples.every_kind())]
    for listing in lists:
        said = document(listing)
        assert said["name"] == listing.name and len(said["rows"]) == len(listing.rows)
        assert {len(row) for row in said["rows"]} == {len(listing.columns) + 1}
        for row in said["rows"]:
            for values, facet in zip(row[-1], said["facets"], strict=True):
                assert all(0 <= value < len(facet["options"]) for value in values)


def test_filters_count_what_they_find(lists: tuple[Listing, Listing]) -> None:
    for listing in lists:
        for number, facet in enumerate(listing.facets):
            for value, _, count in facet.options:
                assert count == sum(value in row.values[number] for row in listing.rows), (facet.key, value)


def test_what_can_be_filtered_by(lists: tuple[Listing, Listing]) -> None:
    papers, repositories = ({facet.key: facet for facet in listing.facets} for listing in lists)
    wanted = {"availability", "rung", "cause", "ecosystem", "year"}
    assert wanted < papers.keys() and wanted < repositories.keys()
    rungs = [(value, label) for value, label, _ in repositories["rung"].options]
    assert rungs[0] == ("runs", "runs") and rungs[-1] == ("none", "none reached"), "the highest stands first"
    assert [value for value, _, _ in papers["year"].options] == ["2026"]


def test_a_paper_is_found_by_any_of_its_repositories(lists: tuple[Listing, Listing]) -> None:
    papers, _ = lists
    keys = [facet.key for facet in papers.facets]
    both = next(row for row in papers.rows if row.cells[0][2] == "2603.00080")
    assert both.values[keys.index("outcome")] == ("runs",), (
        "the one that was never checked has no outcome to filter by"
    )
    assert both.cells[5][0].label == "runs" and both.cells[5][0].href == "repositories/octo/passes.html"


def test_hostile_text_is_one_clean_line(lists: tuple[Listing, Listing]) -> None:
    for listing in lists:
        script = listing.script()
        assert "\x1b" not in script and "\u202e" not in script and "\u2028" not in script
        assert len(script.splitlines()) == 1
        for row in document(listing)["rows"]:
            assert not row[0][0].startswith(("http", "/", "javascript")) and ".." not in row[0][0]
