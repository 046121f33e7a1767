"""The measures of published benchmarks as Markdown; pure."""

from __future__ import annotations

from collections.abc import Sequence

from checker.core.shares import Share
from checker.reports.words import RUNG_WORDS, WAY_WORDS
from tools.bench.measures import Benchmark
from tools.bench.page import Cell, Verbatim, seconds, table, together
from tools.bench.published import Measured, Summary, sum_up

REFERENCE = {
    Benchmark.REPO2RUN: "86.0 % of 420, with a language model, about 11 minutes each",
    Benchmark.ENVBENCH: "27 of 329, with a language model",
    Benchmark.RESEARCHENVBENCH: "",
}
"""The best published figure; source: the benchmarks' own papers."""

WORDS = {
    Benchmark.REPO2RUN: "Repo2Run: tests collect",
    Benchmark.ENVBENCH: "EnvBench: installed, no missing import at the root",
    Benchmark.RESEARCHENVBENCH: "ResearchEnvBench C0: no missing import in its packages",
}


_EXPLAINED = (
    "Each measure is taken without network: tests are collected in the environment of the last attempt that "
    "collected them, else, like imports, in that of the one that holds most names; both are "
    "installed a second time from its lock. Pyright is the build of it that comes as a wheel with its own node; "
    "like the original it reports a missing import behind a guard too. ResearchEnvBench looks at what pyright's "
    "configuration names, else `src` and `tests`, else folders with an `__init__.py`. What is inconclusive "
    "counts as not holding."
)


def published_page(rows: Sequence[Measured], heading: str, *, lists: bool = True) -> str:
    """Return the whole section, with or without its times and lists of repositories."""
    summaries = sum_up(rows)
    listed = [_list(found.benchmark, rows) for found in summaries if lists]
    return together((heading, _summary(summaries), _times(summaries) if lists else "", *listed))


def _summary(summaries: Sequence[Summary]) -> str:
    head = (
        "measure",
        "holds",
        "no tests (exit code 5)",
        "together",
        "names found",
        "inconclusive",
        "published",
    )
    rows: list[tuple[Cell, ...]] = []
    for found in summaries:
        tests = found.benchmark is Benchmark.REPO2RUN
        apart: tuple[Cell, ...] = (
            (found.no_tests, found.either, None) if tests else (None, None, _or_none(found.names))
        )
        reference = Verbatim(REFERENCE[found.benchmark]) or None
        rows.append((Verbatim(WORDS[found.benchmark]), found.holds, *apart, found.untold, reference))
    return table(head, rows)


def _or_none(share: Share) -> Share | None:
    return share if share.of else None


def _times(summaries: Sequence[Summary]) -> str:
    head = ("seconds of a check", "median", "lower quartile", "upper quartile", "all together")
    return table(head, [(Verbatim(WORDS[s.benchmark]), *seconds(s.seconds)) for s in summaries])


def _list(benchmark: Benchmark, rows: Sequence[Measured]) -> str:
    head = ("repository", "measure", "why", "missing names", "rung", "way", "cause", "s", "published")
    found = [_line(row, benchmark) for row in rows if row.benchmark in ("", benchmark.value)]
    return together((f"{WORDS[benchmark]}:", table(head, found)))


def _line(row: Measured, benchmark: Benchmark) -> tuple[Cell, ...]:
    measure = next((m for m in row.measures if m.benchmark is benchmark), None)
    checked = row.row
    return (
        row.repository,
        measure.outcome.value if measure else "inconclusive",
        measure.detail if measure else row.error,
        ", ".join(measure.missing[:8]) if measure else None,
        RUNG_WORDS[checked.reached] if checked and checked.reached else None,
        WAY_WORDS[checked.way] if checked and checked.way else None,
        Verbatim(f"`{checked.cause}`") if checked and checked.cause else None,
        checked.seconds if checked else None,
        row.outcome,
    )
