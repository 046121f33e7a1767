"""Describes a check in two or three words: one table for site, Markdown, terminal and badge."""

from __future__ import annotations

from checker.core.values.base import Value
from checker.core.values.plans import Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Blame, Check, Tone


class Outcome(Value):
    """`label` stands in lists; `sentence` says the same in full, for a title or a screen reader."""

    tone: Tone
    label: str
    sentence: str


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
FAILS = Outcome(
    tone=Tone.BAD,
    label="fails",
    sentence="It could not be built, neither as published nor at its date nor repaired.",
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
        "An entry point works until it ends, or stops for data, weights, credentials or a GPU",
    ),
    Rung.RUNS: ("runs", "Its tests pass, or an example, command or notebook of its own runs to the end"),
}
_STRONG = frozenset({Rung.STARTS, Rung.RUNS})
_TIMES = {
    Way.AS_PUBLISHED: "as published, with the package index of today",
    Way.PERIOD: "with the package index as of the date of its code",
    Way.REPAIRED: "after listed repairs",
}


def find_outcome(check: Check | None) -> Outcome:
    """Return the outcome of a check; None means never checked.

    The first that fits: not checked; inconclusive; no code; stopped below `built` by a limit of the
    check (beyond it); below `built` (fails); else the word of the rung with the way it was reached by.
    """
    if check is None:
        return NOT_CHECKED
    cause = check.cause or check.verdict.cause
    return choose_outcome(
        check.availability,
        check.verdict.reached,
        check.verdict.way,
        blame=cause.blame if cause else None,
        inconclusive=check.inconclusive,
    )


def choose_outcome(
    availability: Availability, reached: Rung | None, way: Way | None, *, blame: Blame | None, inconclusive: bool
) -> Outcome:
    """Return the outcome of a check from the columns that the store's tables hold."""
    if inconclusive:
        return INCONCLUSIVE
    if availability in _UNAVAILABLE:
        return _UNAVAILABLE[availability]
    if reached is None or reached not in _WORDS:
        return FAILS if blame in (None, Blame.REPOSITORY) else BEYOND
    return _describe_working(reached, way or Way.AS_PUBLISHED)


def _describe_working(reached: Rung, way: Way) -> Outcome:
    word, meaning = _WORDS[reached]
    sentence = f"{meaning}. Reached {_TIMES[way]}."
    if way is Way.REPAIRED:
        return Outcome(tone=Tone.REPAIRED, label="needs repairs", sentence=sentence)
    if way is Way.PERIOD:
        return Outcome(tone=Tone.DATED, label=f"{word} at its date", sentence=sentence)
    return Outcome(tone=Tone.GOOD if reached in _STRONG else Tone.WEAK, label=word, sentence=sentence)
