"""Read what a clause says about code: that it is there, that it will be, that it is not given.

The words are those of abstracts: "code is available at", "will be made public upon acceptance", "we
open-source our toolkit". A clause about a data set alone says nothing about code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from checker.papers.links import patterns as words

WINDOW = 140
"""Characters between a noun and what is said of it, at most; a clause is rarely longer."""

Span = tuple[int, int]


class Clause(NamedTuple):
    """A clause and what it says. `code`: it speaks of code; `future`: of something to come."""

    start: int
    end: int
    code: bool = False
    future: bool = False
    claim: bool = False

    @property
    def promise(self) -> bool:
        """Whether code is promised here."""
        return self.code and self.future


def read_clause(masked: str, start: int, end: int) -> Clause:
    """Say what the clause between two places of a text speaks of; URLs stand masked by `URL`."""
    if not words.ANYTHING.search(masked, start, end):
        return Clause(start=start, end=end)
    text = re.sub(rf"{words.URL}+", words.URL, masked[start:end]).lower().replace("\n", " ")
    if words.NOT_GIVEN.search(text):
        return Clause(start=start, end=end)
    code, tools = tuple(_find_code_nouns(text)), tuple(m.span() for m in words.OUR_TOOL.finditer(text))
    future = bool(words.FUTURE.search(text))
    about_data = bool(words.DATA.search(text))
    label = bool(words.LABEL.search(text))
    opened = bool(words.OPENED.search(text)) and not about_data
    opening = future and bool(words.OPENING.search(text)) and not about_data
    hosted = bool(words.ON_A_HOST.search(text)) and (bool(code) or not about_data)
    claim = not future and (
        label
        or opened
        or hosted
        or _is_there(text, code, tools)
        or _says_authors_give(text, code, tools)
        or _presents_own_tool(text)
    )
    speaks = bool(code or tools or opened or opening or hosted or label)
    return Clause(start=start, end=end, code=speaks, future=future, claim=claim)


def _find_code_nouns(text: str) -> Iterator[Span]:
    """Give the places of nouns that mean the authors' code, not hash codes or a data set of code."""
    for match in words.CODE_NOUN.finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        if not words.OTHER_CODES.search(before) and not words.ABOUT_CODE.search(before):
            yield match.span()


def _is_there(text: str, code: tuple[Span, ...], tools: tuple[Span, ...]) -> bool:
    """Tell whether something says of one of the nouns that it is there, or gives its URL."""
    return any(
        words.STATE.search(text, end, end + WINDOW) or words.BEFORE_URL.match(text, end, end + WINDOW)
        for _, end in code
    ) or any(words.TOOL_STATE.match(text, end, end + WINDOW) for _, end in tools)


def _says_authors_give(text: str, code: tuple[Span, ...], tools: tuple[Span, ...]) -> bool:
    """Tell whether the authors say that they give code: `we release the code`, `making our toolkit public`."""
    for verb in words.GIVING.finditer(text):
        before, reach = text[max(0, verb.start() - 30) : verb.start()], verb.end() + WINDOW
        if before.strip() and not words.GIVER.search(before):
            continue
        making = verb.group().startswith("ma")
        if making and not words.MADE_PUBLIC.search(text, verb.end(), reach):
            continue
        opening = making or verb.group().startswith(("releas", "open", "publish"))
        if any(verb.end() <= start < reach for start, _ in (code + tools if opening else code)):
            return True
    return False


def _presents_own_tool(text: str) -> bool:
    """Tell whether the clause presents an open-source tool of the authors' own."""
    match = words.OPEN_TOOL.search(text)
    if match is None or words.BORROWED.search(text[max(0, match.start() - 20) : match.start()]):
        return False
    return bool(words.PRESENTING.search(text, max(0, match.end() - 400), match.end()))
