"""Reads the stages of pipelines that a command carries out: `dvc repro`, `mlflow run . -P steps=3`.

Sources: DVC's documentation, "dvc.yaml Files", and MLflow's, "MLflow Projects".
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from checker.core.tree import Tree, join, once_per_tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.yaml import Node, Text, YamlProblem, load, read_mapping, read_sequence
from checker.ecosystems.python.declared.runners.text import read_text

#: Stages of one pipeline that are read.
MAX_STAGES = 100

#: A parameter in a command of MLflow's, a value or an item in one of DVC's.
_PARAMETER = re.compile(r"\{(?P<name>\w{1,100})\}")
_ITEM = re.compile(r"\$\{(?P<name>[\w.]{1,100})\}")


@once_per_tree
def _read_file(tree: Tree, path: str) -> dict[str, Node]:
    try:
        return read_mapping(load(tree.read(path)))
    except YamlProblem:
        return {}


def read_dvc_commands(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read the stages of `dvc.yaml`, or those that are named; of a stage for several items that of the first."""
    asked = [*words[2:]] if list(words[:2]) == ["exp", "run"] else [*words[1:]]
    if list(words[:1]) != ["repro"] and list(words[:2]) != ["exp", "run"]:
        return
    path = join(command.cwd, "dvc.yaml")
    root = _read_file(tree, path) if path in tree else {}
    values = dict(_list_values(root.get("vars")))
    values |= dict(_list_values(_read_file(tree, join(command.cwd, "params.yaml"))))
    named = {word for word in asked if not word.startswith("-")}
    for name, node in list(read_mapping(root.get("stages")).items())[:MAX_STAGES]:
        if not named or name in named:
            yield from _read_stage(tree, path, node, values)


def _read_stage(tree: Tree, path: str, node: Node, values: Mapping[str, str]) -> Iterator[Command]:
    row = read_mapping(node)
    each = row.get("foreach", row.get("matrix"))
    if each is not None:
        first = next(iter(read_sequence(each)), None)
        values = {**values, "item": str(first)} if isinstance(first, Text) else values
        row = read_mapping(row.get("do")) or row
    folder = row.get("wdir")
    for text in read_sequence(row.get("cmd")):
        if isinstance(text, Text):
            filled = _ITEM.sub(lambda use: values.get(use["name"], use[0]), text)
            here = str(folder) if isinstance(folder, Text) else ""
            yield from read_text(tree, filled, path, text.line, folder=here)


def _list_values(node: Node | None, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the values of nested tables by their dotted names."""
    for item in node if isinstance(node, list) else [node]:
        for name, value in read_mapping(item).items():
            if isinstance(value, Text):
                yield f"{before}{name}", str(value)
            else:
                yield from _list_values(value, f"{before}{name}.")


def read_mlflow_commands(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read the entry point of an `MLproject` with its parameters, as they are given or by default."""
    if list(words[:1]) != ["run"]:
        return
    given: dict[str, str] = {}
    entry, folder, rest = "main", ".", [*words[1:]]
    while rest:
        name, joined, value = rest.pop(0).partition("=")
        if name in {"-P", "--param-list", "-e", "--entry-point", "--env-manager", "--experiment-name"}:
            value = value if joined else rest.pop(0) if rest else ""
            if name in {"-P", "--param-list"} and "=" in value:
                given[value.partition("=")[0]] = value.partition("=")[2]
            entry = value if name in {"-e", "--entry-point"} else entry
        elif not name.startswith("-"):
            folder = name
    path = join(join(command.cwd, folder), "MLproject")
    row = read_mapping(read_mapping(_read_file(tree, path).get("entry_points")).get(entry)) if path in tree else {}
    values = {name: _read_default(node) for name, node in read_mapping(row.get("parameters")).items()} | given
    text = row.get("command")
    if isinstance(text, Text):
        filled = _PARAMETER.sub(lambda use: shlex.quote(values[use[1]]) if values.get(use[1]) else use[0], text)
        yield from read_text(tree, filled, path, text.line)


def _read_default(node: Node) -> str:
    default = read_mapping(node).get("default")
    return str(default) if isinstance(default, Text) else ""
