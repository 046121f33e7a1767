"""Third-party names of a stored check: what its code imports, what was found, why the rest was not; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from pydantic import Field

from checker.core.values.base import Value
from checker.core.values.plans import Phase
from checker.core.values.results import Attempt, Check, Missing
from checker.ecosystems.python.distributions.table import Status, find_distribution
from checker.judging import ladder

ORDER = "imports.json"
"""The file of a plan that names what the import probe is to import."""

_NOT_FOUND = "not_found"
_NOT_ASKED = "skipped"
_OWN_KINDS = frozenset({"module_out_of_reach"})
_NOWHERE_KINDS = frozenset({"module", "module_case", "module_unknown"})

_BY_STATUS = {
    Status.CUDA: "toolchain",
    Status.OFF_INDEX: "out_of_reach",
    Status.PRIVATE: "nowhere",
    Status.NEVER: "nowhere",
}


class Names(Value):
    """Other people's modules, each dotted as the code names it.

    `wanted` are all; every one is in just one of: `found` (it is there, whether or not its import ends well),
    `nowhere` (never committed, published nowhere), `toolchain` (needs a GPU toolchain), `out_of_reach` (only where
    this machine does not reach), `missing` (all others, those of attempts that were never built included).
    `imported` are those of the found ones whose import ended well.
    """

    wanted: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    imported: tuple[str, ...] = ()
    nowhere: tuple[str, ...] = ()
    toolchain: tuple[str, ...] = ()
    out_of_reach: tuple[str, ...] = ()
    missing: tuple[str, ...] = Field(default=())

    @property
    def excused(self) -> int:
        """How many were not found for a reason that no installation here can mend."""
        return len(self.nowhere) + len(self.toolchain) + len(self.out_of_reach)


def verified(check: Check) -> Attempt | None:
    """Return the attempt that the verdict rests on; the last one where it rests on none."""
    return ladder.find_decisive_attempt(check) or (check.attempts[-1] if check.attempts else None)


def names_of(check: Check) -> Names:
    """Return the third-party names of a check, by the attempt that found most of them, the last of equals.

    That need not be the one that the verdict rests on: that one is the earliest way to the highest rung, and a
    repair that brings ten more modules may bring no rung.
    """
    attempt = fullest(check)
    return Names() if attempt is None else _names(attempt, check)


def fullest(check: Check) -> Attempt | None:
    """Return the attempt that found most third-party names, the last of equals; None where nothing was tried."""
    return max(reversed(check.attempts), key=lambda attempt: _weight(_names(attempt, check)), default=None)


def _weight(names: Names) -> tuple[int, int]:
    return len(names.found), len(names.wanted)


def _names(attempt: Attempt, check: Check) -> Names:
    return sort_names(wanted_of(attempt), report_of(attempt), check.missing)


def sort_names(wanted: Iterable[str], report: Mapping[str, str], missing: Iterable[Missing]) -> Names:
    """Sort names by what an import report (name → status) and the table of distributions say of them."""
    known = tuple(missing)
    found: dict[str, list[str]] = {field: [] for field in Names.model_fields}
    for name in dict.fromkeys(wanted):
        kind = _kind(name, report.get(name, _NOT_ASKED), known)
        if kind == "own":
            continue
        found["wanted"].append(name)
        found[kind].append(name)
        if report.get(name) == "ok":
            found["imported"].append(name)
    return Names(**{field: tuple(values) for field, values in found.items()})


def _kind(name: str, status: str, missing: tuple[Missing, ...]) -> str:
    if status not in (_NOT_FOUND, _NOT_ASKED):
        return "found"
    kinds = {m.kind for m in missing if concerns(m.name, name)}
    if kinds & _NOWHERE_KINDS:
        return "nowhere"
    if kinds & _OWN_KINDS:
        return "own"
    entry = find_distribution(name.partition(".")[0], name)
    return "missing" if entry is None else _BY_STATUS.get(entry.status, "missing")


def concerns(missing: str, name: str) -> bool:
    """Whether what a check lists as missing (`a.b`, `a.*`) and an imported name are about the same module."""
    missing = missing.removesuffix(".*")
    return missing == name or name.startswith(f"{missing}.") or missing.startswith(f"{name}.")


def wanted_of(attempt: Attempt) -> tuple[str, ...]:
    """Return the third-party names that an attempt's import probe was to import."""
    order = _object(dict(attempt.plan.files).get(ORDER, ""))
    rows = order.get("modules")
    rows = rows if isinstance(rows, list) else []
    return tuple(
        str(row["name"]) for row in rows if isinstance(row, dict) and row.get("name") and not row.get("own")
    )


def report_of(attempt: Attempt) -> dict[str, str]:
    """Return what became of each module, as the probe wrote it down: name → status. Hostile, so read with care."""
    texts = (text for r in attempt.results if r.step.phase is Phase.IMPORT for _, text in r.collected)
    found: dict[str, str] = {}
    for text in texts:
        rows = _object(text).get("modules")
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict) and isinstance(row.get("name"), str) and isinstance(row.get("status"), str):
                found[row["name"]] = row["status"]
    return found


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
