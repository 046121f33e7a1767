"""Judges a failure by its text: one set of tables and one classifier of paths for every kind of evidence.

An exception that the watcher recorded, the end of a log, a line of a test summary and a notebook's cell all become
`FailureText`, so that the same text means the same wherever it was found. Text only explains a failure that the
engine reported; whether it may count as a start is a property of the row (`limit`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from string import Template

from checker.core.tree import Tree
from checker.core.values.plans import Evidence, Phase
from checker.core.values.results import Cause
from checker.judging.causes import make_cause
from checker.judging.failure_text import QUOTE, strip_frames
from checker.judging.paths import find_opened, is_about_program, judge_path
from checker.judging.table import BUILDING, Row, find_first_match, read_rows


@dataclass(frozen=True)
class FailureText:
    """The text of a failure: a traceback, one exception (`Type: message`), or the last lines.

    `path` is what could not be opened, where that is known without reading the text.
    """

    text: str
    path: str = ""


@dataclass(frozen=True)
class Judgement:
    """The row that decided, where it matched, and the path that could not be opened, if it was for one."""

    row: Row
    match: re.Match[str]
    path: str = ""

    @property
    def cause_name(self) -> str:
        """The cause, a row of `checker.judging.causes`."""
        return self.row.cause

    @property
    def line(self) -> str:
        """The line in which the match begins."""
        text, found = self.match.string, self.match
        at = found.start() + len(found[0]) - len(found[0].lstrip())
        return text[text.rfind("\n", 0, at) + 1 :].split("\n", 1)[0]

    def make_cause(self, *evidence: Evidence, modules: tuple[str, ...] = ()) -> Cause:
        """Return the cause with its evidence, worded as the row has it."""
        named = {name: text or "" for name, text in self.match.groupdict().items()}
        hint, summary = (
            None if words is None else Template(words).safe_substitute(named)
            for words in (self.row.hint, self.row.summary)
        )
        return make_cause(
            self.row.cause, *evidence, hint=hint, summary=summary, rule=self.row.name, modules=modules
        )

    def quote(self, log: str) -> Evidence:
        """Return the line that decided, with its number in a log (from 1) where it is found there."""
        file = self.match.groupdict().get("file")
        if file:  # the row names the file of the repository that it is about
            return Evidence(claim=self.match[0][:QUOTE], source=file, text=self.line.strip()[:QUOTE])
        place = log.rfind(self.line)
        return Evidence(
            claim=f"could not open {self.path}" if self.path else "the log says so",
            source="log",
            line=log.count("\n", 0, place) + 1 if place >= 0 else None,
            text=self.line.strip()[:QUOTE],
        )


def judge(said: Iterable[FailureText], phase: Phase, tree: Tree | None = None) -> Judgement | None:
    """Return what the most informative of several texts means, or None where no row matches.

    A row that is only `general` (some error was raised) gives way to a later text: the exception that this one
    came from. `tree` says whether a file that is not there lies beside committed files.
    """
    general: Judgement | None = None
    for each in said:
        found = judge_building(each.text) if phase in BUILDING else _judge_running(each, phase, tree)
        if found is not None and not found.row.general:
            return found
        general = general or found
    return general


def judge_building(text: str, tables: tuple[str, ...] = ("ours", "building")) -> Judgement | None:
    """Return what the log of a building step means; the checker's own failures are looked for first."""
    found = find_first_match(text, read_rows(*tables))
    return None if found is None else Judgement(*found)


def _judge_running(said: FailureText, phase: Phase, tree: Tree | None) -> Judgement | None:
    """Match limits, what versions explain, what could not be opened, and last the program's own faults."""
    message = strip_frames(said.text)
    told = _match(message, said.text, phase, "limits", "drift")
    if told is not None:
        return told
    opened = find_opened(message, said.text)
    path = said.path or (opened["path"] if opened is not None else "")
    if path:
        at = opened or re.match(r"[^\n]*", message)
        assert at is not None  # noqa: S101  # the pattern matches any text
        is_program = is_about_program(at[0], said.text)
        return Judgement(judge_path(path, tree, is_program=is_program), at, path)
    return _match(message, said.text, phase, "crashes")


def _match(message: str, whole: str, phase: Phase, *tables: str) -> Judgement | None:
    for row in read_rows(*tables):
        if row.phase and phase not in row.phase:
            continue
        if (found := row.search(whole if row.frames else message)) is not None:
            return Judgement(row, found)
    return None
