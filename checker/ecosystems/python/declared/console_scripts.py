"""Reads the console scripts that a project declares, of every kind of declaration."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from checker.core.tree import Tree, join
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.toml import get_table, read_toml
from checker.ecosystems.python.distributions.table import find_distribution
from checker.ecosystems.python.source.parsing import parse_module

_SCRIPT = re.compile(r"^\s*([\w.-]+)\s*=\s*([\w.]+)(?::([\w.]+))?(?:\s*\[.*\])?\s*$")


class ConsoleScript(Value):
    """A command `name` that calls `target` (module:function), and where it is declared."""

    name: str
    target: str
    evidence: Evidence


def find_target_file(tree: Tree, target: str, project: str) -> str | None:
    """Return the file of the module that a console script calls; None where the project does not hold it."""
    stem = target.partition(":")[0].replace(".", "/")
    places = (
        path
        for base in (project, join(project, "src"))
        for path in (join(base, f"{stem}.py"), join(base, stem, "__init__.py"))
    )
    return next((path for path in places if path in tree), None)


def find_console_scripts(tree: Tree, project: str = ".") -> tuple[ConsoleScript, ...]:
    """Return the console scripts that a project declares for code of its own.

    What cannot be read statically is left out, and what calls another package: `test = "pytest:main"`.
    """
    found = [
        *_read_pyproject(tree, join(project, "pyproject.toml")),
        *_read_setup_cfg(tree, join(project, "setup.cfg")),
        *_read_setup_py(tree, join(project, "setup.py")),
    ]
    unique: dict[str, ConsoleScript] = {}
    for script in found:
        if not _is_of_others(tree, script.target.partition(":")[0].partition(".")[0]):
            unique.setdefault(script.name, script)
    return tuple(unique.values())


def _is_of_others(tree: Tree, module: str) -> bool:
    """Whether a module is a known package's and nothing here has its name."""
    names = (module, f"{module}.py", f"{module}.pyx")
    held = any(not {*PurePosixPath(path).parts}.isdisjoint(names) for path in tree.files)
    return not held and find_distribution(module) is not None


def _read_script(name: str, target: str, tree: Tree, path: str) -> ConsoleScript:
    line = next((n for n, text in enumerate(tree.read(path).split("\n"), 1) if target and target in text), None)
    text = f"{name} = {target}"
    return ConsoleScript(
        name=name, target=target, evidence=Evidence(claim="a console script", source=path, line=line, text=text)
    )


def _read_pyproject(tree: Tree, path: str) -> Iterator[ConsoleScript]:
    content = read_toml(tree.read(path))
    tools = (get_table(content, "tool", name, "scripts") for name in ("poetry", "flit"))
    for declared in (get_table(content, "project", "scripts"), *tools):
        for name, value in declared.items():
            target = value.get("callable") or value.get("reference") if isinstance(value, dict) else value
            if isinstance(target, str) and ":" in target:
                yield _read_script(str(name), target, tree, path)


def read_configuration(tree: Tree, path: str) -> configparser.ConfigParser:
    """Read a `setup.cfg`; empty where it is absent or invalid."""
    reader = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        reader.read_string(tree.read(path))
    except configparser.Error:
        return configparser.ConfigParser()
    return reader


def _read_setup_cfg(tree: Tree, path: str) -> Iterator[ConsoleScript]:
    declared = read_configuration(tree, path).get("options.entry_points", "console_scripts", fallback="")
    yield from _read_lines(declared.split("\n"), tree, path)


def _read_setup_py(tree: Tree, path: str) -> Iterator[ConsoleScript]:
    source = parse_module(tree, tree.read(path))
    if source is None:
        return
    for node in ast.walk(source):
        if not isinstance(node, ast.Dict):
            continue
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "console_scripts":
                yield from _read_lines(list_constants(value), tree, path)
    for node in ast.walk(source):
        if isinstance(node, ast.keyword) and node.arg == "entry_points" and isinstance(node.value, ast.Constant):
            section = re.search(r"\[console_scripts\]([^\[]*)", str(node.value.value))
            yield from _read_lines(section[1].split("\n") if section else [], tree, path)


def list_constants(node: ast.expr) -> list[str]:
    """Return the strings that are written within an expression."""
    return [
        item.value for item in ast.walk(node) if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]


def _read_lines(lines: list[str], tree: Tree, path: str) -> Iterator[ConsoleScript]:
    for line in lines:
        match = _SCRIPT.match(line)
        if match:
            target = f"{match[2]}:{match[3]}" if match[3] else match[2]
            yield _read_script(match[1], target, tree, path)
