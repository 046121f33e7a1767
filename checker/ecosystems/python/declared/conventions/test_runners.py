"""Reads what tox and nox install for the tests, where nothing calls them."""

from __future__ import annotations

from collections.abc import Iterable

from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.python.declared.install_commands import interpret
from checker.ecosystems.python.declared.runners.python_tasks import list_sessions
from checker.ecosystems.python.declared.task_runners import read_called_commands
from checker.ecosystems.python.stated import Specification

_RUNNERS = frozenset({"pytest", "py.test", "unittest", "nose2", "nosetests", "stestr"})


def read_tox(tree: Tree, path: str) -> Specification | None:
    """Read what tox installs into its first environment, for the tests; None where that is nothing."""
    command = Command(argv=("tox",), raw="tox", file=path, line=1)
    return _make_specification(tree, path, tuple(read_called_commands(tree, command)))


def read_nox(tree: Tree, path: str) -> Specification | None:
    """Read what the sessions of nox that run tests install; None where that is nothing."""
    sessions = (commands for commands in list_sessions(tree, path) if _runs_tests(commands))
    return _make_specification(tree, path, [command for commands in sessions for command in commands])


def _runs_tests(commands: Iterable[Command]) -> bool:
    return any(not _RUNNERS.isdisjoint(command.argv) for command in commands)


def _make_specification(tree: Tree, path: str, commands: Iterable[Command]) -> Specification | None:
    if "/" in path:
        return None
    packages = [r.model_copy(update={"group": "test"}) for r in interpret(tree, commands).packages if r.name]
    if not packages:
        return None
    return Specification(path=path, kind="tests", group="test", requirements=tuple(packages))
