"""Says in words what a recipe rebuilds, what was changed for it, and what it leaves open."""

from __future__ import annotations

from collections.abc import Iterator

from checker.core.values.plans import BuildPlan, Evidence, Rung, Way
from checker.core.values.repositories import Checkout
from checker.core.values.results import Attempt, Check, Missing
from checker.reports.markdown import escape
from checker.reports.recipe.ground import list_submodules, list_unknown_packages
from checker.reports.recipe.quoting import write_code
from checker.reports.words import RUNG_WORDS

_HELD = {True: "yes", False: "no", None: "inconclusive"}
MOST_NAMED = 12

WAYS = {
    Way.AS_PUBLISHED: "The author's own files and instructions, with the package index as of the check.",
    Way.PERIOD: "The author's own files and instructions, with the package index as of the date of the code.",
    Way.REPAIRED: "The author's files with the repairs listed below.",
}


def list_rungs(attempt: Attempt) -> list[tuple[str, str]]:
    """Return each rung in words, and whether it held."""
    return [(RUNG_WORDS[r.rung], _HELD[r.holds]) for r in attempt.rungs]


def write_evidence(item: Evidence) -> str:
    """Return a claim and the place that bears it out, as Markdown."""
    quoted = f": {write_code(item.text, 200)}" if item.text.strip() else ""
    return f"{escape(item.claim, 200)} ({_place(item)}{quoted})"


def _place(item: Evidence) -> str:
    return write_code(item.source if item.line is None else f"{item.source}:{item.line}", 120)


def explain_interpreter(plan: BuildPlan) -> str:
    """Return why this interpreter was taken, as Markdown; '' where nothing says."""
    return write_evidence(plan.interpreter_evidence[0]) if plan.interpreter_evidence else ""


def describe_index_date(plan: BuildPlan, date: str) -> str:
    """Return what the index date was, in words."""
    if plan.cutoff is not None:
        return f"as of {plan.cutoff:%Y-%m-%d %H:%M} UTC"
    if plan.indexes:
        return "as of today: the specification names further indexes, which may tell no dates"
    return f"as of the check ({date})"


def list_uncovered(check: Check, checkout: Checkout, attempt: Attempt) -> Iterator[str]:
    """Yield what the recipe does not bring or does not fix, one line of Markdown each."""
    cause = check.verdict.cause
    if cause is not None and check.verdict.reached is not Rung.RUNS:
        hint = f" {escape(cause.hint, 300)}" if cause.hint else ""
        yield f"What stopped the check from getting higher: {escape(cause.summary, 300)}{hint}"
    yield from _list_left_behind(check, checkout)
    if unknown := list_unknown_packages(attempt):
        yield f"System packages that are wanted and that Debian does not have: {_join_names(unknown)}."
    yield "Data, weights, credentials and a GPU: the check had none."
    yield (
        "The base image, Debian's packages, build requirements and test tools have no hashes; the index date "
        "holds the last two still."
    )
    yield "Other processors: the locked versions were installed on the machine that checked."


def _list_left_behind(check: Check, checkout: Checkout) -> Iterator[str]:
    if check.missing:
        wanted = (_describe_missing(item) for item in check.missing[:MOST_NAMED])
        more = _count_more(len(check.missing))
        yield f"Used by the code and not in the repository: {', '.join(wanted)}{more}."
    brought = {source.path for source in list_submodules(check)}
    gone = tuple(s.path for s in checkout.submodules if s.path not in brought)
    if gone:
        yield f"Submodules that could not be had: {_join_names(gone)}."
    if checkout.left_out:
        names = tuple(item.path for item in checkout.left_out)
        yield f"Files that the check did without, because of their size or kind: {_join_names(names)}."


def _join_names(names: tuple[str, ...]) -> str:
    return ", ".join(write_code(name, 120) for name in names[:MOST_NAMED]) + _count_more(len(names))


def _count_more(count: int) -> str:
    return f" and {count - MOST_NAMED} more" if count > MOST_NAMED else ""


def _describe_missing(item: Missing) -> str:
    """Name what is missing and the first place that wants it."""
    place = f" (wanted by {_place(item.wanted_by[0])})" if item.wanted_by else ""
    return write_code(item.name, 120) + place
