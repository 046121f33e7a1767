"""Cut a text into sentences and those into clauses, so that a promise is not laid to the wrong link."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.papers.links.patterns import URL

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|cf|vs|fig|eq|sec|tab|ref|resp|approx|no|dr|prof)|\b[A-Z])\Z", re.IGNORECASE
)
_SENTENCE = re.compile(
    rf"[.!?]+[\"')\]}}”’»]*(?:\s+(?=[^a-z])|(?<=\.)\s*\Z)|\n[ \t]*\n\s*|[。！？]|(?<=[a-z){URL}])\.(?=[A-Z][a-z])"
)
_PAGES = r"(?:project|home|web)[ -]?(?:page|site)s?"
_LABELS = r"(?:codes?|data|dataset|demo|github|videos?|models)"
_JOINT = re.compile(
    r";\s*|,?\s+(?:and|while|but|whereas|although|though)\s+|,\s+"
    rf"|\s+(?=(?:{_PAGES}|{_LABELS})\s*:)",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|will|shall|can|could|may|has|have|had|be|been|releas\w+|open-?sourc\w+|provid\w+"
    r"|publish\w*|shar(?:e|es|ed|ing)|mak(?:e|es|ing)|made|present\w*|show\w*|propos\w+|introduc\w+|see|visit)\b|:\s*"
    + URL,
    re.IGNORECASE,
)
_OWN_VERB = re.compile(
    rf"(?P<url>{URL})|\b(?:is|are|was|were|will|shall|can|cannot|could|has|have|'ll)\b"
    rf"|\b(?:we|i)\s+(?:\w+ly\s+|also\s+)?[a-z]+|\A\s*(?:{_PAGES}|{_LABELS})\s*:",
    re.IGNORECASE,
)
_SAME_SUBJECT = re.compile(r"(?:will|shall|is|are|can|has|have)\s+(?:\w+\s+){0,2}?be(?:en)?\b", re.IGNORECASE)
_LOOK_AHEAD = 200


def split_sentences(masked: str) -> Iterator[tuple[int, int]]:
    """Give the places of the sentences of a text whose URLs are masked."""
    start = 0
    for match in _SENTENCE.finditer(masked):
        dot = match.group()[:1] == "."
        if (
            dot
            and len(match.group().rstrip()) == 1
            and _ABBREVIATION.search(masked[max(0, match.start() - 8) : match.start()])
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
    for joint in _JOINT.finditer(masked, start, end):
        has_verb = has_verb or bool(_VERB.search(masked, seen, joint.start()))
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
    match = None if _SAME_SUBJECT.match(ahead) else _OWN_VERB.search(ahead)
    return match is not None and match["url"] is None
