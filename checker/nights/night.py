"""A night: unique repositories out to the queue, results home one by one, saved as they come."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event
from typing import Protocol

from checker.core.rules import compute_rules_digest
from checker.core.values.base import Value
from checker.core.values.repositories import Probe, Target
from checker.core.values.results import Check, Progress
from checker.nights.crash_log import Begun
from checker.nights.jobs import Job, JobKind, Outcome, Queue
from checker.nights.targets import (
    CHECKABLE,
    keep_conclusive,
    make_canonical_key,
    make_failed_check,
    make_unchecked,
    rename_check,
)
from checker.store import Run, RunState, Store

PROBES_IN_FLIGHT = 16
COLLECT_SECONDS = 0.25


class NightOptions(Value):
    """How a night is run: how long a result stays fresh, how often an inconclusive check is tried again.

    The wait before try n is `backoff` seconds times 2 to the power n - 2.
    """

    fresh_for: timedelta = timedelta(days=7)
    tries: int = 3
    backoff: float = 20.0


class Watcher(Protocol):
    """Somebody who looks on: news of the workers, and every check when it is saved."""

    def __call__(self, news: Progress) -> None:
        """Take one line of news."""
        ...

    def finished(self, check: Check) -> None:
        """Take a check that has been saved."""
        ...

    def mistake(self, line: str, trace: str) -> None:
        """Take what went wrong in the checker itself, with its traceback."""
        ...


@dataclass
class _Entry:
    """One repository of the night, from first try to result; `aliases` moved here under other names."""

    target: Target
    tries: int = 0
    not_before: float = 0.0
    probe: Probe | None = None
    aliases: list[_Entry] = field(default_factory=list)

    @property
    def kind(self) -> JobKind:
        return JobKind.PROBE if self.probe is None else JobKind.BUILD


class Night:
    """One run of the checker over many repositories; `carry_out` returns when every one has a result.

    `stop` may be set from another thread or a signal handler: what is finished stays, the rest is left to
    the next run with the same inputs.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        queue: Queue,
        options: NightOptions | None = None,
        begun: Begun | None = None,
    ) -> None:
        """Make a night; `begun` tells of builds during which this process died, where it builds by itself."""
        self._store, self._run, self._queue, self._begun = store, run, queue, begun
        self._options = options or NightOptions()
        self._ready: dict[JobKind, deque[_Entry]] = {kind: deque() for kind in JobKind}
        self._later: list[_Entry] = []
        self._out: dict[str, _Entry] = {}
        self._canonical: dict[str, _Entry] = {}
        self._finished: dict[str, Check] = {}
        self._watcher: Watcher | None = None
        self.stop = Event()

    def carry_out(self, targets: Sequence[Target], watcher: Watcher) -> RunState:
        """Check all targets and save each result; those that the run holds already are not done again.

        Inconclusive checks of the run are tried again. Returns whether the run was finished or stopped.

        Raises:
            NetworkFailure: the broker has not answered for a long time.
            StorageFailure: a result could not be saved.

        """
        self._watcher = watcher
        done = keep_conclusive(self._store.load_checks(self._run))
        for check in done.values():
            self._finished.setdefault(make_canonical_key(check.target, check.probe), check)
        self._ready[JobKind.PROBE].extend(_Entry(target) for target in targets if target.key not in done)
        while not self.stop.is_set() and (self._out or self._later or any(self._ready.values())):
            self._turn(watcher)
        if self.stop.is_set():
            self._take(self._queue.collect(0))
            for entry in self._out.values():
                self._ended(entry)
        elif self._begun is not None:
            self._begun.clear()
        state = RunState.STOPPED if self.stop.is_set() else RunState.FINISHED
        self._store.finish_run(self._run, state=state)
        return state

    def _turn(self, watcher: Watcher) -> None:
        """Hand out what there is room for, and take what has come home."""
        self._wake()
        self._submit(JobKind.PROBE, PROBES_IN_FLIGHT)
        self._submit(JobKind.BUILD, self._queue.workers)
        self._take(self._queue.collect(COLLECT_SECONDS))
        for news in self._queue.take_news():
            watcher(news)

    def _wake(self) -> None:
        """Bring back what has waited long enough."""
        clock = time.monotonic()
        for entry in [e for e in self._later if e.not_before <= clock]:
            self._later.remove(entry)
            self._ready[entry.kind].append(entry)

    def _submit(self, kind: JobKind, window: int) -> None:
        """Hand out as many jobs of a kind as the window leaves room for."""
        room = window - sum(entry.kind is kind for entry in self._out.values())
        while room > 0 and (entry := self._next(kind)) is not None:
            name = f"{self._run.id}:{kind}:{entry.target.key}:{entry.tries}"
            if kind is JobKind.BUILD and self._begun is not None:
                self._begun.begin(entry.target.key)
            self._queue.submit(Job(id=name, kind=kind, target=entry.target, probe=entry.probe))
            self._out[name] = entry
            room -= 1

    def _next(self, kind: JobKind) -> _Entry | None:
        """Take what is to be handed out next, if anything is.

        Builds during which this process died come last and one by one, with no other beside them: so it shows
        which of them it dies of, and none is given up for its neighbour.
        """
        ready, building = self._ready[kind], [e for e in self._out.values() if e.kind is JobKind.BUILD]
        if kind is JobKind.PROBE or not ready or self._begun is None:
            return ready.popleft() if ready else None
        if any(self._deaths(entry) for entry in building):
            return None
        found = next((entry for entry in ready if not self._deaths(entry)), None if building else ready[0])
        if found is not None:
            ready.remove(found)
        return found

    def _deaths(self, entry: _Entry) -> int:
        return 0 if self._begun is None else self._begun.deaths(entry.target.key)

    # ------------------------------------------------------------ what comes home

    def _take(self, outcomes: Iterable[Outcome]) -> None:
        """Settle what has come home; of what was stopped half-way nothing is said."""
        for outcome in outcomes:
            if not self.stop.is_set() or (outcome.check is not None and not outcome.check.inconclusive):
                self._settle(outcome)

    def _settle(self, outcome: Outcome) -> None:
        """Take one result; an outcome that nobody waits for (delivered twice) is dropped."""
        entry = self._out.pop(outcome.job_id, None)
        if entry is None:
            return
        self._ended(entry)
        if outcome.trace and self._watcher is not None:
            self._watcher.mistake(f"{entry.target.repository}: {outcome.failure}", outcome.trace)
        if outcome.probe is not None:
            self._settle_probe(entry, outcome.probe)
        elif outcome.check is not None:
            self._settle_check(entry, outcome.check)
        else:
            self._settle_check(entry, make_failed_check(entry.target, entry.probe, outcome.failure, outcome.cause))

    def _ended(self, entry: _Entry) -> None:
        if entry.kind is JobKind.BUILD and self._begun is not None:
            self._begun.end(entry.target.key)

    def _settle_probe(self, entry: _Entry, probe: Probe) -> None:
        if not probe.conclusive and self._again(entry):
            return
        entry.tries = 0
        if probe.availability not in CHECKABLE:
            self._save(entry, make_unchecked(entry.target, probe))
            return
        entry.probe = probe
        if self._reuse(entry, probe) or self._give_up(entry, probe):
            return
        key = make_canonical_key(entry.target, probe)
        if key in self._finished:
            self._save(entry, rename_check(self._finished[key], entry.target, probe))
            return
        first = self._canonical.setdefault(key, entry)
        if first is entry:
            self._ready[JobKind.BUILD].append(entry)
        else:
            first.aliases.append(entry)

    def _reuse(self, entry: _Entry, probe: Probe) -> bool:
        """Let an earlier conclusive check count: same commit, same rules, and still fresh."""
        commit = entry.target.commit or probe.head_commit
        if commit is None or self._options.fresh_for <= timedelta(0):
            return False
        key = entry.target.repository.key
        fresh = self._store.find_fresh_check(key, commit, compute_rules_digest(), self._options.fresh_for)
        asked, done = entry.target, fresh.target if fresh else None
        if fresh is None or done is None or (asked.ref, asked.path) != (done.ref, done.path):
            return False
        if (fresh.target, fresh.probe.availability, fresh.probe.moved_to) == (
            entry.target,
            probe.availability,
            probe.moved_to,
        ):
            self._store.link_check(self._run, fresh)
            self._tell(fresh)
        else:
            self._save(entry, rename_check(fresh, entry.target, probe))
        return True

    def _give_up(self, entry: _Entry, probe: Probe) -> bool:
        """Leave a repository alone that this process died of as often as it may be tried."""
        deaths = self._deaths(entry)
        if deaths < self._options.tries:
            return False
        self._save(
            entry, make_failed_check(entry.target, probe, f"the checker died {deaths} times while it was at it")
        )
        return True

    def _settle_check(self, entry: _Entry, check: Check) -> None:
        if check.inconclusive and self._again(entry):
            return
        self._save(entry, check)
        if entry.probe is None:
            return
        if not check.inconclusive:
            self._finished[make_canonical_key(entry.target, entry.probe)] = check
        else:
            self._canonical.pop(make_canonical_key(entry.target, entry.probe), None)
        for alias in entry.aliases:
            if alias.probe is not None:
                self._save(alias, rename_check(check, alias.target, alias.probe))

    def _again(self, entry: _Entry) -> bool:
        """Put an entry back for another try, later; False when its tries are used up."""
        entry.tries += 1
        if entry.tries >= self._options.tries:
            return False
        entry.not_before = time.monotonic() + self._options.backoff * 2 ** (entry.tries - 1)
        self._later.append(entry)
        return True

    def _save(self, entry: _Entry, check: Check) -> None:
        check = check.model_copy(update={"target": entry.target})
        self._store.save_check(self._run, check)
        self._tell(check)

    def _tell(self, check: Check) -> None:
        if self._watcher is not None:
            self._watcher.finished(check)
