"""Read what a clause says about code: that it is there, that it will be, that it is not given.

The words are those of abstracts: "code is available at", "will be made public upon acceptance", "we
open-source our toolkit". A clause about a data set alone says nothing about code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from checker.papers.links.patterns import PATTERNS, URL

#: Characters between a noun and what is said of it, at most; a clause is rarely longer.
WINDOW = 140

#: Characters between two links of one list, at most.
BETWEEN = 60

Span = tuple[int, int]


class Clause(NamedTuple):
    """A clause and what it says.

    `code`: it speaks of code; `future`: of something to come; `borrowed`: which of its links, counted from 0, lead
    to other people's code.
    """

    start: int
    end: int
    code: bool = False
    future: bool = False
    claim: bool = False
    borrowed: frozenset[int] = frozenset()

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
    urls = [match.start() for match in re.finditer(URL, text)]
    borrowed = frozenset(_find_borrowed(text, urls))
    if urls and len(borrowed) == len(urls):
        return Clause(start=start, end=end, borrowed=borrowed)
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
    return Clause(start=start, end=end, code=speaks, future=future, claim=claim, borrowed=borrowed)


def _find_borrowed(text: str, urls: list[int]) -> Iterator[int]:
    """Give the numbers of the links to somebody else's code: `we use the implementation of Lee et al.`.

    What stands before the verb must be no code of the authors', and nothing after it theirs: "our code, based on
    the implementation of", "results can be reproduced using the code of".
    """
    if not urls or PATTERNS["reproducing"].search(text):
        return
    numbers = {place: number for number, place in enumerate(urls)}
    for match in PATTERNS["derived"].finditer(text):
        if not PATTERNS["own"].search(match.group()):
            yield numbers[text.index(URL, match.start())]
    if _works_with_others(text, urls[0]):
        yield 0
        for number, (before, place) in enumerate(pairwise(urls), start=1):
            between = text[before:place]
            if len(between) > BETWEEN or PATTERNS["state"].search(between) or PATTERNS["own"].search(between):
                return
            yield number


def _works_with_others(text: str, url: int) -> bool:
    """Tell whether the words in front of a clause's first link say that it is somebody else's code."""
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
