"""Read what a clause says about code: that it is there, that it will be, that it is not given.

The words are those of abstracts: "code is available at", "will be made public upon acceptance", "we
open-source our toolkit". A clause about a data set alone says nothing about code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from checker.papers.links.patterns import PATTERNS, URL

#: Characters between a noun and what is said of it, at most; a clause is rarely longer.
WINDOW = 140

Span = tuple[int, int]


class Clause(NamedTuple):
    """A clause and what it says.

    `code`: it speaks of code; `future`: of something to come; `borrowed`: its links lead to other people's code.
    """

    start: int
    end: int
    code: bool = False
    future: bool = False
    claim: bool = False
    borrowed: bool = False

    @property
    def promise(self) -> bool:
        """Whether code is promised here."""
        return self.code and self.future


def read_clause(masked: str, start: int, end: int) -> Clause:
    """Say what the clause between two places of a text speaks of; URLs stand masked by `URL`."""
    if not PATTERNS["anything"].search(masked, start, end):
        return Clause(start=start, end=end)
    text = re.sub(rf"{URL}+", URL, masked[start:end]).lower().replace("\n", " ")
    if PATTERNS["not_given"].search(text):
        return Clause(start=start, end=end)
    if _is_borrowed(text):
        return Clause(start=start, end=end, borrowed=True)
    code, tools = tuple(_find_code_nouns(text)), tuple(m.span() for m in PATTERNS["our_tool"].finditer(text))
    future = bool(PATTERNS["future"].search(text))
    about_data = bool(PATTERNS["data"].search(text))
    label = bool(PATTERNS["label"].search(text))
    opened = bool(PATTERNS["opened"].search(text)) and not about_data
    opening = future and bool(PATTERNS["opening"].search(text)) and not about_data
    hosted = bool(PATTERNS["on_a_host"].search(text)) and (bool(code) or not about_data)
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


def _is_borrowed(text: str) -> bool:
    """Tell whether a clause gives the address of somebody else's code: `we use the implementation of Lee et al.`.

    What stands before the verb must be no code of the authors', and nothing after it theirs: "our code, based on
    the implementation of", "results can be reproduced using the code of".
    """
    url = text.find(URL)
    if url < 0 or PATTERNS["reproducing"].search(text):
        return False
    if PATTERNS["derived"].search(text):
        return True
    for verb in PATTERNS["works_with"].finditer(text, 0, url):
        words = text[max(verb.end(), url - WINDOW) : url]
        if PATTERNS["own"].search(words) or not PATTERNS["of_others"].search(words):
            continue
        before = text[max(0, verb.start() - WINDOW) : verb.start()]
        if not PATTERNS["code_noun"].search(before) and not PATTERNS["our_tool"].search(before):
            return True
    return False


def _find_code_nouns(text: str) -> Iterator[Span]:
    """Give the places of nouns that mean the authors' code, not hash codes or a data set of code."""
    for match in PATTERNS["code_noun"].finditer(text):
        before = text[max(0, match.start() - 40) : match.start()]
        if not PATTERNS["other_codes"].search(before) and not PATTERNS["about_code"].search(before):
            yield match.span()


def _is_there(text: str, code: tuple[Span, ...], tools: tuple[Span, ...]) -> bool:
    """Tell whether something says of one of the nouns that it is there, or gives its URL."""
    return any(
        PATTERNS["state"].search(text, end, end + WINDOW) or PATTERNS["before_url"].match(text, end, end + WINDOW)
        for _, end in code
    ) or any(PATTERNS["tool_state"].match(text, end, end + WINDOW) for _, end in tools)


def _says_authors_give(text: str, code: tuple[Span, ...], tools: tuple[Span, ...]) -> bool:
    """Tell whether the authors say that they give code: `we release the code`, `making our toolkit public`."""
    for verb in PATTERNS["giving"].finditer(text):
        before, reach = text[max(0, verb.start() - 30) : verb.start()], verb.end() + WINDOW
        if before.strip() and not PATTERNS["giver"].search(before):
            continue
        making = verb.group().startswith("ma")
        if making and not PATTERNS["made_public"].search(text, verb.end(), reach):
            continue
        opening = making or verb.group().startswith(("releas", "open", "publish"))
        if any(verb.end() <= start < reach for start, _ in (code + tools if opening else code)):
            return True
    return False


def _presents_own_tool(text: str) -> bool:
    """Tell whether the clause presents an open-source tool of the authors' own."""
    match = PATTERNS["open_tool"].search(text)
    if match is None or PATTERNS["borrowed"].search(text[max(0, match.start() - 20) : match.start()]):
        return False
    return bool(PATTERNS["presenting"].search(text, max(0, match.end() - 400), match.end()))
