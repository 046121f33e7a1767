"""Splits a line that is no shell by its grammar, as pages have them: `fit.py --size (224,224)`, an open quote."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

MAX_WORDS = 800
_KEYWORDS = frozenset({"if", "fi", "for", "done", "while", "case", "esac", "elif", "{", "}", "function"})
_SKIPPED = frozenset({"then", "do", "else"})


def split_loosely(line: str) -> Iterator[list[str]]:
    """Yield the words of each command of a line, without redirections; an open quote is closed at the end."""
    current: list[str] = []
    for word in [*_split(line.replace("\\\n", " ")), ";"]:
        if word not in _SKIPPED and set(word) - set("();|&"):
            current.append(word)
            continue
        kept = _drop_redirections(current)
        if kept and kept[0] not in _KEYWORDS:
            yield kept
        current = []


def _split(line: str) -> list[str]:
    line = re.sub(r"(?:^|\s)#.*$", "", line)
    for text in (line, line + '"', line + "'"):
        lexer = shlex.shlex(text, posix=True, punctuation_chars="();|&")
        lexer.whitespace_split = True
        lexer.commenters = ""
        try:
            return list(lexer)[:MAX_WORDS]
        except ValueError:
            continue
    return line.split()[:MAX_WORDS]


def _drop_redirections(words: list[str]) -> list[str]:
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif re.fullmatch(r"\d?>{1,2}|&>|<", word):
            skip = True
        elif not re.match(r"^(?:\d?>{1,2}|&>)\S", word):
            kept.append(word)
    return kept
