"""The funnel as Markdown; pure."""

from __future__ import annotations

from collections.abc import Sequence

from checker.core.values.plans import Rung, Way
from checker.reports.document import WayFunnel
from checker.reports.words import RUNG_WORDS, WAY_WORDS
from tools.bench.funnel import Alone, Measured, Row
from tools.bench.page import Cell, Verbatim, seconds, table, together

NAMES_SHOWN = 8

GOALS = (
    ("built", "built", "95 %"),
    ("names", "third-party names found", "95 %"),
    ("names_to_be_had", "the same, without names that nobody can install here", None),
    ("names_imported", "third-party names that really import", None),
    ("whole", "repositories without any other missing name", "85 %"),
    ("answers", "answers, of those with an entry point", "75 %"),
    ("starts", "starts, of those with an entry point", "65 %"),
    ("either", "answers or starts, of those with an entry point", None),
)
"""Field of `Goals`, its words, the goal."""


def funnel_page(measured: Measured, heading: str, *, lists: bool = True) -> str:
    """Return the whole section, with or without its list of repositories."""
    ends = (_causes(measured), _below(measured)) if lists else (_causes_in_a_line(measured),)
    return together((heading, _stages(measured), _ways(measured), _goals(measured), _times(measured), *ends))


def _stages(measured: Measured) -> str:
    funnel = measured.funnel
    stages: dict[str, Cell] = {
        "papers": funnel.papers or None,
        "links": funnel.links or None,
        "repositories": funnel.repositories,
        "available": funnel.available,
        "with code": funnel.code,
        "declared": funnel.declared,
        "tried": funnel.tried,
        "inconclusive": funnel.inconclusive,
    }
    return table(tuple(stages), [tuple(stages.values())])


def _ways(measured: Measured) -> str:
    """One table for both countings: up to a way, and by a way alone."""
    funnel, alone = measured.funnel, measured.alone
    up_to: tuple[WayFunnel, ...] = (funnel.as_published, funnel.period, funnel.repaired)
    head = ["", *(WAY_WORDS[way] for way in Way), *(f"{WAY_WORDS[way]}, alone" for way in Way)]
    first: tuple[Cell, ...] = ("tried", *[funnel.tried] * len(Way), *(_tried(alone, way) for way in Way))
    rows: list[tuple[Cell, ...]] = [first]
    for name in WayFunnel.model_fields:
        by = (getattr(alone[way].reached, name) if way in alone else 0 for way in Way)
        rows.append((RUNG_WORDS[Rung(name)], *(getattr(one, name) for one in up_to), *by))
    note = (
        "The first three columns count what their way or one before it reached; the last three what a way reached "
        "by itself, where it was tried: a later way is tried only where an earlier one left something to better."
    )
    return together((table(head, rows), note, finding(measured)))


def finding(measured: Measured) -> str:
    """Say in words what time did, and how much comes back by date alone and by repair."""
    funnel = measured.funnel
    if not funnel.tried:
        return ""
    said = [f"Of {funnel.tried} repositories with code:"]
    for name in ("built", "importable", "starts"):
        first, dated, all_ways = (
            getattr(way, name) for way in (funnel.as_published, funnel.period, funnel.repaired)
        )
        said.append(
            f"{first} {_VERBS[name]} as published today, {dated - first} more by the date alone, "
            f"{all_ways - dated} more by repair, {funnel.tried - all_ways} not at all;"
        )
    return " ".join(said).removesuffix(";") + "."


_VERBS = {"built": "build", "importable": "import everything", "starts": "start"}


def _tried(alone: dict[Way, Alone], way: Way) -> int:
    return alone[way].tried if way in alone else 0


def _goals(measured: Measured) -> str:
    rows = [(Verbatim(words), getattr(measured.goals, field), goal) for field, words, goal in GOALS]
    python = measured.goals.built.of
    note = (
        f"Of the {python} repositories whose main code is Python; an inconclusive one counts as not "
        "reached. Names are those of the attempt that found most. Brackets: Wilson's interval of 95 %."
    )
    return f"{table(('measure', 'reached', 'goal'), rows)}\n\n{note}"


def _times(measured: Measured) -> str:
    head = ("seconds a repository", "median", "lower quartile", "upper quartile", "all together", "wall")
    number = measured.seconds.number if measured.seconds else 0
    return table(head, [(f"whole check of {number} with code", *seconds(measured.seconds), measured.wall_seconds)])


def _causes(measured: Measured) -> str:
    causes = [(Verbatim(f"`{c.name}`"), c.blame.value, len(c.repositories)) for c in measured.causes]
    return together(("Where they stopped:", table(("cause", "whose", "repositories"), causes))) if causes else ""


def _causes_in_a_line(measured: Measured) -> str:
    causes = [f"`{c.name}` {len(c.repositories)}" for c in measured.causes]
    return f"Where they stopped: {', '.join(causes)}." if causes else ""


def _below(measured: Measured) -> str:
    below = [row for row in measured.rows if not _is_well(row)]
    head = f"Those that did not come as far as `starts` ({len(below)}), each with its cause:"
    return together((head, _list(below))) if below else ""


def _is_well(row: Row) -> bool:
    return row.rungs[Rung.STARTS] is True or row.rungs[Rung.RUNS] is True


def _list(rows: Sequence[Row]) -> str:
    head = ("repository", "reached", "way", "cause", "names found", "not found", "s")
    return table(head, [_line(row) for row in sorted(rows, key=_height)])


def _height(row: Row) -> tuple[int, str]:
    return (-1 if row.reached is None else row.reached.height, row.key)


def _line(row: Row) -> tuple[Cell, ...]:
    reached = "inconclusive" if row.inconclusive else RUNG_WORDS[row.reached] if row.reached else row.availability
    way = WAY_WORDS[row.way] if row.way else None
    names = row.names
    found = Verbatim(f"{len(names.found)} of {len(names.wanted)}") if names.wanted else None
    cause = Verbatim(f"`{row.cause}`") if row.cause else None
    return (row.repository, reached, way, cause, found, absent(row), row.seconds)


def absent(row: Row) -> str:
    """Name what was not found, the names that speak against us first, each kind by its word."""
    kinds = (
        ("", row.names.missing),
        ("GPU toolchain: ", row.names.toolchain),
        ("out of reach: ", row.names.out_of_reach),
        ("exists nowhere: ", row.names.nowhere),
    )
    return "; ".join(f"{word}{_few(names)}" for word, names in kinds if names)


def _few(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
