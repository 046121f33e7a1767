"""The error rate: what counts as an error, what is left out, and which shares come of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from checker.core.shares import Share
from checker.core.values.plans import Rung, Way
from checker.core.values.repositories import Availability, Probe, RepositoryId, Target
from checker.core.values.results import Check, Verdict
from checker.core.values.trust import Agreement, Known, KnownOutcome
from checker.judging.agreement import compare_outcome, measure_trust
from checker.judging.causes import make_cause

WHEN = datetime(2026, 5, 1, tzinfo=UTC)


def target(name: str = "code") -> Target:
    return Target(repository=RepositoryId(owner="a-lab", name=name))


def check(
    reached: Rung | None,
    why: str | None = None,
    *,
    name: str = "code",
    there: Availability = Availability.AVAILABLE,
    ours: bool = False,
) -> Check:
    cause = make_cause(why) if why else None
    return Check(
        target=target(name),
        probe=Probe(repository=target(name).repository, availability=there, answered_by="git"),
        availability=there,
        verdict=Verdict(reached=reached, way=Way.PERIOD, cause=cause, inconclusive=ours),
        cause=cause,
        started_at=WHEN,
    )


@pytest.mark.parametrize(
    ("known", "found", "expected"),
    [
        (Known.WORKS, check(Rung.RUNS), Agreement.AGREES),
        (Known.WORKS, check(Rung.STARTS, "needs_data"), Agreement.AGREES),
        (Known.WORKS, check(Rung.BUILT, "needs_gpu_toolchain"), Agreement.LIMIT),
        (Known.WORKS, check(Rung.ANSWERS, "crash"), Agreement.WORKING_CALLED_BROKEN),
        (Known.WORKS, check(None), Agreement.WORKING_CALLED_BROKEN),
        (Known.BROKEN, check(Rung.RUNS), Agreement.BROKEN_CALLED_WORKING),
        (Known.BROKEN, check(Rung.BUILT, "crash"), Agreement.AGREES),
        (Known.WORKS, check(Rung.CODE, "unsupported_language"), Agreement.NOT_JUDGED),
        (Known.WORKS, check(Rung.BUILT, "registry", ours=True), Agreement.NOT_JUDGED),
        (Known.WORKS, check(None, there=Availability.MISSING), Agreement.NOT_JUDGED),
        (Known.WORKS, None, Agreement.NOT_JUDGED),
    ],
)
def test_a_verdict_beside_what_people_found(known: Known, found: Check | None, expected: Agreement) -> None:
    row = compare_outcome(KnownOutcome(target=target(), known=known, source="a venue"), found)
    assert row.agreement is expected


def test_shares_leave_out_what_was_not_judged() -> None:
    outcomes = [
        KnownOutcome(target=target("runs"), known=Known.WORKS, source="v", right=True),
        KnownOutcome(target=target("crashes"), known=Known.WORKS, source="v", right=False, note="a plot"),
        KnownOutcome(target=target("wrong"), known=Known.BROKEN, source="v"),
        KnownOutcome(target=target("gone"), known=Known.WORKS, source="v", right=True),
    ]
    checks = {
        each.target.key: each
        for each in (
            check(Rung.RUNS, name="runs"),
            check(Rung.BUILT, "crash", name="crashes"),
            check(Rung.STARTS, "needs_data", name="wrong"),
            check(None, name="gone", there=Availability.MISSING),
        )
    }
    found = measure_trust(outcomes, checks, source="list.csv", day=date(2026, 5, 2), version="1", rules="r")
    assert found.without_error == Share(count=1, of=3)
    assert found.working_called_broken == Share(count=1, of=2)
    assert found.broken_called_working == Share(count=1, of=1)
    assert found.read == Share(count=1, of=2)
    assert [row.note for row in found.rows] == ["", "a plot", "", ""]
