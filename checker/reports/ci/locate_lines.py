"""Finds the line of the repository that a failure comes from: a requirement, an import, a line of a traceback.

Only what was stored and the repository's own files are read; nothing is run. Where no line can be told with
reason, none is named: a remark on the job is better than one on the wrong line.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from packaging.utils import canonicalize_name

from checker.core.container import SOURCE
from checker.core.text import find_telling_line
from checker.core.tree import Tree
from checker.core.values.plans import Evidence, Phase
from checker.ecosystems.python.source.notebooks import read_notebook
from checker.ecosystems.python.stated import Requirement
from checker.ecosystems.python.survey import survey
from checker.reports.document import AttemptEntry, RepositoryEntry, StepEntry

#: A path relative to the tree, and a line that counts from 1.
Place = tuple[str, int]

#: Lines that are named for one failure: a conflict has two sides, seldom three.
MOST_PLACES = 3

#: Lines of a file in which a name is looked for, and lines of a statement at most.
MOST_LINES, MOST_BELOW = 5_000, 200

_PUTTING_TOGETHER = frozenset({Phase.RESOLVE, Phase.INSTALL})
_BROKEN_TOML = re.compile(r"TOML parse error at line (\d{1,7})")
_TOML_FILE = re.compile(r"([\w./-]{1,300}\.toml)\b")
_ABSENT = re.compile(r"No module named '?([\w.]{1,200})")

#: The Python whose standard library is left out where an attempt names none.
PYTHON = "3.11"

_BELOW = 4

#: What resolvers draw around their sentences.
_DRAWN = re.compile(r"[×╰─▶├│]+")
_FRAME = re.compile(r'File "([^"\n]{1,500})", line (\d{1,7})')
_IN_TESTS = re.compile(r"^([\w./-]{1,300}\.py):(\d{1,7}): ", re.MULTILINE)
_VERSION = re.compile(r"==\s*([\w.!+]+)$")


def locate_step(step: StepEntry, attempt: AttemptEntry, entry: RepositoryEntry, tree: Tree) -> tuple[Place, ...]:
    """Return the lines that a failed step comes from, the most telling first; empty where that is not known.

    Of an installation they are the requirements that the telling words of its log name, and those alone.
    """
    if step.phase in _PUTTING_TOGETHER:
        texts = (quote_telling_lines(step.excerpt), step.excerpt)
        named = (find_requirement_lines(text, tree) for text in texts)
        found: Iterable[Place] = _locate_broken_toml(step.excerpt, tree) or next(filter(None, named), ())
    else:
        found = (
            *_locate_missing(step, entry, tree),
            *_locate_frames(step.excerpt, attempt.project, tree),
        ) or _locate_absent_modules(step.excerpt, attempt.python or PYTHON, tree)
    in_files = (place for each in found if (place := find_line_in_file(each, tree)) is not None)
    return tuple(dict.fromkeys(in_files))[:MOST_PLACES]


def find_line_in_file(place: Place, tree: Tree) -> Place | None:
    """Return a place with the line of the file itself: a notebook's code counts its own lines.

    None where the file does not have that line of code, as where a command of a cell was left out.
    """
    path, number = place
    if not path.lower().endswith(".ipynb"):
        return place
    code = [line.strip() for line in read_notebook(tree, path).text.split("\n")]
    if not 0 < number <= len(code) or not code[number - 1]:
        return None
    before = code[: number - 1].count(code[number - 1])
    written = json.dumps(code[number - 1], ensure_ascii=False)[1:-1]
    rows = [row for row, line in enumerate(tree.read(path).split("\n"), start=1) if written in line]
    return (path, rows[min(before, len(rows) - 1)]) if rows else None


def quote_telling_lines(excerpt: str) -> str:
    """Return the telling line of a log, with what a resolver says below it in indented lines."""
    lines = excerpt.splitlines()
    at = find_telling_line(lines)
    if at is None:
        return ""
    below = itertools.takewhile(lambda line: line.startswith("  "), lines[at + 1 : at + 1 + _BELOW])
    return _DRAWN.sub(" ", " ".join([lines[at], *below]))


# ---------------------------------------------------------------- requirements


def _locate_broken_toml(text: str, tree: Tree) -> list[Place]:
    """Return the line at which uv stops to read a file of settings."""
    line = _BROKEN_TOML.search(text)
    file = _TOML_FILE.search(text) if line else None
    return [(file[1], int(line[1]))] if line and file and file[1] in tree else []


def find_requirement_lines(text: str, tree: Tree) -> list[Place]:
    """Return the lines of the requirements that a log names: with their very version where there are such."""
    said = _normalise_names(text)
    places: dict[bool, list[tuple[int, Place]]] = {True: [], False: []}
    for requirement, place in list_stated_lines(tree):
        at = _find_mention(said, requirement)
        if at is not None:
            places[_names_version(said, requirement)].append((at, place))
    return [place for _, place in sorted(places[True] or places[False])]


def list_stated_lines(tree: Tree) -> Iterator[tuple[Requirement, Place]]:
    """Yield the requirements that stand on a line of the tree, with the line that has their names."""
    texts: dict[str, list[str]] = {}
    for requirement in _read_stated(tree):
        place = requirement.evidence
        if place.line is None or place.source not in tree:
            continue
        lines = texts.setdefault(place.source, tree.read(place.source).split("\n"))
        yield requirement, (place.source, _find_name(requirement.name, place.line, lines))


def _find_name(name: str, line: int, lines: Sequence[str]) -> int:
    r"""Return the line of a statement that has a requirement's name: the statement begins on `line`.

    `install_requires=NAMES` names a list that may stand above it, `RUN pip install \` goes on below.
    """
    wanted = canonicalize_name(name)
    if not wanted or wanted in canonicalize_name(lines[line - 1] if line <= len(lines) else wanted):
        return line
    found = re.compile(rf"(?<![\w.-]){re.escape(wanted)}(?![\w-])")
    has = [
        number for number, text in enumerate(lines[:MOST_LINES], start=1) if found.search(_normalise_names(text))
    ]
    below = next((number for number in has if line < number <= line + MOST_BELOW), None)
    return below or next((number for number in reversed(has) if number < line), line)


def _read_stated(tree: Tree) -> Iterator[Requirement]:
    found = survey(tree)
    for specification in found.project.specifications:
        yield from specification.requirements
        yield from specification.constraints
        yield from specification.build_requires
    yield from found.runtime


def _normalise_names(text: str) -> str:
    """Write names as indexes compare them, so that `scikit_learn` is found as `scikit-learn`."""
    return re.sub(r"(?<=[^\W_])[-_.]++(?=[A-Za-z])", "-", text).lower()


def _find_mention(said: str, requirement: Requirement) -> int | None:
    name = canonicalize_name(requirement.name)
    if not name:
        return None
    found = re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", said)
    return None if found is None else found.start()


def _names_version(said: str, requirement: Requirement) -> bool:
    pinned = _VERSION.search(requirement.text.split(";")[0].strip())
    if pinned is None:
        return False
    name, version = re.escape(canonicalize_name(requirement.name)), re.escape(pinned[1].lower())
    return re.search(rf"(?<![\w.-]){name}(?:\[[^\]\n]*\])?(?:==|-|\s+\(?v?){version}(?![\w.])", said) is not None


def locate_evidence(evidence: Iterable[Evidence], tree: Tree) -> Iterator[Place]:
    """Return the places of evidence that lie in the tree."""
    return ((e.source, e.line) for e in evidence if e.line is not None and e.source in tree)


# ---------------------------------------------------------------- code


def _locate_missing(step: StepEntry, entry: RepositoryEntry, tree: Tree) -> Iterator[Place]:
    """Return where something is wanted that was never committed, if the step's log names it."""
    for item in entry.missing:
        if item.name and item.name in step.excerpt:
            yield from locate_evidence(item.wanted_by, tree)


def _locate_absent_modules(text: str, python: str, tree: Tree) -> Iterator[Place]:
    """Yield the first line that imports each module that Python did not find."""
    absent = dict.fromkeys(name.partition(".")[0] for name in _ABSENT.findall(text))
    required = {module.module: module for module in survey(tree).find_required_modules(python)} if absent else {}
    for name in absent:
        uses = required[name].imports if name in required else ()
        yield from ((item.path, item.line) for item in uses[:1] if item.path in tree)


def _locate_frames(text: str, project: str, tree: Tree) -> list[Place]:
    """Return the innermost line of the repository's own code in a traceback."""
    frames = [*_FRAME.findall(text), *_IN_TESTS.findall(text)]
    own = [(path, int(line)) for name, line in frames for path in _split_own_path(name, project) if path in tree]
    return own[-1:]


def _split_own_path(name: str, project: str) -> tuple[str, ...]:
    if name.startswith("/"):
        return (name.removeprefix(f"{SOURCE}/"),) if name.startswith(f"{SOURCE}/") else ()
    return (name if project == "." else f"{project}/{name}", name)
