"""A night over a queue that plays what the test wants: what is handed out, tried again, united and saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from small_world import Notebook

from checker import __version__
from checker.core.rules import compute_rules_digest
from checker.core.values.base import now
from checker.core.values.papers import Paper
from checker.core.values.plans import Rung
from checker.core.values.repositories import Availability, Checkout, Probe, RepositoryId, Target
from checker.core.values.results import Check, Progress, Verdict
from checker.nights.crash_log import Begun
from checker.nights.jobs import Job, JobKind, Outcome
from checker.nights.night import Night, NightOptions
from checker.nights.targets import keep_conclusive, make_canonical_key, make_failed_check, unite
from checker.papers.links import read_paper
from checker.store import Run, RunState, Store

QUICK = NightOptions(backoff=0.0)
COMMIT = "ab" * 20

Answer = Callable[[Job], Outcome | None]


def target(slug: str, commit: str | None = None) -> Target:
    owner, name = slug.split("/")
    return Target(repository=RepositoryId(owner=owner, name=name), commit=commit)


def probe(job: Job, availability: Availability = Availability.AVAILABLE, **facts: object) -> Outcome:
    known = {"head_commit": COMMIT, **facts}
    said = Probe(repository=job.target.repository, availability=availability, answered_by="test", **known)
    return Outcome(job_id=job.id, probe=said)


def check(job: Job, *, inconclusive: bool = False, commit: str = COMMIT) -> Outcome:
    assert job.probe is not None
    checkout = Checkout(
        repository=job.target.repository, commit=job.target.commit or commit, committed_at=now(), code_date=now()
    )
    verdict = Verdict(reached=None if inconclusive else Rung.RUNS, inconclusive=inconclusive)
    made = Check(
        target=job.target,
        probe=job.probe,
        availability=job.probe.availability,
        checkout=checkout,
        verdict=verdict,
        checker_version=__version__,
        rules=compute_rules_digest(),
    )
    return Outcome(job_id=job.id, check=made)


def all_well(job: Job) -> Outcome:
    return probe(job) if job.kind is JobKind.PROBE else check(job)


class PlayedQueue:
    """Answers every job at once, as `answer` says; None means that it never comes home."""

    def __init__(self, answer: Answer = all_well, workers: int = 2, times: int = 1) -> None:
        self.workers = workers
        self.jobs: list[Job] = []
        self.most = 0
        self._answer, self._times = answer, times
        self._home: list[Outcome] = []
        self._out: set[str] = set()

    def submit(self, job: Job) -> None:
        self.jobs.append(job)
        if job.kind is JobKind.BUILD:
            self._out.add(job.id)
            self.most = max(self.most, len(self._out))
        if (outcome := self._answer(job)) is not None:
            self._home += [outcome] * self._times

    def collect(self, seconds: float) -> Iterable[Outcome]:
        home, self._home = self._home, []
        self._out -= {outcome.job_id for outcome in home}
        return home

    def take_news(self) -> Iterable[Progress]:
        return ()

    def built(self) -> list[str]:
        return [job.target.repository.slug for job in self.jobs if job.kind is JobKind.BUILD]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.sqlite") as store:
        yield store


def begin(store: Store) -> Run:
    return store.begin_run(date(2026, 1, 2), inputs=("list.txt",), checker_version=__version__)


def night(store: Store, queue: PlayedQueue, *targets: Target, options: NightOptions = QUICK) -> dict[str, Check]:
    run = begin(store)
    assert Night(store, run, queue, options).carry_out(targets, Notebook()) is RunState.FINISHED
    return store.load_checks(run)


def test_every_repository_gets_one_check(store: Store) -> None:
    queue = PlayedQueue()
    checks = night(store, queue, *(target(f"a/r{n}") for n in range(50)))
    assert len(checks) == 50
    assert len(queue.jobs) == 100
    assert queue.most <= queue.workers


def test_what_does_not_answer_is_not_built(store: Store) -> None:
    answers = {
        "a/gone": Availability.MISSING,
        "a/blocked": Availability.BLOCKED,
        "a/empty": Availability.EMPTY,
        "a/page": Availability.NOT_A_REPOSITORY,
    }
    queue = PlayedQueue(lambda job: probe(job, answers[job.target.repository.slug]))
    checks = night(store, queue, *map(target, answers))
    assert {c.target.repository.slug: c.availability for c in checks.values()} == answers
    assert queue.built() == []
    assert not any(c.inconclusive for c in checks.values())


def test_our_failure_is_tried_again_and_then_inconclusive(store: Store) -> None:
    queue = PlayedQueue(lambda job: probe(job, Availability.UNREACHABLE, detail="HTTP 503"))
    (found,) = night(store, queue, target("a/b")).values()
    assert len(queue.jobs) == QUICK.tries
    assert len({job.id for job in queue.jobs}) == QUICK.tries
    assert found.inconclusive
    assert found.cause is not None
    assert found.cause.name == "network"
    assert "HTTP 503" in found.cause.summary


def test_the_second_try_counts(store: Store) -> None:
    tries: list[str] = []

    def answer(job: Job) -> Outcome:
        tries.append(job.id)
        return probe(job) if job.kind is JobKind.PROBE else check(job, inconclusive=len(tries) < 3)

    (found,) = night(store, PlayedQueue(answer), target("a/b")).values()
    assert found.verdict.reached is Rung.RUNS
    assert len(tries) == 3


def test_tries_are_spaced_out(store: Store) -> None:
    queue = PlayedQueue(lambda job: probe(job, Availability.UNREACHABLE))
    begun = now()
    night(store, queue, target("a/b"), options=NightOptions(backoff=0.4))
    assert now() - begun >= timedelta(seconds=1)  # 0.4 + 0.8, in whole seconds


def test_a_worker_that_dies_every_time_is_given_up(store: Store) -> None:
    def answer(job: Job) -> Outcome:
        return probe(job) if job.kind is JobKind.PROBE else Outcome(job_id=job.id, failure="the worker died")

    queue = PlayedQueue(answer)
    (found,) = night(store, queue, target("a/killer")).values()
    assert len(queue.built()) == QUICK.tries
    assert found.inconclusive
    assert found.availability is Availability.AVAILABLE
    assert found.cause is not None
    assert found.cause.name == "checker"
    assert "the worker died" in found.cause.summary


def test_a_failure_keeps_its_cause() -> None:
    failed = make_failed_check(target("a/b"), None, "no engine", "engine")
    assert failed.inconclusive
    assert failed.cause is not None
    assert failed.cause.name == "engine"


def test_results_delivered_twice_count_once(store: Store) -> None:
    watcher = Notebook()
    run = begin(store)
    Night(store, run, PlayedQueue(times=3), QUICK).carry_out([target("a/b"), target("a/c")], watcher)
    assert len(watcher.checks) == 2
    assert len(store.load_checks(run)) == 2


def test_moved_repositories_are_built_once(store: Store) -> None:
    new = RepositoryId(owner="new", name="name")

    def answer(job: Job) -> Outcome:
        if job.kind is JobKind.BUILD:
            return check(job)
        if job.target.repository.owner == "new":
            return probe(job)
        return probe(job, Availability.MOVED, moved_to=new)

    queue = PlayedQueue(answer)
    names = ["old/name", "new/name", "older/name"]
    checks = night(store, queue, *map(target, names))
    assert len(queue.built()) == 1
    assert {key: c.availability for key, c in checks.items()} == {
        "github.com/old/name": Availability.MOVED,
        "github.com/older/name": Availability.MOVED,
        "github.com/new/name": Availability.AVAILABLE,
    }
    assert all(c.verdict.reached is Rung.RUNS for c in checks.values())
    assert all(key == c.target.repository.key for key, c in checks.items())


def test_a_fresh_result_is_used_again(store: Store) -> None:
    night(store, PlayedQueue(), target("a/b"))
    queue = PlayedQueue()
    (again,) = night(store, queue, target("a/b")).values()
    assert queue.built() == []
    assert again.verdict.reached is Rung.RUNS


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ({"head_commit": "cd" * 20}, QUICK),
        ({}, QUICK.model_copy(update={"fresh_for": timedelta(0)})),
    ],
)
def test_a_stale_result_is_not(store: Store, change: dict[str, str], options: NightOptions) -> None:
    night(store, PlayedQueue(), target("a/b"))

    def answer(job: Job) -> Outcome:
        return probe(job, **change) if job.kind is JobKind.PROBE else check(job)

    queue = PlayedQueue(answer)
    night(store, queue, target("a/b"), options=options)
    assert queue.built() == ["a/b"]


def test_a_result_that_other_rules_judged_is_not(store: Store) -> None:
    def judged_by_others(job: Job) -> Outcome:
        done = all_well(job)
        judged = done.check and done.check.model_copy(update={"rules": "0" * 12})
        return done.model_copy(update={"check": judged})

    night(store, PlayedQueue(judged_by_others), target("a/b"))
    queue = PlayedQueue()
    night(store, queue, target("a/b"))
    assert queue.built() == ["a/b"]


def test_an_inconclusive_result_is_never_used_again(store: Store) -> None:
    def unlucky(job: Job) -> Outcome:
        return probe(job) if job.kind is JobKind.PROBE else check(job, inconclusive=True)

    night(store, PlayedQueue(unlucky), target("a/b"))
    queue = PlayedQueue()
    (found,) = night(store, queue, target("a/b")).values()
    assert queue.built() == ["a/b"]
    assert not found.inconclusive


def test_a_fresh_result_under_a_pinned_commit_counts_for_that_target(store: Store) -> None:
    night(store, PlayedQueue(), target("a/b"))
    queue = PlayedQueue()
    checks = night(store, queue, target("a/b", COMMIT))
    assert queue.built() == []
    assert list(checks) == [f"github.com/a/b@{COMMIT}"]


def test_a_repository_that_moved_since_is_not_rebuilt_and_said_to_have_moved(store: Store) -> None:
    night(store, PlayedQueue(), target("a/b"))
    moved = RepositoryId(owner="a", name="c")
    queue = PlayedQueue(lambda job: probe(job, Availability.MOVED, moved_to=moved))
    (found,) = night(store, queue, target("a/b")).values()
    assert queue.built() == []
    assert found.availability is Availability.MOVED
    assert found.verdict.reached is Rung.RUNS


def test_a_stopped_night_goes_on_where_it_was(store: Store) -> None:
    run = begin(store)
    targets = [target(f"a/r{n}") for n in range(6)]
    queue = PlayedQueue(workers=1)
    first = Night(store, run, queue, QUICK)
    watcher = Notebook(on_finished=lambda check: first.stop.set() if len(watcher.checks) == 3 else None)
    assert first.carry_out(targets, watcher) is RunState.STOPPED
    assert store.find_unfinished_run(run.date, run.inputs) is not None
    kept = set(store.load_checks(run))
    assert 3 <= len(kept) < 6

    store.claim()
    rest = PlayedQueue()
    assert Night(store, run, rest, QUICK).carry_out(targets, Notebook()) is RunState.FINISHED
    assert len(store.load_checks(run)) == 6
    assert {job.target.repository.key for job in rest.jobs}.isdisjoint(kept)
    assert store.find_unfinished_run(run.date, run.inputs) is None


def test_what_could_not_be_told_is_tried_again_when_a_run_goes_on(store: Store) -> None:
    run = begin(store)
    store.save_check(run, make_failed_check(target("a/b"), None, "the engine was away", "engine"))
    Night(store, run, PlayedQueue(), QUICK).carry_out([target("a/b")], Notebook())
    (found,) = keep_conclusive(store.load_checks(run)).values()
    assert found.verdict.reached is Rung.RUNS


class Died(Exception):
    """Stands for the death of the process."""


def die_of(slug: str) -> Answer:
    def answer(job: Job) -> Outcome:
        if job.kind is JobKind.BUILD and job.target.repository.slug == slug:
            raise Died
        return all_well(job)

    return answer


def test_a_repository_that_the_process_dies_of_is_given_up(store: Store, tmp_path: Path) -> None:
    run, path = begin(store), tmp_path / "begun"
    targets = [target("a/killer"), target("a/other")]
    for _ in range(QUICK.tries):
        with pytest.raises(Died):
            Night(store, run, PlayedQueue(die_of("a/killer")), QUICK, Begun(path)).carry_out(targets, Notebook())
    queue = PlayedQueue(die_of("a/killer"))
    assert Night(store, run, queue, QUICK, Begun(path)).carry_out(targets, Notebook()) is RunState.FINISHED
    checks = store.load_checks(run)
    killer = checks["github.com/a/killer"]
    assert killer.inconclusive
    assert killer.cause is not None
    assert killer.cause.name == "checker"
    assert "died 3 times" in killer.cause.summary
    assert checks["github.com/a/other"].verdict.reached is Rung.RUNS
    assert not path.exists()


def test_stopping_in_good_order_is_no_death(store: Store, tmp_path: Path) -> None:
    run, path = begin(store), tmp_path / "begun"
    for _ in range(QUICK.tries + 1):
        silent = PlayedQueue(lambda job: probe(job) if job.kind is JobKind.PROBE else None)
        work = Night(store, run, silent, QUICK, Begun(path))
        threading.Timer(0.3, work.stop.set).start()
        assert work.carry_out([target("a/b")], Notebook()) is RunState.STOPPED
        assert silent.built() == ["a/b"]
        store.claim()


def test_unite_takes_every_spelling_once_and_keeps_pinned_commits() -> None:
    papers = [
        read_paper(Paper(id="1", title="One", abstract="Code: https://github.com/Some/Thing.")),
        read_paper(Paper(id="2", title="Two", abstract="Code: https://github.com/some/thing.git")),
        read_paper(
            Paper(id="3", title="Three", abstract=f"Code: https://github.com/some/thing/tree/{COMMIT}/code")
        ),
        read_paper(Paper(id="4", title="Four", abstract="Code: https://github.com/some/thing/tree/main")),
        read_paper(Paper(id="5", title="Five", abstract="See https://example.org/project")),
    ]
    found = unite(papers, [target("other/one")])
    assert [(t.repository.slug, t.commit) for t in found] == [
        ("other/one", None),
        ("Some/Thing", None),
        ("some/thing", COMMIT),
    ]


def test_a_link_to_main_is_the_repository_s_unless_main_is_another_branch() -> None:
    named = Target(repository=RepositoryId(owner="a", name="b"), ref="main", path="x")
    for branches, ref in (((), None), (("main", "dev"), "main")):
        found = Probe(
            repository=named.repository, availability=Availability.AVAILABLE, answered_by="git", branches=branches
        )
        assert make_canonical_key(named, found) == named.model_copy(update={"ref": ref}).key


def test_a_link_to_no_repository_is_no_target() -> None:
    (link,) = read_paper(Paper(id="1", title="One", abstract="See https://example.org/project")).links
    assert link.target is None
