"""Recognises usage messages, calls that a parser refuses, and programs that print that arguments are missing."""

from __future__ import annotations

import re

from checker.ecosystems.python.outcomes.run_report import StartReport

#: What click and argparse say of a path among the arguments that is not there: the call was complete.
_ABSENT_VALUE = re.compile(
    r"[Ii]nvalid value for [^\n]{0,80}: (?:File|Directory|Path) '(?P<path>[^'\n]+)'[^\n]{0,40}not exist"
    r"|error: argument [^\n]{0,80}: can't open '(?P<opened>[^'\n]+)'"
)

#: What a text contains that explains how a program is called, in lower case.
_USAGE = (
    "usage:", "usage\n", "show this help", "flags:", "options:", "arguments:", "synopsis", "syntax:", "commands:",
    "powered by hydra",
)  # fmt: skip

#: What a parser says that refuses a call.
_REFUSED = (
    "error: the following arguments",
    "error: unrecognized arguments",
    "error: argument",
    "invalid choice",
)

#: Most lines of output from a program that ends at once because arguments are missing.
MOST_LINES = 4

_COMPLAINT = re.compile(
    r"(?i)\b(?:needs?|requires?|required|missing|expect\w*|specify|provide|supply|give|pass|please|must|few|enough|wrong"
    r"|incorrect|invalid)\b.{0,80}\b(?:arg(?:ument)?s?|parameters?|command[- ]line)\b"
    r"|\barg(?:ument)?s? (?:is |are )?(?:missing|required|needed)\b"
)

#: Characters of an output within which a program that only shows its usage says so.
_HEAD = 1500


def has_printed_usage(report: StartReport) -> bool:
    """Whether a question for the usage was answered, whatever the exit code says."""
    text = f"{report.output}\n{report.errors}".lower()
    crashed = "traceback (most recent call last)" in text
    answered = any(sign in text for sign in _USAGE)
    return answered and not crashed and not report.timed_out and not is_usage_error(report)


def starts_with_usage(report: StartReport) -> bool:
    """Whether the first thing that a program printed is its usage."""
    head = report.output.lstrip()[:_HEAD].lower() or report.errors.lstrip()[:_HEAD].lower()
    return "usage:" in head or "show this help" in head


def find_absent_argument(report: StartReport) -> re.Match[str] | None:
    """Return what a parser says of a path among the arguments that is not there, or None."""
    return _ABSENT_VALUE.search(report.errors[-3000:]) if report.exit_code == 2 else None


def is_usage_error(report: StartReport) -> bool:
    """Whether a parser refused the call."""
    tail = report.errors[-3000:]
    click = tail.lstrip().startswith("Usage:") and "Error:" in tail
    return report.exit_code == 2 and (click or "usage:" in tail.lower() or any(sign in tail for sign in _REFUSED))


def wants_arguments(output: str) -> bool:
    """Whether a program printed only that arguments are missing."""
    lines = [line for line in output.splitlines() if line.strip()]
    return 0 < len(lines) <= MOST_LINES and bool(_COMPLAINT.search(lines[-1][:300]))
