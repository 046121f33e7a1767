"""Reads the traceback that a program printed itself after catching the exception that ended it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath

from checker.ecosystems.python.outcomes.run_report import Raised, StartReport

#: Lines that a program may still print after the traceback that it gave up with.
MOST_AFTER = 2

_TRACEBACK = "Traceback (most recent call last)"
_CHAINED = re.compile(
    r"^(?:During handling of the above exception, another exception occurred"
    r"|The above exception was the direct cause of the following exception):$",
    re.MULTILINE,
)

#: What the interpreter prints before the traceback of a destructor: the program had ended by then.
_IGNORED = re.compile(r"^Exception ignored in:? [^\n]*\n\Z", re.MULTILINE)

_FRAME = re.compile(r'^[ \t]*File "(?P<file>[^"\n]+)", line \d+', re.MULTILINE)
_PROGRESS = re.compile(r"\bit/s\b|\d%\||\dit \[|\bs/it\b")

#: The line of a printed traceback that names the exception.
_PRINTED = re.compile(
    r"^(?P<type>[A-Za-z_][\w.]*(?:Error|Exception|Interrupt|Failure|NotFound))\b:? ?(?P<message>.*)$", re.MULTILINE
)


def has_given_up_with_traceback(report: StartReport) -> bool:
    """Whether a program that exited with 0 ended by a traceback: it printed no more, or its script gave up."""
    return _TRACEBACK in report.errors[-4000:] and (not report.output.strip() or _is_caught_at_top(report))


def read_printed(errors: str) -> Raised | None:
    """Return the exception of the last traceback that was printed; None where it names none."""
    found = _PRINTED.search(errors.rpartition(_TRACEBACK)[2])
    return Raised(type=found["type"].rpartition(".")[2], message=found["message"]) if found else None


#: What Python calls the exceptions whose messages begin so; others are told by their text alone.
_TYPES = {
    "No module": "ModuleNotFoundError",
    "cannot import": "ImportError",
    "[Errno 2]": "FileNotFoundError",
    "[Errno": "OSError",
    "name '": "NameError",
    "'": "AttributeError",
    "module '": "AttributeError",
    "list index": "IndexError",
    "EOF when": "EOFError",
}


def read_message(said: str) -> Raised:
    """Return the exception whose message a program printed without its traceback."""
    kind = next((kind for begins, kind in _TYPES.items() if said.startswith(begins)), "TypeError")
    return Raised(type=kind, message=said)


def _is_caught_at_top(report: StartReport) -> bool:
    """Whether what ended the program was caught by its own script, which printed it last and gave up.

    A program that goes on after each of several errors prints several tracebacks, or more text after one.
    """
    tracebacks = report.errors.count(_TRACEBACK) - len(_CHAINED.findall(report.errors))
    before, _, last = report.errors.rpartition(_TRACEBACK)
    frame, said = _FRAME.search(last), _PRINTED.search(last)
    if tracebacks != 1 or frame is None or said is None or _IGNORED.search(before):
        return False
    after = [line for line in last[said.end() :].splitlines() if line.strip() and not _PROGRESS.search(line)]
    modules = (f"{word.rpartition('.')[2]}.py" for flag, word in pairwise(report.argv) if flag == "-m")
    scripts = {"__main__.py", *modules, *(PurePosixPath(word).name for word in report.argv)}
    return len(after) <= MOST_AFTER and PurePosixPath(frame["file"]).name in scripts
