"""Reads the tasks that `pixi run TASK` carries out, those that a task depends on first."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings
from checker.ecosystems.python.declared.pixi.manifest import (
    find_manifest,
    list_features,
    list_tables,
    read_activation,
)
from checker.ecosystems.python.declared.projects import PROJECT_FILES

_VALUED = frozenset({"-e", "--environment", "--manifest-path", "--color", "--auth-file"})

#: Tasks that one command carries out, those that they depend on among them.
MAX_TASKS = 60

#: A task's use of an argument: `{{ steps }}`.
_USE = re.compile(r"\{\{\s*(?P<name>[\w-]{1,100})\s*\}\}")


def split_run(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Return the environment ('' where none is named) and the words from the task on of `pixi run …`."""
    rest, environment = list(words), ""
    while rest and rest[0].startswith("-"):
        name, joined, value = rest.pop(0).partition("=")
        if name in _VALUED and not joined:
            value = rest.pop(0) if rest else ""
        if name in {"-e", "--environment"}:
            environment = value
    return environment, tuple(rest)


def find_environment(manifest: Table, words: Sequence[str]) -> str:
    """Return the environment in which `pixi run …` or `pixi install …` works.

    Where none is named and the task belongs to a feature, it is the one environment that has the feature.
    """
    environment, task = split_run(
        words[1:] if words[:1] == ["run"] else ["-e", *words[2:3]] if words[1:2] == ["-e"] else []
    )
    if environment or not task or _find_task(manifest, task[0], ("", *list_features(manifest, "default"))):
        return environment or "default"
    named = get_table(manifest, "environments")
    return next(
        (name for name in named if _find_task(manifest, task[0], list_features(manifest, name))), "default"
    )


def read_pixi_commands(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Yield the commands that a task has carried out, with what the environment sets that it is run in.

    None where `pixi run` is given a program instead, unless its environment sets something.
    """
    place = find_manifest(tree, command.cwd) or find_manifest(tree, ".")
    words = ["run" if word == "r" else word for word in words[:1]] + [*words[1:]]
    if place is None or words[:1] != ["run"]:
        return
    _, called = split_run(words[1:])
    if not called:
        return
    own = find_environment(place[1], words)
    env = read_activation(place[1], ("", *list_features(place[1], own)) if own != "default" else ())
    found = list(_carry_out(tree, place, called, set()))
    for inner in found or ([command.model_copy(update={"argv": called})] if env else []):
        yield inner.model_copy(update={"env": (*env, *inner.env)})


def _find_task(manifest: Table, name: str, features: Sequence[str]) -> object:
    tables = [table for feature in features for table in list_tables(manifest, feature, "tasks")]
    return next((table[name] for table in reversed(tables) if name in table), None)


def _carry_out(tree: Tree, place: tuple[str, Table], called: Sequence[str], seen: set[str]) -> Iterator[Command]:
    path, manifest = place
    name, *given = called
    task = _find_task(manifest, name, ("", *get_table(manifest, "feature")))
    if task is None or name in seen or len(seen) >= MAX_TASKS:
        return
    seen.add(name)
    entry = get_table(task)
    depends = task if isinstance(task, list) else entry.get("depends-on", entry.get("depends_on"))
    for other in depends if isinstance(depends, list) else [depends]:
        before = other if isinstance(other, str) else get_table(other).get("task")
        if isinstance(before, str):
            yield from _carry_out(tree, place, (before, *list_strings(get_table(other).get("args"))), seen)
    cwd = entry["cwd"] if isinstance(entry.get("cwd"), str) else "."
    directory = Directory(tree, join(path.rpartition("/")[0] or ".", cwd), PROJECT_FILES, own_clone=False)
    line = _find_line(tree.read(path), name)
    pairs = tuple((key, value) for key, value in get_table(entry, "env").items() if isinstance(value, str))
    text = _write_text(task, given)
    for inner in read_commands_of(tree, text, path, start=line, directory=directory, language="script"):
        yield inner.model_copy(update={"env": (*pairs, *inner.env)})


def _write_text(task: object, given: Sequence[str]) -> str:
    """Return the shell text of a task with what it is given: its named arguments, or words behind it."""
    entry = get_table(task)
    command = task if isinstance(task, str) else entry.get("cmd")
    text = shlex.join(map(str, command)) if isinstance(command, list) else command
    if not isinstance(text, str):
        return ""
    wanted = entry.get("args")
    if not isinstance(wanted, list):
        return f"{text} {shlex.join(given)}" if given else text
    values: dict[str, str] = {}
    for at, argument in enumerate(wanted):
        name = argument if isinstance(argument, str) else get_table(argument).get("arg")
        default = get_table(argument).get("default", "")
        values[str(name)] = given[at] if at < len(given) else str(default)
    return _USE.sub(lambda use: values.get(use["name"], use[0]), text)


def _find_line(text: str, name: str) -> int:
    key = re.escape(name)
    found = re.search(rf"^[ \t]*[\"']?{key}[\"']?[ \t]*=|^\[[^\]\n]*\btasks\.{key}\]", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1
