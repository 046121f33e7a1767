"""Reads the tasks of Task: `task fit` → what `Taskfile.yml` has carried out, with what it depends on first.

Source: Task's documentation, "Schema Reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from checker.core.tree import Tree, once_per_tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.yaml import Node, Text, YamlProblem, load, read_mapping, read_sequence
from checker.ecosystems.python.declared.runners.text import (
    MAX_TASKS,
    Env,
    find_file,
    find_line,
    read_text,
    take_rest,
)

_NAMES = ("Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml")

#: A template's use of a variable: `{{.N}}`, `{{ .CLI_ARGS }}`.
_USE = re.compile(r"\{\{-?\s{0,20}\.(?P<name>\w{1,100})\s{0,20}-?\}\}")

#: Commands of one task that are read.
MAX_COMMANDS = 200


def read_taskfile_commands(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read the tasks that are asked for; `default` where none is named."""
    path = find_file(tree, _NAMES, command.cwd)
    if path is None:
        return
    root = _read_file(tree, path)
    before = words[: words.index("--")] if "--" in words else words
    given = dict(word.split("=", 1) for word in before if re.match(r"[A-Za-z_]\w*=", word))
    asked = [word for word in before if not word.startswith("-") and "=" not in word] or ["default"]
    given["CLI_ARGS"] = " ".join(take_rest(words))
    known = _read_pairs(root.get("vars"), {}) | given
    env = tuple(_read_pairs(root.get("env"), known).items())
    for name in asked:
        yield from _carry_out(tree, (path, root), name, (known, env), set())


@once_per_tree
def _read_file(tree: Tree, path: str) -> dict[str, Node]:
    try:
        return read_mapping(load(tree.read(path)))
    except YamlProblem:
        return {}


def _read_pairs(node: Node | None, known: Mapping[str, str]) -> dict[str, str]:
    pairs = ((name, value) for name, value in read_mapping(node).items() if isinstance(value, Text))
    return {name: _put(value, known) for name, value in pairs}


def _put(text: str, known: Mapping[str, str]) -> str:
    return _USE.sub(lambda use: known.get(use["name"], use[0]), text)


def _carry_out(
    tree: Tree,
    place: tuple[str, Mapping[str, Node]],
    name: str,
    around: tuple[Mapping[str, str], Env],
    seen: set[str],
) -> Iterator[Command]:
    path, root = place
    tasks = read_mapping(root.get("tasks"))
    if name in seen or name not in tasks or len(seen) >= MAX_TASKS:
        return
    seen.add(name)
    task = tasks[name]
    row = read_mapping(task)
    known = {**around[0], **_read_pairs(row.get("vars"), around[0])} | {"TASK": name}
    env = (*around[1], *_read_pairs(row.get("env"), known).items())
    for each in read_sequence(row.get("deps")):
        yield from _call(tree, place, each, (known, around[1]), seen)
    folder = row.get("dir")
    here = _put(folder, known) if isinstance(folder, Text) else ""
    listed = read_sequence(row.get("cmds") or row.get("cmd")) if row else read_sequence(task)
    for each in islice(listed, MAX_COMMANDS):
        text = each if isinstance(each, Text) else read_mapping(each).get("cmd")
        if isinstance(text, Text):
            line = max(text.line, find_line(tree.read(path), f"{name}:"))
            yield from read_text(tree, _put(text, known), path, line, env=env, folder=here)
        else:
            yield from _call(tree, place, each, (known, around[1]), seen)


def _call(
    tree: Tree,
    place: tuple[str, Mapping[str, Node]],
    node: Node,
    around: tuple[Mapping[str, str], Env],
    seen: set[str],
) -> Iterator[Command]:
    """Carry out another task that a task names, alone or with variables of its own."""
    named = node if isinstance(node, Text) else read_mapping(node).get("task")
    if isinstance(named, Text):
        known = {**around[0], **_read_pairs(read_mapping(node).get("vars"), around[0])}
        yield from _carry_out(tree, place, str(named), (known, around[1]), seen)
