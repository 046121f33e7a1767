"""The closed list of causes and its page say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from checker.core.values.plans import Evidence
from checker.core.values.results import Blame
from checker.judging.causes import CAUSES, is_ours, make_cause

PAGE = Path(__file__).parents[2] / "docs" / "causes.md"
WORDS = {Blame.REPOSITORY: "the repository", Blame.LIMIT: "a limit of the check", Blame.CHECKER: "the checker"}


def test_the_page_lists_every_cause_as_the_table_has_it() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    table = [f"| `{name}` | {k.short} | {WORDS[k.blame]} | {k.summary} | {k.hint} |" for name, k in CAUSES.items()]
    assert rows == table


@pytest.mark.parametrize("name", CAUSES)
def test_a_cause_is_worded_as_sentences(name: str) -> None:
    kind = CAUSES[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]+", name)
    assert kind.summary.endswith(".")
    assert kind.hint.endswith(".")
    assert len(kind.summary) < 120
    assert "ours" not in kind.summary


def test_the_errors_of_the_checker_name_causes_of_the_checker() -> None:
    from checker.core import errors

    failures = (errors.NetworkFailure, errors.RegistryFailure, errors.EngineFailure, errors.StorageFailure)
    assert all(is_ours(make_cause(failure.cause)) for failure in failures)


def test_a_cause_carries_its_evidence_and_a_better_hint_where_there_is_one() -> None:
    line = Evidence(claim="the log says so", source="log", line=3, text="boom")
    assert make_cause("crash", line).evidence == (line,)
    assert make_cause("crash", hint="Try again.").hint == "Try again."
    assert make_cause("crash").hint == CAUSES["crash"].hint
    with pytest.raises(KeyError):
        make_cause("bad_luck")
