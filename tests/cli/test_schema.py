"""The published schema describes what is really printed, and notices what is not."""

from __future__ import annotations

import json
from datetime import date

import check_samples as samples
import pytest
from jsonschema import Draft202012Validator

from checker.cli.json_schema import DOCUMENTS, VERSIONS, build_schema
from checker.core.values.base import SCHEMA_VERSION
from checker.reports.build import build_report, build_repository_document
from checker.reports.write import render_json
from checker.store import Run


def validator(document: str) -> Draft202012Validator:
    whole = build_schema()
    return Draft202012Validator({"$ref": whole["documents"][document]["$ref"], "$defs": whole["$defs"]})


def test_the_schema_is_one_and_has_a_version() -> None:
    Draft202012Validator.check_schema(build_schema())
    assert build_schema()["version"] == SCHEMA_VERSION == max(VERSIONS) and set(
        build_schema()["documents"]
    ) == set(DOCUMENTS)
    assert json.loads(json.dumps(build_schema())) == build_schema()


def test_reports_repositories_and_links_are_valid() -> None:
    checks = {check.target.key: check for check in samples.every_kind()}
    run = Run(id=1, date=date(2026, 3, 1), started_at=samples.STARTED)
    report = json.loads(render_json(build_report(run, samples.papers(), checks)))
    validator("report").validate(report)
    Draft202012Validator(build_schema()).validate(report)
    for check in samples.every_kind():
        validator("repository").validate(build_repository_document(check).model_dump(mode="json"))
    for linked in samples.papers():
        for link in linked.links:
            validator("link").validate(link.model_dump(mode="json"))


@pytest.mark.parametrize("wrong", [{}, {"version": 1}, {"paper_id": "x", "url": 3}])
def test_something_else_is_not(wrong: dict[str, object]) -> None:
    assert not Draft202012Validator(build_schema()).is_valid(wrong)
