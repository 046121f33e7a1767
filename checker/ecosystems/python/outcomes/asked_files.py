"""Finds the file that a program looked for in vain, where an exception may follow from its absence.

    files = glob("data/*.png")      # nothing there
    print(files[0])                 # IndexError: list index out of range → data/*.png

What a library looks for on its own account says nothing, nor what the failing line does not depend on.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.ecosystems.python.outcomes.run_report import Absent, Frame, Raised, StartReport
from checker.ecosystems.python.source.data_flow import depends_on, find_body
from checker.ecosystems.python.source.parsing import parse_module
from checker.judging.paths import judge_path

#: Rows of paths that say by themselves that a path is data or weights.
_TELLING = frozenset({"data_file", "data_folder", "weights", "weights_folder", "weights_like"})


def find_asked_last(report: StartReport, tree: Tree, raised: Raised | None = None) -> str:
    """Return the path that an exception may follow from, '' where none is; those that tell go before others.

    Without an exception, it is the last path that the repository's code asked for.
    """
    asked = [item for item in _list_asked(report) if raised is None or may_cause(item, raised, tree)]
    telling = [item for item in asked if judge_path(item.path).name in _TELLING]
    return next((item.path for item in reversed(telling or asked)), "")


def _list_asked(report: StartReport) -> Iterator[Absent]:
    main = next((process for process in report.processes if process.main), None)
    for process in [main] if main is not None else report.processes[:3]:
        yield from (item for item in process.absent if item.asked)


def may_cause(item: Absent, raised: Raised, tree: Tree) -> bool:
    """Whether the line that failed, or one that called it, depends on the line that asked.

    Of both chains of calls, the innermost function that is in both is looked at.
    """
    failing = [frame for frame in raised.frames if frame.own]
    for depth, (file, line, function) in enumerate(item.asked):
        shared = [frame for frame in failing if (frame.file, frame.function) == (file, function)]
        if not shared:
            continue
        module = parse_module(tree, tree.read(file.removeprefix(f"{SOURCE}/")))
        if module is None or any(depends_on(module, function, frame.line, line) for frame in shared):
            return True
        return _changes_globals(item.asked[:depth], tree)
    return True


def follows_from_input(raised: Raised, tree: Tree) -> bool:
    """Whether the line that failed depends on one that reads standard input, on which nothing is typed."""
    own = [frame for frame in raised.frames if frame.own]
    return bool(own) and raised.type not in _OTHERS and _find_origin(own[-1], tree, _INPUT) is not None


def fails_at_arguments(raised: Raised, tree: Tree) -> bool:
    """Whether the line that failed takes the words of the command line apart: `name, out = sys.argv[1:]`."""
    own = [frame for frame in raised.frames if frame.own]
    if not own or raised.type not in {"IndexError", "ValueError", "AssertionError"}:
        return False
    lines = tree.read(own[-1].file.removeprefix(f"{SOURCE}/")).split("\n")
    return 0 < own[-1].line <= len(lines) and _WORDS.search(lines[own[-1].line - 1]) is not None


_WORDS = re.compile(r"=[ \t]*sys\.argv\[\d?:\]?|\blen\(\s?(?:sys\.)?argv\s?\)|\bsys\.argv\[\d\]\s?\)?$")


def find_unset_variable(raised: Raised, tree: Tree) -> str:
    """Return the environment variable that an error about None may follow from, '' where none is."""
    own = [frame for frame in raised.frames if frame.own]
    found = _find_origin(own[-1], tree, _VARIABLE) if own and "NoneType" in raised.message else None
    return found["name"] if found is not None else ""


def _find_origin(frame: Frame, tree: Tree, what: re.Pattern[str]) -> re.Match[str] | None:
    """Return what a line says of the function that failed, on which the line that failed depends; None else."""
    text = tree.read(frame.file.removeprefix(f"{SOURCE}/"))
    lines = {number: found for number, line in enumerate(text.split("\n"), 1) if (found := what.search(line))}
    module = parse_module(tree, text) if lines else None
    if module is None:
        return None
    body = find_body(module, frame.function, frame.line)
    ends = [statement.end_lineno or statement.lineno for statement in body]
    within = range(body[0].lineno, max(ends) + 1) if body else range(0)
    causing = (
        found
        for line, found in lines.items()
        if line in within and line <= frame.line and depends_on(module, frame.function, frame.line, line)
    )
    return next(causing, None)


_INPUT = re.compile(r"\bstdin\b[.\s)]")

#: What reads a variable without a value to stand in for it.
_VARIABLE = re.compile(r"\b(?:getenv|environ\.get)\(\s?['\"](?P<name>\w{1,80})['\"]\s?\)")

#: Exceptions that do not follow from what was read.
_OTHERS = frozenset({"NameError", "UnboundLocalError", "ModuleNotFoundError", "ImportError", "SyntaxError"})


def _changes_globals(frames: Iterable[tuple[str, int, str]], tree: Tree) -> bool:
    """Whether one of the functions that were called there sets variables of its module."""
    for file, line, function in frames:
        module = parse_module(tree, tree.read(file.removeprefix(f"{SOURCE}/")))
        body = find_body(module, function, line) if module is not None else ()
        if any(isinstance(node, ast.Global) for statement in body for node in ast.walk(statement)):
            return True
    return False
