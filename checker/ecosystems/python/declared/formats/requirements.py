"""Reads requirements files: includes, constraints, options, and the output of `pip list` and `conda list`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from checker.core.tree import MAX_TEXT, Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import (
    SENTENCE_WORDS,
    parse_requirement,
    strip_comment,
)
from checker.ecosystems.python.declared.projects import is_project
from checker.ecosystems.python.stated import Option, Problem, PythonStatement, Requirement, Specification, Strength
from checker.ecosystems.python.version_statement import statement

#: Lines of one requirements file that are read.
MAX_LINES = 10_000

#: How deep includes may nest.
MAX_DEPTH = 8

_MARKERS = re.compile(r"^(?:<{7}|={7}|>{7})(?:\s|$)")
_OPTION = re.compile(r"^(?P<name>--[A-Za-z][\w-]*|-[A-Za-z])(?:[=\s]?\s*(?P<value>.*))?$")
_SHORT = {"-r": "requirement", "-c": "constraint", "-e": "editable", "-i": "index-url", "-f": "find-links"}
_PIP_INSTALL = re.compile(r"^(?:!|\$\s*)?(?:sudo\s+)?(?:python3?\s+-m\s+)?pip3?\s+install\s+", re.IGNORECASE)
_TABLE_HEAD = re.compile(r"^Package\s+Version\b")
_BULLET = re.compile(r"^[-*•]\s+(?=[A-Za-z])")
_UNREADABLE_SHARE = 0.5


@dataclass
class Reading:
    """What has been read so far; filled while includes are followed."""

    requirements: list[Requirement] = field(default_factory=list)
    constraints: list[Requirement] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    python: list[PythonStatement] = field(default_factory=list)
    included: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    installs_project: bool = False

    def make_specification(self, path: str, kind: str, project: str, group: str | None) -> Specification:
        """Return what was read as a specification."""
        return Specification(
            path=path,
            kind=kind,
            project=project,
            group=group,
            requirements=tuple(self.requirements),
            constraints=tuple(self.constraints),
            options=tuple(self.options),
            python=tuple(self.python),
            included=tuple(dict.fromkeys(self.included)),
            unreadable=tuple(self.unreadable),
            installs_project=self.installs_project,
        )


def read_requirements(tree: Tree, path: str, project: str, group: str | None = None) -> Specification:
    """Read a requirements file with everything that it includes; problems are listed, never raised."""
    reading = Reading()
    _read_file(tree, path, reading, group, (), constraint=False)
    return reading.make_specification(path, "requirements", project, group)


def read_lines(
    tree: Tree, path: str, lines: Iterable[tuple[int, str]], *, folder: str, group: str | None = None
) -> Specification:
    """Read numbered lines of another file as those of a requirements file in `folder`."""
    reading = Reading()
    context = _Context(tree, path, folder, group, (path,), False)
    for number, line in lines:
        _read_line(context, number, line, reading)
    return reading.make_specification(path, "requirements", folder, group)


@dataclass(frozen=True)
class _Context:
    tree: Tree
    path: str
    folder: str
    group: str | None
    trail: tuple[str, ...]
    constraint: bool

    def exists(self, path: str) -> bool:
        return path in self.tree or path in self.tree.folders

    def evidence(self, number: int, line: str) -> Evidence:
        return Evidence(claim="requirement", source=self.path, line=number, text=line.strip()[:300])


def _read_file(
    tree: Tree, path: str, reading: Reading, group: str | None, trail: tuple[str, ...], *, constraint: bool
) -> None:
    if path in trail:
        reading.unreadable.append(f"{path}: includes itself through {trail[-1]}")
        return
    if len(trail) >= MAX_DEPTH:
        reading.unreadable.append(f"{path}: includes nested deeper than {MAX_DEPTH}")
        return
    if tree.size(path) > MAX_TEXT:
        reading.unreadable.append(f"{path}: longer than {MAX_TEXT} bytes, read up to there")
    text = tree.read(path)
    if "\0" in text[:4096]:
        reading.unreadable.append(f"{path}: binary, not text")
        return
    context = _Context(tree, path, posixpath.dirname(path) or ".", group, (*trail, path), constraint)
    before = len(reading.requirements)
    for number, line in _join_lines(text, path, reading):
        _read_line(context, number, line, reading)
    read = reading.requirements[before:]
    bad = sum(r.problem is Problem.UNPARSABLE for r in read)
    if bad > 3 and bad > len(read) * _UNREADABLE_SHARE:
        reading.unreadable.append(f"{path}: {bad} of {len(read)} lines are no requirements")


def _join_lines(text: str, path: str, reading: Reading) -> Iterable[tuple[int, str]]:
    """Join continued lines; drop merge markers and what lies beyond the limit, saying so."""
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        reading.unreadable.append(f"{path}: more than {MAX_LINES} lines, read up to there")
    start, joined, marked = 0, "", False
    for number, line in enumerate(lines[:MAX_LINES], 1):
        if _MARKERS.match(line):
            if not marked:
                reading.unreadable.append(f"{path}:{number}: merge conflict markers")
            marked = True
            continue
        start = start or number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            joined += line[:-1] + " "
            continue
        yield start, joined + line
        start, joined = 0, ""
    if joined.strip():
        yield start, joined


def _read_line(context: _Context, number: int, raw: str, reading: Reading) -> None:
    line = strip_comment(_PIP_INSTALL.sub("", raw.strip()))
    line = _BULLET.sub("", line)
    if not line or set(line) <= set("-=~_*. ") or _TABLE_HEAD.match(line):
        return
    if option := _OPTION.match(line):
        _read_option(context, number, raw, option, reading)
        return
    _add(context, number, raw, line, reading)


def _add(context: _Context, number: int, raw: str, line: str, reading: Reading, *, editable: bool = False) -> None:
    evidence = context.evidence(number, raw)
    for part in _split_side_by_side(line):
        found = parse_requirement(
            part, evidence, group=context.group, folder=context.folder, editable=editable, exists=context.exists
        )
        if found is None:
            continue
        if _is_missing(found) and context.folder != ".":
            # pip looks for paths from where it is called, which is mostly the root.
            above = parse_requirement(
                part, evidence, group=context.group, editable=editable, exists=context.exists
            )
            found = found if above is None or _is_missing(above) else above
        if found.name == "python":
            said = statement(found.text[len("python") :], Strength.PINNED, evidence)
            reading.python.extend([said] if said else [])
        elif found.problem is Problem.LOCAL_PATH and found.local and is_project(context.tree, found.local):
            reading.requirements.append(found)
            reading.installs_project = reading.installs_project or found.local in {".", context.folder}
        else:
            (reading.constraints if context.constraint else reading.requirements).append(found)


def _is_missing(found: Requirement) -> bool:
    return found.problem is Problem.LOCAL_PATH and "not in the repository" in found.notes


def _split_side_by_side(line: str) -> list[str]:
    """Split a line that lists plain requirements side by side, as after `pip install`."""
    if ";" in line:
        return [line]
    words = line.split()
    plain = re.compile(r"^[A-Za-z0-9][\w.-]*(?:\[[\w,-]+\])?(?:[=<>!~]=?=?\S+)?$")
    sentence = not SENTENCE_WORDS.isdisjoint(word.lower().rstrip(".") for word in words)
    if len(words) > 1 and all(plain.match(w) for w in words) and not re.match(r"^v?\d", words[1]):
        return [line] if sentence else words
    return [line]


def _read_option(context: _Context, number: int, raw: str, option: re.Match[str], reading: Reading) -> None:
    name, value = option["name"], (option["value"] or "").strip()
    word = _SHORT.get(name, name.lstrip("-"))
    if word == "editable":
        _add(context, number, raw, value, reading, editable=True)
    elif word in {"requirement", "constraint"}:
        _include(context, number, value.strip("\"'"), reading, constraint=word == "constraint")
    else:
        reading.options.append(Option(name=word, value=value[:500], evidence=context.evidence(number, raw)))


def _include(context: _Context, number: int, target: str, reading: Reading, *, constraint: bool) -> None:
    place = f"{context.path}:{number}"
    if "://" in target:
        reading.unreadable.append(f"{place}: includes {target[:200]}, which is elsewhere")
        return
    path = posixpath.normpath(posixpath.join(context.folder, target.replace("\\", "/")))
    if path.startswith(("..", "/")):
        reading.unreadable.append(f"{place}: includes {target[:200]}, which is outside the repository")
        return
    if path not in context.tree:
        reading.unreadable.append(f"{place}: includes {target[:200]}, which is not in the repository")
        return
    reading.included.append(path)
    nested = constraint or context.constraint
    _read_file(context.tree, path, reading, context.group, context.trail, constraint=nested)
