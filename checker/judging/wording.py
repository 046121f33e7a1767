"""Describes a check in two or three words: one table for site, Markdown, terminal, JUnit and badge."""

from __future__ import annotations

from collections.abc import Collection

from checker.core.values.base import Value
from checker.core.values.plans import Goal, Phase, Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Blame, Check, StepStatus, Tone
from checker.judging.ladder import reach_verdict


class Outcome(Value):
    """`label` stands in lists and on the badge; `sentence` says it in full, for a title or a screen reader."""

    tone: Tone
    label: str
    sentence: str


class Reach(Value):
    """How far a check got by one way or an earlier one, and the cause where that ended.

    `reached` holds whatever is inconclusive above it.
    """

    reached: Rung | None = None
    way: Way | None = None
    inconclusive: bool = False
    blame: Blame | None = None
    cause: str | None = None
    cause_summary: str | None = None
    hint: str | None = None


NOT_CHECKED = Outcome(tone=Tone.UNCHECKED, label="not checked", sentence="This repository was not checked yet.")
INCONCLUSIVE = Outcome(
    tone=Tone.UNTOLD,
    label="inconclusive",
    sentence="The check did not come to a conclusion; that says nothing about the code.",
)
BEYOND = Outcome(
    tone=Tone.UNTOLD,
    label="not testable here",
    sentence="A limit of the check stopped it (language, GPU, time, memory); that says nothing about the code.",
)

NO_COMMIT = Outcome(
    tone=Tone.GONE,
    label="no such commit",
    sentence="The repository answers, and does not hold the commit, branch or tag that is named.",
)

_UNAVAILABLE = {
    Availability.MISSING: Outcome(
        tone=Tone.GONE, label="not found", sentence="The host knows no such public repository."
    ),
    Availability.BLOCKED: Outcome(
        tone=Tone.GONE, label="blocked", sentence="The host has blocked the repository."
    ),
    Availability.EMPTY: Outcome(tone=Tone.GONE, label="empty", sentence="The repository holds no commit."),
    Availability.NO_CODE: Outcome(
        tone=Tone.GONE, label="no code", sentence="The repository holds no source code."
    ),
    Availability.NOT_A_REPOSITORY: Outcome(
        tone=Tone.GONE, label="not a repository", sentence="The link does not lead to a repository."
    ),
    Availability.UNREACHABLE: INCONCLUSIVE,
}

_WORDS = {
    Rung.BUILT: ("builds", "Every installation step succeeds, but not every import is found"),
    Rung.IMPORTABLE: ("builds", "It installs, and every import of its code is found; no entry point answered"),
    Rung.ANSWERS: (
        "shows usage",
        "An entry point prints its usage, or its tests are collected; nothing was seen to run",
    ),
    Rung.STARTS: (
        "starts",
        "Its main program, or most of them, works until it ends, or stops for data, weights, credentials or a GPU",
    ),
    Rung.RUNS: ("runs", "Its main program, or most of them, runs to the end, or most of its tests pass"),
}
_STRONG = frozenset({Rung.STARTS, Rung.RUNS})
_TIMES = {
    Way.AS_PUBLISHED: "as published, with the package index of today",
    Way.PERIOD: "with the package index as of the date of its code",
    Way.REPAIRED: "after listed repairs",
}
_BUILDING = frozenset({Phase.RESOLVE, Phase.INSTALL})
_IN_VAIN = {Way.AS_PUBLISHED: "as published", Way.PERIOD: "at its date", Way.REPAIRED: "repaired"}


def find_outcome(check: Check | None, goal: Goal | None = None) -> Outcome:
    """Return the outcome of a check; None means never checked.

    The first that fits: not checked; inconclusive; no code; stopped below `built` by a limit of the
    check (beyond it); below `built` (fails); else the word of the rung with the way it was reached by.
    With a goal its way decides, and a later way only where it alone reaches the required rung.
    """
    if check is None:
        return NOT_CHECKED
    whole = find_reach(check, Way.REPAIRED)
    asked = whole if goal is None else find_reach(check, goal.way)
    return choose_outcome(check.availability, choose_reach(asked, whole, goal), find_built_ways(check))


def find_reach(check: Check, way: Way) -> Reach:
    """Return how far a check got by a way or an earlier one; the whole verdict where no other way was tried."""
    mine = [attempt for attempt in check.attempts if attempt.plan.way in way.upto]
    whole = not mine or len(mine) == len(check.attempts)
    verdict = check.verdict if whole else reach_verdict(mine)
    cause = (check.cause or verdict.cause) if whole else verdict.cause
    return Reach(
        reached=verdict.reached,
        way=verdict.way,
        inconclusive=not check.probe.conclusive or verdict.inconclusive,
        blame=cause.blame if cause else None,
        cause=cause.name if cause else None,
        cause_summary=cause.summary if cause else None,
        hint=(cause.hint or None) if cause else None,
    )


def choose_reach(asked: Reach, whole: Reach, goal: Goal | None) -> Reach:
    """Return which of two speaks for a check: how far it got by the way that is asked for, or by any."""
    if goal is None:
        return whole
    builds = asked.reached in _WORDS
    if goal.is_met_by(asked.reached) and (builds or whole.reached not in _WORDS):
        return asked.model_copy(update={"inconclusive": False})
    if asked.inconclusive:
        return asked
    if (whole.reached in _WORDS and not builds) or (
        goal.is_met_by(whole.reached) and not goal.is_met_by(asked.reached)
    ):
        return whole.model_copy(update={"inconclusive": False})
    return asked


def find_built_ways(check: Check) -> frozenset[Way]:
    """Return the ways by which something was installed, or at least tried to be."""
    return frozenset(
        attempt.plan.way
        for attempt in check.attempts
        if any(r.step.phase in _BUILDING and r.status is not StepStatus.SKIPPED for r in attempt.results)
    )


def choose_outcome(availability: Availability, reach: Reach, built: Collection[Way] | None = None) -> Outcome:
    """Return the outcome from the columns that the store's tables hold.

    `built` are the ways by which a build was tried; None where that is not known.
    """
    if reach.inconclusive:
        return INCONCLUSIVE
    if availability in _UNAVAILABLE:
        return _UNAVAILABLE[availability]
    if reach.reached is None and reach.cause == "commit_gone":
        return NO_COMMIT
    if reach.reached is None or reach.reached not in _WORDS:
        return _describe_failing(built) if reach.blame in (None, Blame.REPOSITORY) else BEYOND
    return _describe_working(reach.reached, reach.way or Way.AS_PUBLISHED)


def choose_exit_code(reach: Reach, outcome: Outcome, goal: Goal) -> int:
    """Return 0 where the goal is met, 3 where that could not be judged, else 1: what the outcome's word says."""
    if goal.is_met_by(reach.reached):
        return 0
    return 3 if outcome.tone is Tone.UNTOLD else 1


def _describe_failing(built: Collection[Way] | None) -> Outcome:
    """Say by which ways a build was tried in vain, and no more than that."""
    tried = [_IN_VAIN[way] for way in Way if built and way in built]
    if built is None:
        sentence = "It could not be built."
    elif not tried:
        sentence = "Nothing was built: the cause says why."
    elif len(tried) == 1:
        sentence = f"It could not be built {tried[0]}."
    else:
        sentence = f"It could not be built, neither {' nor '.join(tried)}."
    return Outcome(tone=Tone.BAD, label="fails", sentence=sentence)


def _describe_working(reached: Rung, way: Way) -> Outcome:
    word, meaning = _WORDS[reached]
    sentence = f"{meaning}. Reached {_TIMES[way]}."
    if way is Way.REPAIRED:
        return Outcome(tone=Tone.REPAIRED, label="needs repairs", sentence=sentence)
    if way is Way.PERIOD:
        return Outcome(tone=Tone.DATED, label=f"{word} at its date", sentence=sentence)
    return Outcome(tone=Tone.GOOD if reached in _STRONG else Tone.WEAK, label=word, sentence=sentence)
