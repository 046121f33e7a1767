r"""Prepares shell text as authors publish it for the grammar: prompts, word processors' quotes, placeholders.

`$ python fit.py --data <path to data> \ # where it is` → `python fit.py --data X \`, with one private character
for the placeholder. Every row stays on its row, so that line numbers hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from checker.ecosystems.instructions.placeholders import hide_placeholders

#: Characters of one text that are read, and of one of its rows.
MAX_TEXT = 150_000
MAX_ROW = 8_000

#: Characters of a command's line that are kept as evidence.
MAX_RAW = 2_000

_PROMPT = re.compile(
    r"^\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]++:?[^$#\s]*+\s?[$#%]|\$(?!\{|[A-Z_][A-Z0-9_]*+(?:\s|$))|%(?=\s|pip\s|conda\s|mamba\s|uv\s)|>(?!>)|❯|➜|!(?=\w)|PS\s[^>]*>|[A-Za-z]:\\[^>\n]*>)\s*(?=\S)"
)
_PYTHON_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.(?=\s|$)|In \[\d*\]:)")
_ENVIRONMENT_PROMPT = re.compile(r"^\s*\((?:base|[\w.-]*env[\w.-]*)\)\s+(?=\S)")

# The end of a row that goes on, also with a comment behind the backslash: authors write it, no shell reads it.
_CONTINUED = re.compile(r"\\(?:\s+#.*|\s*)$")

_CUT_WORD = re.compile(r"[\w.=/:,}-]\\$")

# A comment behind a command, as people who write LaTeX have it.
_LATEX_COMMENT = re.compile(r"(?:^|\s)%\s+[A-Za-z]+\s+[A-Za-z]+\b[^\"']*$")
_APOSTROPHE = re.compile(r"(?<=[A-Za-z])'(?=[a-z])")
_DASHES = re.compile(r"(?<=\s)[\u2013\u2014](?=(?P<name>[A-Za-z][\w-]*))")
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})

#: Private characters for what the grammar would read otherwise than a person.
_SIGNS = {0xE001: ">", 0xE002: "<", 0xE003: "$", 0xE004: "'"}
_HIDDEN_SIGNS = {ord(">"): 0xE001, ord("<"): 0xE002}
_VERSION = re.compile(r"(?<=[\w\].*,])[<>]=(?=\s?\d)")
_BOUND = re.compile(r"(?<=[A-Za-z_\],\d])[<>](?=\d)")
_INSTALLS = re.compile(r"\b(?:install|add|create|update)\b")
_BARE_DOLLAR = re.compile(r"\$(?=[\s\\|/,.:;)%&<>=~^+\]]|$)")
_WORD_OF_USES = re.compile(
    r"(?<![^\s\"';|&()<>`$])[^\s\"';|&()<>`$]*\$[^\s\"';|&()<>`$]*(?:\$[^\s\"';|&()<>`$]*)+"
)
_USE = re.compile(r"\$([A-Za-z_]\w*(?!\w)|\d)(?=[^\s$])")
_BRACED = re.compile(r"\$\{(\w+)\}(?!\w)")
_UNREADABLE = re.compile("[\x00\ue000-\uf8ff\ud800-\udfff]")


@dataclass(frozen=True)
class ShellText:
    """Shell text that is ready to be parsed; `table` turns its private characters back into placeholders."""

    prepared: str
    written: tuple[str, ...]
    table: dict[int, str]
    start: int
    braced: frozenset[str] = frozenset()

    @cached_property
    def _logical(self) -> tuple[tuple[int, str], ...]:
        """For each row the first row of its logical line, and that line in one piece."""
        found: list[tuple[int, str]] = []
        rows = self.written
        at = 0
        while at < len(rows):
            end = at
            while end + 1 < len(rows) and is_continued(rows[end]) and not rows[end].lstrip().startswith("#"):
                end += 1
            pieces = [_CONTINUED.sub("", row).strip() for row in rows[at:end]]
            found += [(at, " ".join((*pieces, rows[end].strip())).strip()[:MAX_RAW])] * (end + 1 - at)
            at = end + 1
        return tuple(found)

    def locate_row(self, row: int) -> tuple[int, str]:
        """Return the number of the logical line around a row, as the author's file counts, and its text."""
        first, text = self._logical[min(row, len(self._logical) - 1)]
        return self.start + first, text

    def end_of_line(self, row: int) -> int:
        """Return the last row of the logical line that begins with or holds a row."""
        first = self._logical[row][0]
        while row + 1 < len(self._logical) and self._logical[row + 1][0] == first:
            row += 1
        return row

    def restore(self, text: str) -> str:
        """Put the placeholders back, and uses of variables as they were written."""
        text = text.translate(self.table) if self.table else text
        return _BRACED.sub(self._drop_braces, text) if self.braced else text

    def _drop_braces(self, match: re.Match[str]) -> str:
        return f"${match[1]}" if match[1] in self.braced else match[0]


def is_continued(line: str) -> bool:
    """Whether a line is continued by the next."""
    return _CONTINUED.search(line) is not None


def remove_prompt(line: str) -> str:
    """Return a line without the prompt in front of it."""
    return _PROMPT.sub("", _ENVIRONMENT_PROMPT.sub("", line, count=1), count=1).strip()


def prepare(text: str, *, start: int = 1, is_typed: bool) -> ShellText:
    """Prepare a text for the grammar; `is_typed`: it stands on a page, as somebody types it at a prompt."""
    rows = _UNREADABLE.sub("\ufffd", text[:MAX_TEXT].replace("\r", "")).split("\n")
    table = dict(_SIGNS)
    prepared: list[str] = []
    written: list[str] = []
    braced: set[str] = set()
    continued = False
    for row in rows:
        line = row[:MAX_ROW]
        if is_typed:
            line = _repair_typed(line, is_first=not continued)
        written.append(line)
        is_comment = line.lstrip().startswith("#")
        continued = is_continued(line) and not is_comment
        if not is_comment:
            line = _hide_signs(line)
            if line.count("$") > 1:
                line = _WORD_OF_USES.sub(lambda word: _add_braces(word, braced), line)
            line = hide_placeholders(_CONTINUED.sub(lambda _: "\\", line), table, is_typed=is_typed)
        prepared.append(line)
    _join_words(prepared)
    for at in range(len(prepared) - 1, -1, -1):  # a backslash at the end of the text continues nothing
        if prepared[at].strip():
            prepared[at] = prepared[at].removesuffix("\\")
            break
    return ShellText("\n".join(prepared) + "\n", tuple(written), table, start, frozenset(braced))


def _join_words(rows: list[str]) -> None:
    """Join the rows of a line in place where a backslash cuts a word in two; the rows after it are left empty."""
    at = 0
    while at < len(rows):
        end = at
        while end + 1 < len(rows) and rows[end].endswith("\\"):
            end += 1
        if any(_CUT_WORD.search(row) and not after[:1].isspace() for row, after in pairwise(rows[at : end + 1])):
            whole = "".join(row.removesuffix("\\") for row in rows[at:end]) + rows[end]
            rows[at : end + 1] = [whole[:MAX_ROW], *[""] * (end - at)]
        at = end + 1


def _repair_typed(line: str, *, is_first: bool) -> str:
    if _PYTHON_PROMPT.match(line):
        return ""
    if is_first:
        line = remove_prompt(line) if _PROMPT.match(line) or _ENVIRONMENT_PROMPT.match(line) else line
    line = _DASHES.sub(lambda dash: "--" if len(dash["name"]) > 1 else "-", line.translate(_QUOTES))
    if "%" in line and line.count('"') % 2 == 0:
        line = _LATEX_COMMENT.sub("", line)
    return _APOSTROPHE.sub("\u2019", line) if line.count("'") % 2 else line


def _hide_signs(line: str) -> str:
    """Hide what the grammar misreads: `numpy>=1.20` redirects nothing, and a `$` may stand for itself."""
    line = _VERSION.sub(lambda found: found[0].translate(_HIDDEN_SIGNS), line)
    if _INSTALLS.search(line):
        line = _BOUND.sub(lambda found: found[0].translate(_HIDDEN_SIGNS), line)
    return _BARE_DOLLAR.sub("\ue003", line).replace("\u2019", "\ue004")


def _add_braces(word: re.Match[str], braced: set[str]) -> str:
    """Write uses of variables after the first of a word as `${NAME}`: the grammar ends a word behind `$A/p/$B`."""
    first = word[0].index("$") + 1

    def with_braces(use: re.Match[str]) -> str:
        braced.add(use[1])
        return f"${{{use[1]}}}"

    return word[0][:first] + _USE.sub(with_braces, word[0][first:])
