"""Turns a failed attempt into the next plan: a table of rules, each a signature and a change of plan. Pure.

Invariants: every change is listed in the plan with its signature and the line that called for it; no repair is
made twice on the way to a plan, and their number is bounded, so that repairing always ends; one attempt tells
as many independent repairs as its logs hold, so that few attempts are needed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from checker.core.values.base import Value
from checker.core.values.edits import Edit
from checker.core.values.plans import BuildPlan, Evidence, Phase, Repair, Way
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.judging.failure_text import QUOTE, select_telling_texts, strip_warnings
from checker.judging.import_report import read_import_errors
from checker.judging.table import BUILDING

#: Repairs by logs that one plan may carry; what needs more is another program than the one that was published.
#:
#: What reading alone had added does not count: a large tree may import eighty packages that are named nowhere, and
#: one of them that does not build is no reason to leave the others out.
MOST = 40

#: The source of evidence that was read in what a step printed.
LOG = "log"

#: Repairs made at once: those that one attempt's logs call for.
BATCH = 12

#: Places of one log that one rule looks at.
HITS = 10

#: More digits than any version or line has: whoever prints them wants to see what a reader does with them.
_NO_NUMBER = re.compile(r"\d{60}")


class Part(Value):
    """What code asks of a distribution: a module, a name that the module binds, an argument that this name takes.

    `installed` is the version that lacks it.
    """

    distribution: str
    installed: str
    module: str
    name: str = ""
    argument: str = ""


class Release(Value):
    """A release that has a part: the one nearest to that which lacks it; `newer` than it, or older.

    `day` is the day of its upload (`2022-09-19`), '' where the index does not tell.
    """

    version: str
    newer: bool
    day: str = ""


def _find_no_release(part: Part) -> Release | None:
    return None


def _find_nothing(module: str) -> str | None:
    return None


def _list_nothing(name: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Context:
    """What rules may know besides the log; every field has an answer that claims nothing.

    `requirement_for` gives the PEP 508 line that brings a module, `versions` the releases of a distribution
    that an index has, `release_with` a release that has a part which the installed one lacks, `takes_from` the
    modules that the code imports a name from. `imported` are the distributions (normal names) that the code
    imports, `local_modules` the modules that it holds itself; `holds_python2`: some of its files are Python 2.
    """

    requirement_for: Callable[[str], str | None] = _find_nothing
    versions: Callable[[str], Sequence[str]] = _list_nothing
    release_with: Callable[[Part], Release | None] = _find_no_release
    takes_from: Callable[[str], Sequence[str]] = _list_nothing
    interpreters: tuple[str, ...] = ()
    imported: frozenset[str] = frozenset()
    local_modules: frozenset[str] = frozenset()
    holds_python2: bool = False
    pinned_at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A place where a rule's pattern matched."""

    match: re.Match[str]
    result: StepResult
    context: Context = field(default_factory=Context)

    def __getitem__(self, group: str) -> str:
        """Return the text of a named group, '' where it took no part."""
        return self.match.groupdict().get(group) or ""


#: A changed plan, and what was changed.
Change = tuple[BuildPlan, tuple[Edit, ...]]

#: Changes a plan, or returns None where that would change nothing.
Action = Callable[[BuildPlan, Found], Change | None]


@dataclass(frozen=True)
class Rule:
    """One row: in these phases, this signature calls for this change.

    Of the rules of one `group` only the first fires per attempt. A `fallback` fires only when no other rule
    does. `hint` is what the author can do so that nobody needs the repair.
    """

    name: str
    phases: frozenset[Phase]
    pattern: re.Pattern[str]
    action: Action
    hint: str
    group: str = ""
    fallback: bool = False


def plan_next_repair(rules: Sequence[Rule], attempt: Attempt, context: Context) -> BuildPlan | None:
    """Return the plan of an attempt with every repair that its logs call for, or None when no rule applies.

    Only fields of the plan change; the ecosystem writes its steps anew from them.
    """
    plan = attempt.plan
    for fallback in (False, True):
        chosen = [rule for rule in rules if rule.fallback is fallback]
        plan = _apply(chosen, attempt, plan, context)
        if plan is not attempt.plan:
            return plan.with_(way=Way.REPAIRED)
    return None


def _apply(rules: Sequence[Rule], attempt: Attempt, plan: BuildPlan, context: Context) -> BuildPlan:
    made = {(repair.name, repair.edits) for repair in plan.repairs}
    room = min(BATCH, MOST - sum(map(_is_from_log, plan.repairs)))
    groups: set[str] = set()
    for rule, found in _find_hits(rules, attempt.results, context):
        if room <= 0:
            break
        if rule.group in groups:
            continue
        change = rule.action(plan, found)
        if change is None or (rule.name, change[1]) in made:
            continue
        made.add((rule.name, change[1]))
        groups |= {rule.group} - {""}
        plan = change[0].with_(repairs=(*plan.repairs, _make_repair(rule, found, change[1])))
        room -= 1
    return plan


def _is_from_log(repair: Repair) -> bool:
    return any(evidence.source == LOG for evidence in repair.evidence)


def _find_hits(
    rules: Sequence[Rule], results: Sequence[StepResult], context: Context
) -> Iterator[tuple[Rule, Found]]:
    texts = [(result, find_failure_text(result)) for result in results if _is_worth_reading(result)]
    for rule in rules:
        for result, text in texts:
            if result.step.phase not in rule.phases or (rule.fallback and _is_extra(result)):
                continue
            for _, match in zip(range(HITS), rule.pattern.finditer(text), strict=False):
                if _NO_NUMBER.search(match[0]) is None:
                    yield rule, Found(match, result, context)


def _is_worth_reading(result: StepResult) -> bool:
    """Whether a result may call for a repair; an import step's report may, even where the step passed."""
    untold = (StepStatus.SKIPPED, StepStatus.ENGINE_ERROR)
    return result.status not in untold and (not result.passed or result.step.phase is Phase.IMPORT)


def _is_extra(result: StepResult) -> bool:
    """Whether a step only adds the checker's tools: an old environment is not changed for their sake."""
    return result.step.phase in BUILDING and not result.step.required


def find_failure_text(result: StepResult) -> str:
    """Return the text of a failed step: a build's log, a program's final output, an import report's errors."""
    if result.step.phase in BUILDING:
        return strip_warnings(result.log)
    if result.step.phase is Phase.IMPORT:
        return "\n".join(
            [*read_import_errors(result), *(() if result.passed else select_telling_texts(result.log))]
        )
    if result.step.phase is Phase.TEST:
        return result.log[-65536:]
    return "\n".join(select_telling_texts(result.log))


def _make_repair(rule: Rule, found: Found, edits: tuple[Edit, ...]) -> Repair:
    text = found.match.string
    start = text.rfind("\n", 0, found.match.start() + 1) + 1
    line = next((part for part in text[start:].split("\n", 3)[:3] if part.strip()), "")
    claim = f"{found.result.step.name} says so"
    return Repair(
        name=rule.name,
        signature=rule.pattern.pattern,
        evidence=(Evidence(claim=claim, source=LOG, text=line.strip()[:QUOTE]),),
        edits=edits,
        hint=rule.hint,
    )
