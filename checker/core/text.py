"""Text from outside made fit to be shown: no control characters, bounded, the telling line found."""

from __future__ import annotations

import re
from bisect import bisect_left

#: Variables with which programs print the same on every machine: in English, in plain text, in long lines.
PLAIN_OUTPUT = {"LC_ALL": "C.UTF-8", "LANGUAGE": "C", "COLUMNS": "400", "NO_COLOR": "1", "TERM": "dumb"}

#: Variables that overrule those.
FORCES_COLOR = ("FORCE_COLOR", "CLICOLOR_FORCE", "UV_COLOR")

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movements
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS and kin, to their end
    r"|\x1b[ -/]*[0-~]"  # other two-character sequences
    r"|\x9b[0-?]*[ -/]*[@-~]"
)

#: Control characters, and those that turn or hide text (Unicode TR 36 and TR 39 on spoofing).
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)

_TELLING = (
    re.compile(
        r"^(?:[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Warning))\b|^(?:error|fatal)\b|^E\s", re.IGNORECASE
    ),
    re.compile(r"\b(?:error|failed|fatal|not found|no such file|no solution)\b|[×✗]", re.IGNORECASE),
)
_WARNING = re.compile(r"warning", re.IGNORECASE)


def clean(text: str) -> str:
    """Remove terminal sequences, control and direction characters; keep line breaks and tabs."""
    text = _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", text)


def join_lines(text: str, limit: int | None = None) -> str:
    """Clean text and put it on one line, shortened to `limit` characters with an ellipsis."""
    line = " ".join(clean(text).split())
    if limit is not None and len(line) > limit:
        return line[: max(limit - 1, 0)].rstrip() + "…"
    return line


def cut_excerpt(text: str, limit: int) -> str:
    """Clean text and keep at most about `limit` characters of it: a little of its head, more of its tail."""
    text = clean(text)
    if len(text) <= limit:
        return text
    head, tail = limit // 4, limit - limit // 4
    left_out = len(text) - head - tail
    return f"{text[:head]}\n… {left_out:,} characters left out …\n{text[-tail:]}"


def find_telling_line(lines: list[str], quoted: str = "") -> int | None:
    """Return the index of the line that says why a step failed: the quoted one, else the last that names an error.

    A heuristic for display only: no verdict rests on it.
    """
    wanted = quoted.strip()
    if wanted:
        first = wanted.splitlines()[0]
        for index in range(len(lines) - 1, -1, -1):
            if first in lines[index]:
                return index
    for pattern in _TELLING:
        for index in range(len(lines) - 1, -1, -1):
            if pattern.search(lines[index].strip()) and not _WARNING.search(lines[index]):
                return index
    return next((i for i in range(len(lines) - 1, -1, -1) if lines[i].strip()), None)


def replace_half_characters(text: str) -> str:
    """Replace surrogates that stand alone by `?`: no file, command line or JSON can hold one."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


class LineNumbers:
    """Tells the line of a place in a text, for many places: each is found in the list of line breaks."""

    def __init__(self, text: str) -> None:
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def find(self, place: int) -> int:
        """Return the number of the line, from 1, that holds the character at a place."""
        return bisect_left(self._breaks, place) + 1
