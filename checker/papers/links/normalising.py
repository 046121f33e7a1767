r"""Undo what typesetting, mark-up and copying do to a text, so that its links read as they were meant.

Everything here is one pass over the text: no pattern looks further than a few characters.
"""

from __future__ import annotations

import html
import re

_INVISIBLE = (0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF)
_INVISIBLE_RANGES = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2069), (0xFE00, 0xFE0F))
_SPACES = (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x0B, 0x0C)
_HYPHENS = (0x2010, 0x2011, 0x2212, 0xFE63, 0xFF0D)


def _build_table() -> dict[int, str | None]:
    """Characters to drop or to replace: invisible ones, odd spaces and hyphens, full-width letters.

    Full-width punctuation stays as it is: it ends a link.
    """
    table: dict[int, str | None] = dict.fromkeys(range(0x09))
    table |= dict.fromkeys(range(0x0E, 0x20))
    table |= dict.fromkeys(_INVISIBLE)
    for first, last in _INVISIBLE_RANGES:
        table |= dict.fromkeys(range(first, last + 1))
    table |= dict.fromkeys(_SPACES, " ")
    table |= dict.fromkeys(_HYPHENS, "-")
    table |= {0x2028: "\n", 0x2029: "\n\n", 0xFF0F: "/", 0xFF0E: ".", 0xFF3F: "_"}
    for first, last in ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A)):
        table |= {code: chr(code - 0xFEE0) for code in range(first, last + 1)}
    return table


_CHARACTERS = _build_table()

_REWRITES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\r\n?"), "\n"),
    (re.compile(r"：(?=//)"), ":"),
    (re.compile(r"(?<=[A-Za-z0-9])–(?=[A-Za-z0-9])"), "-"),
    (re.compile(r"<wbr ?/?>", re.IGNORECASE), ""),
    (re.compile(r"<br ?/?>|</?p>", re.IGNORECASE), "\n"),
    (re.compile(r"!\[[^\]\n]{0,200}\]\([^)\s]{0,500}\)"), " "),  # an image is not a link
    (re.compile(r"\\(?:textunderscore|_)(?:\{\})?"), "_"),
    (re.compile(r"\\(?:textasciitilde|~)(?:\{\})?|\$\\sim\$|\\sim(?![a-z])"), "~"),
    (re.compile(r"\\string(?=[_~#%&])"), ""),
    (re.compile(r"\\slash(?:\{\})?(?![a-z])"), "/"),
    (re.compile(r"\\(?:allowbreak|linebreak)(?:\{\})?(?![a-z])"), ""),
    (re.compile(r"\$([-_.~])\$"), r"\1"),
    (re.compile(r"\{([-_./:~])\}"), r"\1"),
    (re.compile(r"\\([%#&./:-])"), r"\1"),  # LaTeX, Markdown and JSON escapes
)

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def normalise(text: str) -> str:
    r"""Return the text without invisible characters, HTML entities and LaTeX or Markdown escapes.

    What remains reads the same to a person; `\_` has become `_`, `&amp;` has become `&`.
    """
    for _ in range(2):  # entities come escaped twice as often as not
        text = _ENTITY.sub(lambda match: html.unescape(match.group()), text)
    text = text.translate(_CHARACTERS)
    for pattern, replacement in _REWRITES:
        text = pattern.sub(replacement, text)
    return text
