"""Reads what an author's page has pytest collect: `pytest -m "not slow" tests/unit`."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from checker.core.tree import Tree, join
from checker.core.values.base import Value
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.placeholders import has_placeholder
from checker.ecosystems.python.declared.projects import measure_distance
from checker.ecosystems.python.launchers import unwrap

#: Options that say what is collected, each with the number of words that follow it. Others (reports, coverage,
#: processes) change nothing about what the tests say.
_SELECTING = {
    "-k": 1, "-m": 1, "-c": 1, "--deselect": 1, "--ignore": 1, "--ignore-glob": 1, "--import-mode": 1,
    "--rootdir": 1, "--doctest-glob": 1, "--doctest-modules": 0, "--doctest-continue-on-failure": 0, "--pyargs": 0,
}  # fmt: skip


class PytestCommand(Value):
    """The options that select tests, and the paths, relative to the project."""

    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


def find_pytest_command(tree: Tree, project: str, commands: Sequence[Command]) -> PytestCommand | None:
    """Return the first call of pytest on the project's own pages, or None."""
    for command in commands:
        argv = unwrap(command.argv)
        at = 3 if argv[1:3] == ("-m", "pytest") else 1
        is_call = at == 3 or (bool(argv) and posixpath.basename(argv[0]) in {"pytest", "py.test"})
        if is_call and not has_placeholder(*argv) and not measure_distance(command.file, project):
            return _read_arguments(tree, project, command.cwd, argv[at:])
    return None


def _read_arguments(tree: Tree, project: str, cwd: str, arguments: Sequence[str]) -> PytestCommand:
    options: list[str] = []
    paths: list[str] = []
    words = list(arguments)
    while words:
        word = words.pop(0)
        name, equals, _ = word.partition("=")
        if name in _SELECTING:
            taken = 0 if equals else _SELECTING[name]
            options += [word, *words[:taken]]
            del words[:taken]
            continue
        file, colons, test = word.partition("::")
        path = join(cwd, file)
        if not word.startswith("-") and (path in tree or path in tree.folders):
            paths.append(posixpath.relpath(path, project) + colons + test)
        elif "--pyargs" in options and not word.startswith("-"):
            paths.append(word)
    below = posixpath.relpath(cwd, project)
    if not paths and cwd in tree.folders and not below.startswith(".."):
        paths = [below]
    return PytestCommand(options=tuple(options), paths=tuple(path for path in paths if path != "."))
