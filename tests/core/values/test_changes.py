"""What changed since the last night: told from a real store, never from what could not be told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import check_samples as samples
import pytest

from checker.core.values.changes import Change, ChangeKind, Changes, PackageChange, ReportOptions
from checker.core.values.papers import CodeStatus, LinkedPaper
from checker.core.values.plans import Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Attempt, Blame, Cause, Check
from checker.nights.compare import compare
from checker.nights.why_changed import compare_locks, explain_difference
from checker.store import SINGLE, Store

FIRST = date(2026, 3, 1)
REPOSITORY = "octo/lab"
OLD, NEW = "a" * 40, "b" * 40
TIME_OUT = Cause(name="time_out", blame=Blame.LIMIT, summary="It took longer than the limit")


class Nights:
    """Nights in a store of their own, one day after the other; `night` returns what changed."""

    def __init__(self, path: Path) -> None:
        self.store = Store.open(path)
        self.day = FIRST - timedelta(days=1)

    def night(
        self,
        *checks: Check,
        papers: tuple[LinkedPaper, ...] = (),
        options: ReportOptions | None = None,
        note: str = "",
    ) -> Changes:
        self.day += timedelta(days=1)
        run = self.store.begin_run(self.day, inputs=("papers",), checker_version="0.1.0")
        self.store.save_papers(run, papers)
        for check in checks:
            self.store.save_check(run, check)
        self.store.finish_run(run, note=note)
        options = options or ReportOptions()
        past = self.store.load_past(run, options.require)
        return compare(self.day, self.store.load_papers(run), self.store.load_checks(run), past, options)


@pytest.fixture
def nights(tmp_path: Path):
    made = Nights(tmp_path / "checker.sqlite")
    yield made
    made.store.close()


def working(
    *lock: str, commit: str = OLD, way: Way = Way.AS_PUBLISHED, reached: Rung = Rung.RUNS, **more: object
) -> Check:
    plan = samples.plan(way, "3.11", lock=lock)
    return at(commit, samples.good_attempt(way, reached, plan=plan), **more)


def broken(*lock: str, commit: str = OLD, **more: object) -> Check:
    attempt = samples.failed_attempt()
    return at(commit, attempt.model_copy(update={"plan": samples.plan(Way.AS_PUBLISHED, lock=lock)}), **more)


def at(commit: str, *attempts: Attempt, **more: object) -> Check:
    name = samples.repository(REPOSITORY)
    return samples.check(REPOSITORY, *attempts, **{"checkout": samples.checkout(name, commit=commit), **more})


def only(changes: Changes) -> Change:
    (change,) = changes.changes
    return change


# ---------------------------------------------------------------- broken and fixed


def test_nothing_is_new_on_the_first_night_and_nothing_changes_by_itself(nights: Nights) -> None:
    first = nights.night(*samples.every_kind(), papers=samples.papers())
    assert (first.since, first.changes, first.compared) == (None, (), 0)
    assert first.new == len(samples.every_kind()) - 1, "one inconclusive"
    second = nights.night(*samples.every_kind(), papers=samples.papers())
    assert (second.since, second.changes, second.new) == (FIRST, (), 0)
    assert second.compared == first.new and second.untold == first.untold >= 1


def test_another_commit_is_named_as_the_reason(nights: Nights) -> None:
    nights.night(working("numpy==1.26.4"))
    change = only(nights.night(broken("numpy==2.0.0", commit=NEW)))
    assert (change.kind, change.before, change.after) == (ChangeKind.NEWLY_BROKEN, "runs", "fails")
    assert (change.commit_before, change.commit_after, change.packages) == (OLD, NEW, ())
    assert "Another commit: aaaaaaaaaa → bbbbbbbbbb." in change.reason
    assert change.reason.endswith("It stops for this: A pinned version has no build for the Python that was used")
    fixed = only(nights.night(working(commit=OLD)))
    assert (fixed.kind, fixed.before, fixed.after) == (ChangeKind.NEWLY_FIXED, "fails", "runs")


def test_the_same_commit_with_another_index_names_the_packages(nights: Nights) -> None:
    nights.night(working("numpy==1.26.4", "Torch==2.1.0", "six==1.16.0"))
    change = only(nights.night(broken("numpy==2.0.0", "torch==2.1.0", "attrs==25.1")))
    assert change.packages == (
        PackageChange(name="numpy", before="1.26.4", after="2.0.0"),
        PackageChange(name="attrs", before=None, after="25.1"),
        PackageChange(name="six", before="1.16.0", after=None),
    )
    assert "The same commit, aaaaaaaaaa." in change.reason
    assert "Packages that differ: numpy 1.26.4 → 2.0.0, attrs none → 25.1, six 1.16.0 → none." in change.reason


def test_what_no_longer_resolves_is_said_so(nights: Nights) -> None:
    nights.night(working("numpy==1.26.4"))
    change = only(nights.night(broken()))
    assert change.packages == () and "No set of package versions was found this time." in change.reason


def test_the_checkers_own_version_and_the_interpreter_are_named(nights: Nights) -> None:
    nights.night(working("six==1"))
    after = broken("six==1", checker_version="0.2.0")
    plan = after.attempts[0].plan.with_(interpreter="3.12", system_packages=("libgl1",))
    change = only(
        nights.night(at(OLD, after.attempts[0].model_copy(update={"plan": plan}), checker_version="0.2.0"))
    )
    for words in (
        "Another interpreter: 3.11 → 3.12.",
        "Other system packages: +libgl1.",
        "Another version of the checker: 0.1.0 → 0.2.0.",
    ):
        assert words in change.reason


def test_where_nothing_that_is_recorded_differs_that_is_said() -> None:
    found = explain_difference(working("six==1"), broken("six==1"), Way.AS_PUBLISHED)
    plans = [attempt.plan for check in (working("six==1"), broken("six==1")) for attempt in check.attempts]
    assert plans[0].interpreter == plans[1].interpreter
    assert "Nothing that is recorded differs" in found.reason


def test_code_that_only_repairs_bring_back_is_newly_broken(nights: Nights) -> None:
    nights.night(working())
    mended = samples.good_attempt(Way.REPAIRED)
    change = only(nights.night(at(OLD, samples.failed_attempt(), mended)))
    assert (change.kind, change.before, change.after) == (ChangeKind.NEWLY_BROKEN, "runs", "needs repairs")


def test_one_way_may_break_under_the_same_label(nights: Nights) -> None:
    mended = samples.good_attempt(Way.REPAIRED)
    imports = samples.good_attempt(Way.AS_PUBLISHED, Rung.IMPORTABLE)
    nights.night(at(OLD, imports, mended))
    change = only(nights.night(at(OLD, samples.failed_attempt(), mended)))
    assert (change.before, change.after) == ("as published: imports", "as published: declares dependencies")


def test_rungs_beside_the_required_one_are_weaker_and_stronger(nights: Nights) -> None:
    nights.night(working())
    change = only(nights.night(working(reached=Rung.ANSWERS, commit=NEW)))
    assert (change.kind, change.before, change.after) == (ChangeKind.WEAKER, "runs", "shows usage")
    assert only(nights.night(working())).kind is ChangeKind.STRONGER
    required = ReportOptions(require=Rung.STARTS)
    change = only(nights.night(working(reached=Rung.ANSWERS, commit=NEW), options=required))
    assert change.kind is ChangeKind.NEWLY_BROKEN


# ---------------------------------------------------------------- what could not be told


def test_an_inconclusive_night_is_passed_over(nights: Nights) -> None:
    nights.night(working())
    silent = nights.night(samples.unreachable(REPOSITORY))
    assert (silent.changes, silent.untold, silent.compared) == ((), 1, 0)
    assert nights.night(working()).changes == ()
    nights.night(samples.unreachable(REPOSITORY))
    change = only(nights.night(broken(commit=NEW)))
    assert (change.kind, change.before_date) == (ChangeKind.NEWLY_BROKEN, FIRST + timedelta(days=2))


@pytest.mark.parametrize("blame", [Blame.LIMIT, Blame.CHECKER])
def test_a_limit_or_a_failure_of_ours_breaks_nothing(nights: Nights, blame: Blame) -> None:
    nights.night(working())
    cause = TIME_OUT.model_copy(update={"blame": blame})
    stopped = samples.failed_attempt().model_copy(update={"cause": cause})
    short = samples.good_attempt(reached=Rung.BUILT, cause=cause)
    for attempt in (stopped, short):
        assert nights.night(at(NEW, attempt)).changes == ()
    assert only(nights.night(broken(commit=NEW))).before == "runs"


def test_an_attempt_that_could_not_be_told_does_not_speak_for_its_way(nights: Nights) -> None:
    nights.night(
        at(OLD, samples.good_attempt(Way.AS_PUBLISHED, Rung.IMPORTABLE), samples.good_attempt(Way.PERIOD))
    )
    ours = samples.failed_attempt().model_copy(update={"inconclusive": True})
    assert nights.night(at(OLD, ours, samples.good_attempt(Way.PERIOD))).changes == ()


def test_runs_that_are_no_nights_and_nights_that_were_stopped_do_not_count(nights: Nights) -> None:
    nights.night(working())
    nights.night(broken(), note=SINGLE)
    assert only(nights.night(broken(commit=NEW))).before_date == FIRST


def test_a_night_that_is_begun_again_is_compared_with_the_day_before(nights: Nights) -> None:
    nights.night(working())
    first = nights.night(broken(commit=NEW))
    nights.day -= timedelta(days=1)
    assert nights.night(broken(commit=NEW)) == first


# ---------------------------------------------------------------- gone, there, moved


@pytest.mark.parametrize(
    "gone", [Availability.MISSING, Availability.BLOCKED, Availability.EMPTY, Availability.NO_CODE]
)
def test_code_that_is_gone_has_vanished_and_may_return(nights: Nights, gone: Availability) -> None:
    nights.night(working())
    change = only(nights.night(samples.unavailable(REPOSITORY, gone, detail="404: not\nfound")))
    assert change.kind is ChangeKind.VANISHED and change.key == "github.com/octo/lab"
    assert change.reason == "The host's answer: 404: not found"
    assert only(nights.night(working(commit=NEW))).kind is ChangeKind.RETURNED


def test_a_repository_that_answers_under_another_name_has_moved_once(nights: Nights) -> None:
    nights.night(samples.passing("octo/old-name"))
    change = only(nights.night(samples.moved()))
    assert (change.kind, change.before, change.after) == (ChangeKind.MOVED, "octo/old-name", "octo/new-name")
    assert nights.night(samples.moved()).changes == ()


def test_what_was_never_built_may_still_vanish(nights: Nights) -> None:
    unsupported = Cause(name="unsupported_language", blame=Blame.LIMIT, summary="No ecosystem")
    nights.night(at(OLD, cause=unsupported))
    assert only(nights.night(samples.unavailable(REPOSITORY, Availability.MISSING))).kind is ChangeKind.VANISHED


# ---------------------------------------------------------------- promises


def promising(
    *, promised: bool = True, status: CodeStatus | None = None, published: date | None = None
) -> LinkedPaper:
    made = samples.paper(1, REPOSITORY, status=status or (CodeStatus.PROMISED if promised else CodeStatus.LINKED))
    return made.model_copy(
        update={
            "links": (samples.link(made.paper.id, REPOSITORY, promised=promised),),
            "paper": made.paper.model_copy(update={"published": published}),
        }
    )


def test_promised_code_that_appears_is_told_once(nights: Nights) -> None:
    nights.night(samples.no_code(REPOSITORY), papers=(promising(),))
    change = only(nights.night(working(), papers=(promising(promised=False),)))
    assert (change.kind, change.before, change.after) == (ChangeKind.PROMISE_KEPT, "no code", "runs")
    assert (change.subject, change.repository, change.paper_id) == (
        promising().paper.title,
        REPOSITORY,
        "2603.00001",
    )
    assert nights.night(working(), papers=(promising(promised=False),)).changes == ()


def test_a_promise_without_a_link_is_kept_when_the_paper_gives_one(nights: Nights) -> None:
    nights.night(papers=(samples.paper(1, status=CodeStatus.PROMISED),))
    change = only(nights.night(working(), papers=(samples.paper(1, REPOSITORY),)))
    assert (change.kind, change.before, change.key) == (
        ChangeKind.PROMISE_KEPT, "promised, without a link", "github.com/octo/lab",
    )  # fmt: skip
    assert nights.night(working(), papers=(samples.paper(1, REPOSITORY),)).changes == ()


def test_a_promise_is_overdue_after_the_days_that_are_set(nights: Nights) -> None:
    two = ReportOptions(promise_days=2)
    paper, bare = promising(), samples.paper(2, status=CodeStatus.PROMISED)
    bare = bare.model_copy(update={"paper": bare.paper.model_copy(update={"published": None})})
    missing = samples.unavailable(REPOSITORY, Availability.MISSING)
    for _ in range(2):
        assert nights.night(missing, papers=(paper, bare), options=two).changes == ()
    third = nights.night(missing, papers=(paper, bare), options=two)
    assert [(c.kind, c.days, c.repository) for c in third.changes] == [
        (ChangeKind.PROMISE_OVERDUE, 2, REPOSITORY), (ChangeKind.PROMISE_OVERDUE, 2, None),
    ]  # fmt: skip
    assert nights.night(samples.unreachable(REPOSITORY), papers=(paper,), options=two).changes == ()


def test_a_promise_ages_from_the_day_of_the_paper_where_that_is_known(nights: Nights) -> None:
    paper = promising(published=FIRST - timedelta(days=100))
    change = only(nights.night(samples.no_code(REPOSITORY), papers=(paper,)))
    assert (change.days, change.after) == (100, "not there after 100 days")


# ---------------------------------------------------------------- packages, order, size


def test_locks_are_compared_by_canonical_names_and_odd_lines_left_out() -> None:
    before = (
        "A_b==1.0",
        "direct @ https://example.org/direct-1.whl",
        "c==1 ; python_version < '3.9'",
        "c==2",
        "!?",
    )
    after = ("a-b==1.0", "direct @ https://example.org/direct-2.whl", "c==2")
    assert [(p.name, p.before, p.after) for p in compare_locks(before, after)] == [
        ("c", "1 or 2", "2"),
        ("direct", "https://example.org/direct-1.whl", "https://example.org/direct-2.whl"),
    ]


def test_changes_are_in_the_order_of_their_kinds_and_round_trip(nights: Nights) -> None:
    nights.night(working(), samples.passing("octo/a"), samples.passing("octo/b"), samples.failing("octo/c"))
    gone = [samples.unavailable(name, Availability.MISSING) for name in ("octo/b", "octo/a")]
    changes = nights.night(broken(commit=NEW), *gone, samples.passing("octo/c"))
    assert [(c.kind.value, c.subject) for c in changes.changes] == [
        ("newly_broken", "octo/lab"), ("vanished", "octo/a"), ("vanished", "octo/b"), ("newly_fixed", "octo/c"),
    ]  # fmt: skip
    assert changes.kinds == (ChangeKind.NEWLY_BROKEN, ChangeKind.VANISHED, ChangeKind.NEWLY_FIXED)
    assert Changes.model_validate_json(changes.model_dump_json()) == changes
    assert [c.target.key for c in (working(),)] == [changes.changes[0].key]


def test_hostile_text_ends_up_on_one_clean_line(nights: Nights) -> None:
    nights.night(samples.passing("octo/hostile"))
    for change in nights.night(samples.hostile()).changes:
        assert not {"\x1b", "\n", "\x00", "\u202e"} & set(change.reason)
