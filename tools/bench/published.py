"""Measures repositories of published benchmarks as these do, in the environments that the checker made.

Tests are collected in the last one in which that went well already, else, like imports, in the one that holds
most of them: that of the verdict is the earliest way to the highest rung, where optional packages may be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from checker.check import Services
from checker.core.errors import CheckerError, Inconclusive
from checker.core.shares import Share
from checker.core.text import join_lines
from checker.core.values.base import Value
from checker.core.values.plans import Rung
from checker.core.values.results import Attempt, Check, StepResult
from checker.ecosystems.python.planning.steps import make_tools_step
from checker.ecosystems.python.planning.trial_steps import COLLECT
from checker.ecosystems.python.survey import survey
from tools.bench.figures import Spread, spread
from tools.bench.funnel import Row, row_of
from tools.bench.kept import keep, load
from tools.bench.lists import Entry
from tools.bench.measures import (
    COLLECTING,
    PYRIGHT_PINS,
    Benchmark,
    Measure,
    Outcome,
    c0_targets,
    collected,
    envbench_targets,
    missing_imports,
    pyright_files,
    pyright_steps,
)
from tools.bench.names import fullest
from tools.bench.reopen import Reopened, again, fetch, reopened

PYRIGHT_PYTHON = "3.11"
"""The image's own interpreter, which is always there."""

TARGETS = {Benchmark.ENVBENCH: envbench_targets, Benchmark.RESEARCHENVBENCH: c0_targets}


class Measured(Value):
    """A repository with its measures; `outcome` is what was published of it."""

    key: str
    repository: str
    benchmark: str
    outcome: str
    row: Row | None = None
    measures: tuple[Measure, ...] = ()
    error: str = ""


class Summary(Value):
    """One benchmark's measure over its repositories; those that could not be told of count as not holding.

    `holds` and `no_tests` are counted apart, `either` together; `names` are imported top-level names that pyright
    found, of all, where both numbers are known.
    """

    benchmark: Benchmark
    holds: Share
    no_tests: Share
    either: Share
    names: Share
    untold: int
    seconds: Spread | None


def measure_all(
    entries: Iterable[Entry],
    checks: Mapping[str, Check],
    services: Services,
    folder: Path,
    say: Callable[[str], None],
) -> tuple[Measured, ...]:
    """Measure every repository of a list, those that are kept from an earlier call excepted."""
    found = []
    for number, entry in enumerate(entries, 1):
        known = load(folder, entry.key, Measured)
        if known is None:
            say(f"{number}: {entry.slug}")
            known = measure_one(entry, checks.get(entry.key), services)
            if not known.error and all(m.outcome is not Outcome.UNTOLD for m in known.measures):
                keep(folder, entry.key, known)
        found.append(known)
    return tuple(found)


def measure_one(entry: Entry, check: Check | None, services: Services) -> Measured:
    """Measure one repository by its own benchmark, by all of them where the list names none."""
    made = Measured(
        key=entry.key, repository=str(entry.target.repository), benchmark=entry.benchmark, outcome=entry.outcome
    )
    wanted = [b for b in Benchmark if entry.benchmark in ("", b.value)]
    if check is None:
        return made.model_copy(update={"error": "never checked"})
    row = row_of(entry.key, check)
    made = made.model_copy(update={"row": row})
    why = f"{row.reached or row.availability}: {row.cause or ''}".rstrip(": ")
    if row.rungs[Rung.BUILT] is False or not check.attempts:
        outcome = Outcome.UNTOLD if check.inconclusive else Outcome.FAILS
        measures = [Measure(benchmark=b, outcome=outcome, detail=f"not installed: {why}") for b in wanted]
        return made.model_copy(update={"measures": tuple(measures)})
    try:
        if any(b in TARGETS for b in wanted):
            fetch(PYRIGHT_PINS, PYRIGHT_PYTHON, (), services)
        return made.model_copy(update={"measures": tuple(_measures(check, wanted, services))})
    except Inconclusive as error:
        untold = [Measure(benchmark=b, outcome=Outcome.UNTOLD, detail=join_lines(str(error), 300)) for b in wanted]
        return made.model_copy(update={"measures": tuple(untold)})
    except CheckerError as error:
        return made.model_copy(update={"error": join_lines(str(error), 300)})


def _measures(check: Check, wanted: Sequence[Benchmark], services: Services) -> Iterator[Measure]:
    """Open every environment once that a measure is taken in."""
    chosen = [(fullest(check) if benchmark in TARGETS else collecting(check), benchmark) for benchmark in wanted]
    for attempt, group in groupby(chosen, key=lambda pair: pair[0]):
        with reopened(check, attempt, services) as opened:
            yield from (_measure(benchmark, opened) for _, benchmark in group)


def collecting(check: Check) -> Attempt | None:
    """Return the last attempt in which tests were collected without an error, the fullest where none did."""
    for attempt in reversed(check.attempts):
        if any(result.step.name == COLLECT and result.passed for result in attempt.results):
            return attempt
    return fullest(check)


def _measure(benchmark: Benchmark, opened: Reopened) -> Measure:
    if not opened.installed:
        failed = next((r for r in opened.results if not r.passed), None)
        name = failed.step.name if failed else ""
        outcome = Outcome.UNTOLD if opened.ours else Outcome.FAILS
        return Measure(benchmark=benchmark, outcome=outcome, detail=f"not installed a second time: {name}")
    if benchmark not in TARGETS:
        return _collect(opened)
    targets = TARGETS[benchmark](opened.tree)
    if not targets:
        return Measure(
            benchmark=benchmark, outcome=Outcome.FAILS, detail="holds nothing that the measure looks at"
        )
    opened.box.write(pyright_files(targets))
    results: list[StepResult] = []
    for step in pyright_steps(PYRIGHT_PYTHON):
        results.append(opened.box.run(step))
        if not results[-1].passed and step.required:
            break
    scan = survey(opened.tree).scan
    imported = {item.module for item in scan.imports if not item.level and item.module}
    return missing_imports(benchmark, tuple(results), len(imported))


def _collect(opened: Reopened) -> Measure:
    """Add pytest where it is not there yet, and let it find the tests."""
    opened.box.run(again(make_tools_step(opened.plan, ("pytest",))))
    return collected(opened.box.run(COLLECTING))


def sum_up(rows: Sequence[Measured]) -> tuple[Summary, ...]:
    """Count each benchmark's measure over the repositories that it was taken of."""
    return tuple(summary for b in Benchmark if (summary := _sum(b, rows)) is not None)


def _sum(benchmark: Benchmark, rows: Sequence[Measured]) -> Summary | None:
    of = [row for row in rows if row.benchmark in ("", benchmark.value)]
    if not of:
        return None
    taken = [m for row in of for m in row.measures if m.benchmark is benchmark]
    holds = sum(m.outcome is Outcome.HOLDS for m in taken)
    empty = sum(m.outcome is Outcome.NO_TESTS for m in taken)
    counted = [m for m in taken if m.imported]
    imported = sum(m.imported or 0 for m in counted)
    missing = sum(min(len(m.missing), m.imported or 0) for m in counted)
    return Summary(
        benchmark=benchmark,
        holds=Share(count=holds, of=len(of)),
        no_tests=Share(count=empty, of=len(of)),
        either=Share(count=holds + empty, of=len(of)),
        names=Share(count=imported - missing, of=imported),
        untold=len(of) - sum(m.outcome is not Outcome.UNTOLD for m in taken),
        seconds=spread(row.row.seconds for row in of if row.row is not None),
    )
