"""The newcomer's way and the checker's over the same repositories in one run: success and seconds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from checker.core.errors import CheckerError
from checker.core.settings import Settings
from checker.core.shares import Share
from checker.core.text import join_lines
from checker.core.values.base import Value
from checker.core.values.plans import Rung
from checker.core.values.repositories import Target
from checker.core.values.results import Check
from checker.hosts import open_host
from tools.bench.figures import Spread, ratio, spread
from tools.bench.funnel import PYTHON, Row, row_of
from tools.bench.kept import file_of, keep, load
from tools.bench.lists import Entry
from tools.bench.plain import plain_engine
from tools.bench.running import read_results, run_checker
from tools.bench.trial import Trial, try_repository

Say = Callable[[str], None]


class Ours(Value):
    """The checker's side. Wall seconds of the whole command, every way and every rung included.

    `cold`: nothing cached but interpreters and images; `warm`: again, with the downloads that are there now;
    `unchanged`: again, where the checker may see that nothing has changed.
    """

    row: Row
    cold: float
    warm: float
    unchanged: float


class Compared(Value):
    """One repository by both ways; `error` is why it could not be compared, `trial` None where it is no Python."""

    key: str
    repository: str
    ours: Ours | None = None
    trial: Trial | None = None
    error: str = ""


class Side(Value):
    """What one way reached, of the same repositories."""

    built: Share
    importable: Share
    names: Share
    answers: Share
    starts: Share
    cold: Spread | None
    warm: Spread | None
    unchanged: Spread | None


class Comparison(Value):
    """Both ways; ratios are medians of ours by the newcomer's, over repositories that both of them built."""

    newcomer: Side
    ours: Side
    both_built: int
    cold_ratio: float | None
    warm_ratio: float | None
    unchanged_ratio: float | None
    rows: tuple[Compared, ...]


def compare_all(entries: Iterable[Entry], mirror: Path, results: Path, settings: Settings, say: Say) -> Comparison:
    """Compare every repository, those that are kept from an earlier call excepted.

    Raises:
        UsageError: the mirror is no folder.

    """
    open_host(mirror=mirror)
    folder, rows = results / "newcomer", []
    for number, entry in enumerate(entries, 1):
        known = load(folder, entry.key, Compared)
        if known is None:
            say(f"{number}: {entry.slug}")
            known = _compare_kindly(entry, mirror, results, settings)
            if not known.error:
                keep(folder, entry.key, known)
        rows.append(known)
    return sum_up(rows)


def _compare_kindly(entry: Entry, mirror: Path, results: Path, settings: Settings) -> Compared:
    """Compare one repository; what goes wrong is said in its row, and tried again by the next call."""
    try:
        return compare(entry, mirror, results, settings)
    except CheckerError as error:
        return Compared(key=entry.key, repository=str(entry.target.repository), error=join_lines(str(error), 300))


def compare(entry: Entry, mirror: Path, results: Path, settings: Settings) -> Compared:
    """Check a repository three times with a home of its own, then try it as a newcomer."""
    home = file_of(results / "newcomer", entry.key).with_suffix(".home")
    shutil.rmtree(home, ignore_errors=True)  # of a call that was killed
    home.mkdir(parents=True, exist_ok=True)
    try:
        ours, check = _check(entry.target, mirror, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    made = Compared(key=entry.key, repository=str(entry.target.repository), ours=ours)
    if check.ecosystem != PYTHON or check.checkout is None:
        return made
    with TemporaryDirectory(prefix="checker-bench-") as name, plain_engine(settings) as engine:
        host = open_host(mirror=mirror)
        target = entry.target.model_copy(update={"commit": check.checkout.commit})
        host.checkout(target, host.probe(target.repository), Path(name))
        return made.model_copy(update={"trial": try_repository(Path(name), check.missing, engine)})


def _check(target: Target, mirror: Path, home: Path) -> tuple[Ours, Check]:
    """Run the public command cold, warm and unchanged."""
    line = (
        f"{target.repository}@{target.commit or target.ref}"
        if target.commit or target.ref
        else str(target.repository)
    )
    order = home / "repository.txt"
    order.write_text(f"{line}\n", encoding="utf-8")
    results, took = home / "results", []
    for fresh in (False, True, False):
        _, seconds = run_checker(
            [str(order)],
            mirror=mirror,
            results=results,
            jobs=1,
            fresh=fresh,
            quiet=True,
            env={"CHECKER_HOME": str(home / "home")},
        )
        took.append(seconds)
    key, check = next(iter(read_results(results).checks.items()))
    return Ours(row=row_of(key, check), cold=took[0], warm=took[1], unchanged=took[2]), check


# ---------------------------------------------------------------- counting


def sum_up(rows: Sequence[Compared]) -> Comparison:
    """Count both sides over the repositories that both ways tried."""
    pairs = [(row.ours, row.trial) for row in rows if row.ours is not None and row.trial is not None]
    both = [(ours, trial) for ours, trial in pairs if trial.built and ours.row.rungs[Rung.BUILT]]
    return Comparison(
        newcomer=_newcomers(pairs),
        ours=_ours(pairs),
        both_built=len(both),
        cold_ratio=_median(ratio(ours.cold, trial.cold + trial.trying) for ours, trial in both),
        warm_ratio=_median(ratio(ours.warm, trial.warm + trial.trying) for ours, trial in both),
        unchanged_ratio=_median(ratio(ours.unchanged, trial.warm + trial.trying) for ours, trial in both),
        rows=tuple(rows),
    )


Pairs = Sequence[tuple[Ours, Trial]]


def _newcomers(pairs: Pairs) -> Side:
    entered = [trial for ours, trial in pairs if ours.row.entry_point]
    trials = [trial for _, trial in pairs]
    return Side(
        built=_share(trial.built for trial in trials),
        importable=_share(trial.importable is True for trial in trials),
        names=Share(count=sum(len(t.names.found) for t in trials), of=sum(len(t.names.wanted) for t in trials)),
        answers=_share(trial.answers is True for trial in entered),
        starts=_share(trial.starts is True for trial in entered),
        cold=spread(trial.cold + trial.trying for trial in trials if trial.source),
        warm=spread(trial.warm + trial.trying for trial in trials if trial.source),
        unchanged=None,
    )


def _ours(pairs: Pairs) -> Side:
    rows = [ours.row for ours, _ in pairs]
    entered = [row for row in rows if row.entry_point]
    return Side(
        built=_share(row.rungs[Rung.BUILT] is True for row in rows),
        importable=_share(row.rungs[Rung.IMPORTABLE] is True for row in rows),
        names=Share(count=sum(len(r.names.found) for r in rows), of=sum(len(r.names.wanted) for r in rows)),
        answers=_share(row.rungs[Rung.ANSWERS] is True for row in entered),
        starts=_share(row.rungs[Rung.STARTS] is True for row in entered),
        cold=spread(ours.cold for ours, _ in pairs),
        warm=spread(ours.warm for ours, _ in pairs),
        unchanged=spread(ours.unchanged for ours, _ in pairs),
    )


def _share(held: Iterable[bool]) -> Share:
    found = list(held)
    return Share(count=sum(found), of=len(found))


def _median(values: Iterable[float | None]) -> float | None:
    found = spread(value for value in values if value is not None)
    return None if found is None else found.median
