"""Reads the shell text of tasks, and finds the files in which they stand."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterable, Iterator, Sequence

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.declared.projects import PROJECT_FILES

#: Tasks that one command carries out, those that they call among them.
MAX_TASKS = 60

#: Variables that are set for a task: pairs of a name and a value.
Env = tuple[tuple[str, str], ...]


def read_text(
    tree: Tree, text: str, path: str, line: int, *, env: Env = (), folder: str = ""
) -> Iterator[Command]:
    """Read the shell text of a task that stands in a file, in the file's folder or one below it."""
    here = join(posixpath.dirname(path) or ".", folder or ".")
    directory = Directory(tree, here, PROJECT_FILES, own_clone=False)
    for command in read_commands_of(tree, text, path, start=line, directory=directory, language="script"):
        yield command.model_copy(update={"env": (*env, *command.env)}) if env else command


def install(tree: Tree, words: Iterable[str], path: str, line: int) -> Iterator[Command]:
    """Read what a task has installed as a command of pip; nothing where there are no words."""
    given = [*words]
    if given:
        yield from read_text(tree, shlex.join(["pip", "install", *given]), path, line)


def choose_interpreter(tree: Tree, version: str, path: str, line: int) -> Iterator[Command]:
    """Read which interpreter a task asks for as the command that makes its environment: `3.10`, `python3.10`."""
    number = version.strip().lower().removeprefix("python")
    if number[:1].isdigit() and "." in number:
        yield from read_text(tree, shlex.join(["virtualenv", "-p", f"python{number}"]), path, line)


def find_line(text: str, needle: str) -> int:
    """Return the line on which a text first stands; the first one where it does not."""
    return text.count("\n", 0, max(text.find(needle), 0)) + 1


def find_file(tree: Tree, names: Sequence[str], cwd: str) -> str | None:
    """Return the first of several files in the folder of a command or above it."""
    while True:
        for name in names:
            if (path := join(cwd, name)) in tree:
                return path
        if cwd in {".", ""}:
            return None
        cwd = posixpath.dirname(cwd) or "."


def take_option(words: Sequence[str], *names: str) -> str | None:
    """Return the value of the first option of these names."""
    for at, word in enumerate(words):
        name, joined, value = word.partition("=")
        if name in names:
            return value if joined else words[at + 1] if at + 1 < len(words) else None
    return None


def take_rest(words: Sequence[str]) -> list[str]:
    """Return the words after `--`: what a runner hands to the commands of a task."""
    return list(words[words.index("--") + 1 :]) if "--" in words else []
