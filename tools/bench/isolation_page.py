"""The cost of isolation as Markdown; pure."""

from __future__ import annotations

from collections.abc import Sequence

from tools.bench.isolation import Cost
from tools.bench.page import Cell, Verbatim, table, together

_EXPLAINED = (
    "The steps of the verified attempt, resolving excepted, replayed in turn in the sandbox (as the checker does "
    "it) and in plain containers (root, default capabilities and network, no limits, a writable copy of the "
    "cache), over the same warm download cache; from opening to removal. Medians, in brackets the quartiles."
)


def isolation_page(found: Sequence[Cost], heading: str) -> str:
    """Return the whole section."""
    head = (
        "repository",
        "packages",
        "torch",
        "check, isolated, s",
        "plain, s",
        "factor",
        "installing, isolated, s",
        "plain, s",
        "factor",
    )
    return together((heading, _EXPLAINED, table(head, [_line(cost) for cost in found]), _cache(found)))


def _line(cost: Cost) -> tuple[Cell, ...]:
    torch = cost.torch.partition("==")[2] if cost.torch else None
    return (
        cost.repository,
        cost.packages,
        torch,
        *_pair(cost, "whole"),
        *_pair(cost, "installing"),
    )


def _pair(cost: Cost, field: str) -> tuple[Cell, ...]:
    factor = cost.factor(field)
    return (
        _times(cost, "isolated", field),
        _times(cost, "plain", field),
        None if factor is None else Verbatim(f"{factor:.2f}"),
    )


def _times(cost: Cost, side: str, field: str) -> Cell:
    found = cost.spread(side, field)
    return None if found is None else Verbatim(f"{found.median:.1f} ({found.lower:.1f}–{found.upper:.1f})")


def _cache(found: Sequence[Cost]) -> str:
    tried = sum(cost.poisoned for cost in found)
    changed = sum(cost.changed for cost in found)
    said = f"Then a step in the sandbox overwrote the cache as it sees it ({tried} of {len(found)} times)"
    return f"{said}: {changed} files of the shared cache changed."
