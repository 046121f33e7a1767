"""Selects the part of a log that says why a program stopped; separates a traceback's message from its frames."""

from __future__ import annotations

import re

#: Characters of a log line that are quoted as evidence.
QUOTE = 300

#: Last lines that are read where a program stopped without a traceback: earlier ones are progress, not the reason.
TAIL = 15

#: Characters at the end of a program's output that are searched.
RUNTIME_TEXT = 64 * 1024

_TRACEBACK = "Traceback (most recent call last):"
_CHAINS = re.compile(r"\n[^\n]*(?:direct cause of the following exception|During handling of the above exception)")
_WRAPPERS = re.compile(
    r"(?:CalledProcessError|ChildFailedError|ProcessRaisedException|ProcessExitedException|DataLoader worker"
    r"|CellExecutionError|InstantiationException|SystemExit)\b"
)
_UV_WARNING = re.compile(r"^warning: [^\n]*\n(?:  cause: [^\n]*\n|         [^\n]*\n)*", re.MULTILINE)
_RETRIES = re.compile(
    r"^\s{0,40}(?:WARNING: Retrying \(Retry\(total=[1-9]|npm (?:WARN|warn) |W: )[^\n]*\n", re.MULTILINE
)
_FRAMES = re.compile(rf"{re.escape(_TRACEBACK)}\n(?:[ \t][^\n]*\n|\n)*")


def strip_warnings(log: str) -> str:
    """Return a log without warnings and retries: a tool that went on was not stopped by what it warned about."""
    return _RETRIES.sub("", _UV_WARNING.sub("", log))


def strip_frames(text: str) -> str:
    """Return a text without the frames and source lines of its tracebacks: the exceptions' messages remain."""
    return _FRAMES.sub("", text)


def select_telling_texts(log: str) -> tuple[str, ...]:
    """Return the texts that explain why a program stopped, most informative first.

    That is the last traceback, then the chain it belongs to; where the last one only reports that a child
    failed, all tracebacks; without any, the last lines.
    """
    log = log[-RUNTIME_TEXT:]
    start = log.rfind(_TRACEBACK)
    if start < 0:
        return ("\n".join(log.rstrip().splitlines()[-TAIL:]) + "\n",)
    texts = [log[start:]]
    chained = start
    while (found := _find_chained(log, chained)) >= 0:
        chained = found
    if chained != start:
        texts.append(log[chained:])
    if _WRAPPERS.search(log, start):
        texts = [*texts[1:], log[log.find(_TRACEBACK) :], texts[0]]
    return tuple(texts)


def _find_chained(log: str, start: int) -> int:
    """Return where the traceback begins that the one at `start` is chained to, or -1."""
    previous = log.rfind(_TRACEBACK, 0, start)
    return previous if previous >= 0 and _CHAINS.search(log, previous, start) else -1
