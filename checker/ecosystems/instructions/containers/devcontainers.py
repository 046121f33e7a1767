"""Reads devcontainer.json: its image, Dockerfile, features, variables, and what it runs once it is made.

Source: the Dev Container metadata reference, "devcontainer.json properties".
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from checker.core.tree import Tree, join, once_per_tree
from checker.core.values.base import Value
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory

#: What is run once in a new container, in this order.
_COMMANDS = ("onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand")

#: Comments and commas before a closing bracket, beside strings, which are kept.
_STRING = r"(?P<text>\"(?:\\.|[^\"\\\n])*\"?)"  # an open one ends with its line, so that none is read twice
_LENIENT = re.compile(rf"{_STRING}|//[^\n]*|(?s:/\*.*?(?:\*/|\Z))", re.MULTILINE)
_LAST_COMMA = re.compile(rf"{_STRING}|,(?=\s*[\]}}])", re.MULTILINE)

MAX_TEXT = 100_000


class Devcontainer(Value):
    """What one devcontainer.json states; `features` are (name, version asked for, line)."""

    path: str
    image: str = ""
    image_line: int = 1
    dockerfile: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()
    features: tuple[tuple[str, str, int], ...] = ()
    commands: tuple[Command, ...] = ()
    exports: tuple[Command, ...] = ()


def parse_lenient(text: str) -> Any:
    """Read JSON with comments and with commas at the end of lists.

    Raises:
        ValueError: it is none.

    """
    plain = _LENIENT.sub(lambda found: found["text"] or " ", text[:MAX_TEXT])
    try:
        return json.loads(_LAST_COMMA.sub(lambda found: found["text"] or "", plain))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def is_devcontainer(path: str) -> bool:
    """Say whether a path is one that editors look for."""
    return re.fullmatch(r"\.devcontainer(?:/[^/]+)?/devcontainer\.json|\.devcontainer\.json", path) is not None


@once_per_tree
def list_devcontainers(tree: Tree, manifests: tuple[str, ...]) -> tuple[Devcontainer, ...]:
    """Return what the devcontainer files of a tree state; one that cannot be read says nothing."""
    found = (_read(tree, path, manifests) for path in tree.files if is_devcontainer(path))
    return tuple(each for each in found if each is not None)


def _read(tree: Tree, path: str, manifests: Sequence[str]) -> Devcontainer | None:
    text = tree.read(path)
    try:
        data = parse_lenient(text)
    except ValueError:
        return None
    if not isinstance(data, dict):
        return None
    image = data.get("image")
    features = data.get("features")
    return Devcontainer(
        path=path,
        image=image if isinstance(image, str) else "",
        image_line=_find_line(text, '"image"'),
        dockerfile=_find_dockerfile(tree, path, data),
        arguments=tuple(_read_arguments(data)),
        features=tuple(_read_features(text, features if isinstance(features, dict) else {})),
        commands=tuple(_read_commands(tree, path, text, data, manifests)),
        exports=tuple(_read_exports(path, text, data)),
    )


def _find_line(text: str, needle: str) -> int:
    return text.count("\n", 0, max(text.find(needle), 0)) + 1


def _find_dockerfile(tree: Tree, path: str, data: dict[str, Any]) -> str | None:
    build = data.get("build")
    named = build.get("dockerfile") if isinstance(build, dict) else data.get("dockerFile")
    place = join(posixpath.dirname(path) or ".", named) if isinstance(named, str) else None
    return place if place is not None and place in tree else None


def _read_arguments(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the Dockerfile's arguments are given."""
    build = data.get("build")
    given = build.get("args") if isinstance(build, dict) else None
    for name, value in given.items() if isinstance(given, dict) else ():
        if isinstance(value, str):
            yield name, value


def _read_features(text: str, features: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    for name, asked in features.items():
        version = asked.get("version") if isinstance(asked, dict) else asked
        if isinstance(version, str):
            yield name, version, _find_line(text, json.dumps(name))


def _read_commands(
    tree: Tree, path: str, text: str, data: dict[str, Any], manifests: Sequence[str]
) -> Iterator[Command]:
    for key in _COMMANDS:
        for command in _list_texts(data.get(key)):
            directory = Directory(tree, ".", manifests, own_clone=False)
            line = _find_line(text, f'"{key}"')
            yield from read_commands_of(
                tree, command, path, start=line, directory=directory, language="devcontainer"
            )


def _list_texts(value: Any) -> Iterator[str]:
    """Yield shell text: a string is one, an array the words of one, an object several by their names."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(word, str) for word in value):
        yield shlex.join(value)
    elif isinstance(value, dict):
        for each in value.values():
            if not isinstance(each, dict):
                yield from _list_texts(each)


def _read_exports(path: str, text: str, data: dict[str, Any]) -> Iterator[Command]:
    for key in ("remoteEnv", "containerEnv"):
        given = data.get(key)
        for name, value in given.items() if isinstance(given, dict) else ():
            if isinstance(value, str):
                here = value.replace("${containerWorkspaceFolder}", "$PWD").replace(
                    "${localWorkspaceFolder}", "$PWD"
                )
                line = _find_line(text, f'"{name}"')
                raw = f"{name}={here}"
                yield Command(argv=("export", raw), raw=raw[:300], file=path, line=line, language="devcontainer")
