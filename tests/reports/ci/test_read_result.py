"""Reading a finished check back: documents of the version before are read, those of a later one are refused."""

from __future__ import annotations

import json

import check_samples as samples
import pytest

from checker.core.errors import UsageError
from checker.core.values.base import SCHEMA_VERSION
from checker.reports.build import build_repository_document
from checker.reports.ci.read_result import OLDEST_READ, parse_check


def as_version(number: int) -> bytes:
    """Return a document as a checker of that version printed it: what came later is not in it."""
    document = json.loads(build_repository_document(samples.failing()).model_dump_json())
    document["version"] = number
    if number < 3:
        del document["rules"]
        for attempt in document["attempts"]:
            for repair in attempt["repairs"]:
                del repair["edits"]
    return json.dumps(document).encode()


@pytest.mark.parametrize("number", range(OLDEST_READ, SCHEMA_VERSION + 1))
def test_what_an_older_checker_printed_is_read(number: int) -> None:
    assert parse_check(as_version(number), "check.json").version == number


@pytest.mark.parametrize("number", [OLDEST_READ - 1, SCHEMA_VERSION + 1])
def test_other_versions_are_refused_in_one_line(number: int) -> None:
    with pytest.raises(UsageError, match=rf"^check.json: version {number} of the format") as refused:
        parse_check(as_version(number), "check.json")
    assert "\n" not in str(refused.value)
