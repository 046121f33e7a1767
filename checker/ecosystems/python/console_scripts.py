"""Reads the commands that an installation of a project brings: console scripts of every kind of declaration."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterator

from checker.ecosystems.python.import_scan import parse
from checker.ecosystems.python.paths import join
from checker.models import Evidence, Value
from checker.tree import Tree

_SCRIPT = re.compile(r"^\s*([\w.-]+)\s*=\s*([\w.]+)(?::([\w.]+))?\s*(?:\[.*\])?\s*$")


class ConsoleScript(Value):
    """A command `name` that calls `target` (module:function), and where it is declared."""

    name: str
    target: str
    evidence: Evidence


def console_scripts(tree: Tree, project: str = ".") -> tuple[ConsoleScript, ...]:
    """Return the console scripts that a project declares; what cannot be read statically is left out."""
    found = [
        *_pyproject(tree, join(project, "pyproject.toml")),
        *_setup_cfg(tree, join(project, "setup.cfg")),
        *_setup_py(tree, join(project, "setup.py")),
    ]
    unique: dict[str, ConsoleScript] = {}
    for script in found:
        unique.setdefault(script.name, script)
    return tuple(unique.values())


def _script(name: str, target: str, tree: Tree, path: str) -> ConsoleScript:
    line = next((n for n, text in enumerate(tree.read(path).split("\n"), 1) if target and target in text), None)
    text = f"{name} = {target}"
    return ConsoleScript(
        name=name, target=target, evidence=Evidence(claim="a console script", source=path, line=line, text=text)
    )


def _pyproject(tree: Tree, path: str) -> Iterator[ConsoleScript]:
    try:
        content = tomllib.loads(tree.read(path))
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    project = content.get("project")
    tables = [project.get("scripts") if isinstance(project, dict) else None]
    tool = content.get("tool")
    for name in ("poetry", "flit", "pdm"):
        part = tool.get(name) if isinstance(tool, dict) else None
        if isinstance(part, dict):
            tables.append(part.get("scripts") if name != "pdm" else None)
    for table in tables:
        for name, value in table.items() if isinstance(table, dict) else ():
            target = value.get("callable") or value.get("reference") if isinstance(value, dict) else value
            if isinstance(target, str) and ":" in target:
                yield _script(str(name), target, tree, path)


def _setup_cfg(tree: Tree, path: str) -> Iterator[ConsoleScript]:
    reader = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        reader.read_string(tree.read(path))
    except configparser.Error:
        return
    if reader.has_option("options.entry_points", "console_scripts"):
        yield from _lines(reader.get("options.entry_points", "console_scripts").split("\n"), tree, path)


def _setup_py(tree: Tree, path: str) -> Iterator[ConsoleScript]:
    source = parse(tree.read(path))
    if source is None:
        return
    for node in ast.walk(source):
        if not isinstance(node, ast.Dict):
            continue
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "console_scripts":
                yield from _lines(_strings(value), tree, path)
    for node in ast.walk(source):
        if isinstance(node, ast.keyword) and node.arg == "entry_points" and isinstance(node.value, ast.Constant):
            section = re.search(r"\[console_scripts\]([^\[]*)", str(node.value.value))
            yield from _lines(section[1].split("\n") if section else [], tree, path)


def _strings(node: ast.expr) -> list[str]:
    return [
        item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]


def _lines(lines: list[str], tree: Tree, path: str) -> Iterator[ConsoleScript]:
    for line in lines:
        match = _SCRIPT.match(line)
        if match:
            target = f"{match[2]}:{match[3]}" if match[3] else match[2]
            yield _script(match[1], target, tree, path)
