"""Cut a text into sentences and those into clauses, so that a promise is not laid to the wrong link."""

from __future__ import annotations

from collections.abc import Iterator

from checker.papers.links.patterns import load_patterns

_PATTERNS = load_patterns("clauses")
_LOOK_AHEAD = 200


def split_sentences(masked: str) -> Iterator[tuple[int, int]]:
    """Give the places of the sentences of a text whose URLs are masked."""
    start = 0
    for match in _PATTERNS["sentence"].finditer(masked):
        dot = match.group()[:1] == "."
        if (
            dot
            and len(match.group().rstrip()) == 1
            and _PATTERNS["abbreviation"].search(masked[max(0, match.start() - 8) : match.start()])
        ):
            continue
        if masked[start : match.end()].strip():
            yield start, match.end()
        start = match.end()
    if masked[start:].strip():
        yield start, len(masked)


def split_clauses(masked: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the places of the clauses of one sentence.

    A comma or an `and` divides it only where both sides have a verb of their own, and the right one has it
    before its first URL: `code and data are at …` is one clause, `code is at …, data will follow` is two.
    """
    begin, seen, has_verb = start, start, False
    for joint in _PATTERNS["joint"].finditer(masked, start, end):
        has_verb = has_verb or bool(_PATTERNS["verb"].search(masked, seen, joint.start()))
        seen = joint.end()
        if not has_verb:
            continue
        if not joint.group().startswith(";") and not _begins_clause(masked, joint.end(), end):
            continue
        yield begin, joint.start()
        begin, has_verb = joint.end(), False
    yield begin, end


def _begins_clause(masked: str, start: int, end: int) -> bool:
    """Tell whether a clause begins here: with a subject of its own, or with a new verb and its object."""
    ahead = masked[start : min(end, start + _LOOK_AHEAD)]
    match = None if _PATTERNS["same_subject"].match(ahead) else _PATTERNS["own_verb"].search(ahead)
    return match is not None and match["url"] is None
