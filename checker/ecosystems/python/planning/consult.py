"""Looks up on the index every requirement line that the next repair may add.

Repairing itself stays pure: the index's answers are part of the facts. Without an answer, the table is
trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from checker.core.tree import Tree
from checker.core.values.plans import Way
from checker.core.values.results import Attempt
from checker.ecosystems.python.distributions.table import find_distribution, find_forerunners, normalise
from checker.ecosystems.python.distributions.verification import Question, guess_distribution, judge
from checker.ecosystems.python.interpreter.pin_dates import date_of_pins
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.next_plan import make_context
from checker.ecosystems.python.planning.plan import GRACE
from checker.ecosystems.python.planning.resolver_input import (
    find_requirement,
    make_line,
    normalise_requirements,
)
from checker.ecosystems.python.repairs import lacks_parts, load_rules
from checker.ecosystems.python.survey import Survey, survey
from checker.ecosystems.python.tools import PythonTools, Query
from checker.judging.repair_engine import Part, Release, find_failure_text, plan_next_repair

#: Distributions that are looked up for one check; the rest is taken from the table unasked.
MOST_QUESTIONS = 40

#: How long the index is waited for at a time.
SECONDS = 20

#: Parts that are looked for in one check, and how long at a time: some fifteen files are looked into for each.
MOST_PARTS = 12
PART_SECONDS = 60


_IMPORTED = re.compile(r"No module named ['\"]?([A-Za-z_][\w.]*)")


def consult(tree: Tree, facts: Knowledge, attempts: Sequence[Attempt], toolbox: PythonTools) -> Knowledge:
    """Return the facts with the index's answers about what the next repair may need, each asked once."""
    seen = survey(tree)
    facts = _look_up_releases(_find_environment_date(facts, attempts[-1], toolbox), seen, attempts[-1], toolbox)
    facts = _look_up_parts(facts, seen, attempts[-1], toolbox)
    known = {(answer.module, answer.line) for answer in facts.answers}
    found = {(q.module, q.line): q for q in _list_questions(seen, facts, attempts[-1])}
    new = [found[key] for key in found if key not in known][: MOST_QUESTIONS - len(facts.answers)]
    if not new:
        return facts
    moment = facts.code_date + GRACE
    holdings = toolbox.look_up([question.query for question in new], as_of=moment, seconds=SECONDS)
    others = bool(attempts[-1].plan.indexes)
    answers = (judge(q, held, moment, other_indexes=others) for q, held in zip(new, holdings, strict=True))
    return facts.model_copy(update={"answers": (*facts.answers, *answers)})


def _find_environment_date(facts: Knowledge, last: Attempt, toolbox: PythonTools) -> Knowledge:
    """Find out how old the author's environment is, where an attempt lacks parts that another release has."""
    if facts.pinned_at is not None or not lacks_parts(last):
        return facts
    return facts.model_copy(update={"pinned_at": date_of_pins(last.plan, toolbox)})


def _look_up_releases(facts: Knowledge, seen: Survey, last: Attempt, toolbox: PythonTools) -> Knowledge:
    """Find out which versions are left of the distributions that the rules look up for this attempt's logs."""
    asked: dict[str, None] = {}

    def note(name: str) -> tuple[str, ...]:
        asked.setdefault(normalise(name))
        return dict(facts.releases).get(normalise(name), ())

    plan_next_repair(load_rules(), last, replace(make_context(seen, facts, last), versions=note))
    new = [name for name in asked if name not in dict(facts.releases)]
    if not new:
        return facts
    holdings = toolbox.look_up([Query(line=name) for name in new], as_of=facts.today, seconds=SECONDS)
    told = tuple((name, held.left) for name, held in zip(new, holdings, strict=True) if held is not None)
    return facts.model_copy(update={"releases": (*facts.releases, *told)})


def _look_up_parts(facts: Knowledge, seen: Survey, last: Attempt, toolbox: PythonTools) -> Knowledge:
    """Find out which releases have what this attempt's logs say that the installed ones lack."""
    asked: dict[Part, None] = {}

    def note(part: Part) -> Release | None:
        asked.setdefault(part)
        return dict(facts.found_releases).get(part)

    plan_next_repair(load_rules(), last, replace(make_context(seen, facts, last), release_with=note))
    known = dict(facts.found_releases)
    new = [part for part in asked if part not in known][: MOST_PARTS - len(known)]
    if not new:
        return facts
    found = toolbox.find_releases(new, seconds=PART_SECONDS)
    told = tuple((part, each.release) for part, each in zip(new, found, strict=True) if each is not None)
    return facts.model_copy(update={"found_releases": (*facts.found_releases, *told)})


def _list_questions(seen: Survey, facts: Knowledge, last: Attempt) -> Iterator[Question]:
    """Give the table's rows first, then the guesses."""
    guesses: list[Question] = []
    if last.plan.way is not Way.REPAIRED:
        for question in _ask_about_imports(seen, last):
            if question.guess:
                guesses.append(question)
            else:
                yield question
    yield from _ask_about_logs(seen, facts, last)
    yield from guesses


def _ask_about_imports(seen: Survey, last: Attempt) -> Iterator[Question]:
    """Ask about what the code imports and no specification covers."""
    python = last.plan.interpreter or "3.8"
    for wanted in sorted(
        seen.find_undeclared(python, normalise_requirements(seen, python).lines), key=lambda w: w.module
    ):
        for entry in wanted.distributions:
            if line := make_line(entry):
                for each in (line, *find_forerunners(entry.module)):
                    yield Question(module=entry.module, line=each, imports=wanted.imports)
        guess = guess_distribution(wanted.module) if not wanted.distributions and not wanted.python2 else None
        if guess is not None:
            yield Question(module=wanted.module, line=guess, imports=wanted.imports, guess=True)


def _ask_about_logs(seen: Survey, facts: Knowledge, last: Attempt) -> Iterable[Question]:
    """Ask about what the rules look up in the table for this attempt's logs, by letting them try."""
    asked: dict[str, Question] = {}
    imported = {
        name.partition(".")[0] for result in last.results for name in _IMPORTED.findall(find_failure_text(result))
    }

    def note(module: str) -> str | None:
        line, entry = find_requirement(module, facts.answers), find_distribution(module)
        if line is not None and entry is not None:
            asked.setdefault(
                entry.module, Question(module=entry.module, line=line, by_name=module not in imported)
            )
        return line

    plan_next_repair(load_rules(), last, replace(make_context(seen, facts, last), requirement_for=note))
    return asked.values()
