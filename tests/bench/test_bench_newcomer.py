"""Counting both ways over the same repositories, and keeping what is finished."""

from __future__ import annotations

from pathlib import Path

import check_samples as samples
import pytest

from checker.core.shares import Share
from checker.core.values.plans import Rung
from tools.bench.funnel import row_of
from tools.bench.kept import file_of, keep, load
from tools.bench.names import Names
from tools.bench.newcomer import Compared, Ours, sum_up
from tools.bench.newcomer_page import highest, newcomer_page
from tools.bench.plain import Built
from tools.bench.trial import Trial, why_not


def compared(slug: str, trial: Trial | None, **more: float) -> Compared:
    check = samples.check(slug, samples.good_attempt(reached=Rung.STARTS))
    row = row_of(slug, check).model_copy(
        update={"entry_point": True, "names": Names(wanted=("a", "b"), found=("a", "b"))}
    )
    seconds = {"cold": 60.0, "warm": 30.0, "unchanged": 2.0} | more
    return Compared(key=slug, repository=slug, ours=Ours(row=row, **seconds), trial=trial)


GOOD = Trial(
    source="requirements.txt",
    built=True,
    cold=18.0,
    warm=1.0,
    trying=2.0,
    importable=False,
    answers=True,
    names=Names(wanted=("a", "b"), found=("a",)),
)
BAD = Trial(
    source="setup.py", cold=4.0, warm=3.0, names=Names(wanted=("a",)), why="ERROR: <b>no</b> matching version"
)
NONE = Trial(source=None, names=Names(wanted=("a", "b", "c")), why="nothing at the root says what to install")

ROWS = (
    compared("octo/one", GOOD),
    compared("octo/two", BAD, cold=100.0),
    compared("octo/three", NONE),
    compared("octo/java", None),
    Compared(key="octo/lost", repository="octo/lost", error="the host does not answer"),
)


def test_both_sides_are_counted_over_the_same_repositories() -> None:
    found = sum_up(ROWS)
    assert (found.newcomer.built, found.ours.built) == (Share(count=1, of=3), Share(count=3, of=3))
    assert (found.newcomer.names, found.ours.names) == (Share(count=1, of=6), Share(count=6, of=6))
    assert (found.newcomer.answers, found.newcomer.starts) == (Share(count=1, of=3), Share(count=0, of=3))
    assert found.ours.starts == Share(count=3, of=3)


def test_ratios_are_of_those_that_both_install() -> None:
    found = sum_up(ROWS)
    assert found.both_built == 1
    assert (found.cold_ratio, found.warm_ratio) == (3.0, 10.0)
    assert found.unchanged_ratio == pytest.approx(2 / 3)


def test_who_installs_nothing_takes_no_time() -> None:
    spread = sum_up(ROWS).newcomer.cold
    assert spread is not None
    assert (spread.number, spread.total) == (2, 24.0)


def test_nothing_compared_is_no_error() -> None:
    found = sum_up(ROWS[-1:])
    assert found.cold_ratio is None
    assert "the host does not answer" in newcomer_page(found, "Today.")


def test_the_page_escapes_what_builds_say() -> None:
    page = newcomer_page(sum_up(ROWS), "Today.")
    assert "Compared: 3 of 5." in page
    assert "<b>" not in page
    assert "cold 3.00" in page


def test_the_highest_rung_is_named() -> None:
    assert highest(True, True, True, None) == "shows usage"
    assert highest(True, False, None, None) == "builds"
    assert highest(False, None, None, None) is None


@pytest.mark.parametrize(
    ("built", "why"),
    [
        (Built(built=False, seconds=1, timed_out=True, log="ERROR: x"), "time-out"),
        (
            Built(built=False, seconds=1, log="step\nERROR: no version\nreturned a non-zero code: 1"),
            "ERROR: no version",
        ),
        (Built(built=False, seconds=1, log=""), "no output"),
    ],
)
def test_a_failed_build_is_told_in_a_line(built: Built, why: str) -> None:
    assert why_not(built) == why


def test_what_is_finished_is_kept(tmp_path: Path) -> None:
    keep(tmp_path, "a/b@c", ROWS[0])
    assert load(tmp_path, "a/b@c", Compared) == ROWS[0]
    assert load(tmp_path, "a/b", Compared) is None
    assert len({file_of(tmp_path, key) for key in ("a/b", "a-b", "../a/b", "x" * 300)}) == 4
    assert all(file_of(tmp_path, key).parent == tmp_path for key in ("../../a", "/etc/passwd"))


def test_what_another_version_kept_is_measured_again(tmp_path: Path) -> None:
    for text in ("{", '{"key": 1}', '{"unknown": true}'):
        file_of(tmp_path, "k").write_text(text)
        assert load(tmp_path, "k", Compared) is None
