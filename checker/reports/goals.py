"""A check with respect to what is required of it: by that way, and in the words that every output uses."""

from __future__ import annotations

from checker.core.values.plans import Goal, Phase, Rung, Way
from checker.core.values.results import StepStatus
from checker.judging.wording import Outcome, Reach, choose_outcome, choose_reach
from checker.reports.document import RepositoryDocument, RepositoryEntry
from checker.reports.words import RUNG_WORDS

_BUILDING = frozenset({Phase.RESOLVE, Phase.INSTALL})
_BY = {
    Way.AS_PUBLISHED: "as published",
    Way.PERIOD: "as published or at its date",
    Way.REPAIRED: "by any way, repairs included",
}


def describe_goal(goal: Goal) -> str:
    """Return what is required in words: `imports, as published`."""
    return f"{RUNG_WORDS[goal.rung]}, {_BY[goal.way]}"


def read_reach(entry: RepositoryEntry, way: Way) -> Reach:
    """Return how far a check got by a way or an earlier one; of old documents what can be told."""
    if way in entry.by_way:
        return entry.by_way[way]
    if entry.way is None or entry.way in way.upto:
        return Reach(**{name: getattr(entry, name) for name in Reach.model_fields})
    rungs = entry.rungs_by_way.get(way, {})
    causes = [attempt.cause for attempt in entry.attempts if attempt.way in way.upto and attempt.cause]
    return Reach(
        reached=max((r for r in Rung if rungs.get(r)), key=lambda rung: rung.height, default=None),
        way=way,
        cause=causes[-1] if causes else None,
    )


def find_entry_outcome(entry: RepositoryEntry, goal: Goal) -> Outcome:
    """Return what is said of a written check with respect to a goal."""
    built = frozenset(
        attempt.way
        for attempt in entry.attempts
        if any(s.phase in _BUILDING and s.status is not StepStatus.SKIPPED for s in attempt.steps)
    )
    whole = read_reach(entry, Way.REPAIRED)
    return choose_outcome(entry.availability, choose_reach(read_reach(entry, goal.way), whole, goal), built)


def narrow(document: RepositoryDocument, goal: Goal) -> RepositoryDocument:
    """Return a check as the way that is asked for has it: rungs, cause and outcome; its attempts are all there."""
    reach = read_reach(document, goal.way)
    met = goal.is_met_by(reach.reached)
    untold = reach.inconclusive and not met
    told = {name: getattr(reach, name) for name in ("way", "cause", "cause_summary", "hint", "blame")}
    return document.model_copy(
        update={
            **told,
            "reached": None if untold else reach.reached,
            "way": None if untold else reach.way,
            "rungs": document.rungs_by_way.get(goal.way) or document.rungs,
            "inconclusive": untold,
            "outcome": find_entry_outcome(document, goal),
            "goal": goal,
            "goal_met": met,
        }
    )
