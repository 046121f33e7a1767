"""Reads the commands that an installation of a project brings: console scripts, and script files beside them."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath

from checker.ecosystems.python.distributions import distribution_for
from checker.ecosystems.python.import_scan import parse
from checker.ecosystems.python.paths import join
from checker.ecosystems.python.projects import PROJECT_FILES
from checker.models import Evidence, Value
from checker.tree import Tree

_SCRIPT = re.compile(r"^\s*([\w.-]+)\s*=\s*([\w.]+)(?::([\w.]+))?\s*(?:\[.*\])?\s*$")


class ConsoleScript(Value):
    """A command `name` that calls `target` (module:function), and where it is declared."""

    name: str
    target: str
    evidence: Evidence


class Installed(Value):
    """A command `name` of an installed project: `path` is its file in the tree ('' where none was found).

    `target` is `module:function` for a console script, '' for a script file that is copied as it is.
    """

    name: str
    path: str
    target: str = ""


@lru_cache(maxsize=8)
def installed_commands(tree: Tree, project: str = ".") -> Mapping[str, Installed]:
    """Return the commands that are there once a project has been installed, by name."""
    files = {posixpath.basename(path): path for path in _script_files(tree, project)}
    found = {name: Installed(name=name, path=path) for name, path in files.items()}
    for script in console_scripts(tree, project):
        path = target_file(tree, script.target, project)
        found[script.name] = Installed(name=script.name, path=path or "", target=script.target)
    return {name: each for name, each in found.items() if name not in _OF_THE_SHELL}


_OF_THE_SHELL = frozenset(
    {"cd", "echo", "eval", "exec", "export", "pip", "python", "set", "source", "test", "time"}
)
"""Names that mean another command where a page or a script has them: a shell's own, and the interpreter's."""


MOST_PROJECTS = 20
"""Projects of one tree whose commands are known to the reader of pages, the shallowest first."""


@lru_cache(maxsize=4)
def commands_of_all(tree: Tree) -> frozenset[str]:
    """Return the names of the commands of all projects of a tree: what a line of a page may begin with."""
    found = {posixpath.dirname(path) for path in tree.files if posixpath.basename(path) in PROJECT_FILES}
    nearest = sorted(found, key=lambda folder: (folder.count("/") + bool(folder), folder))[:MOST_PROJECTS]
    return frozenset(name for folder in nearest for name in installed_commands(tree, folder or "."))


def target_file(tree: Tree, target: str, project: str) -> str | None:
    """Return the file of the module that a console script calls; None where the project does not hold it."""
    stem = target.partition(":")[0].replace(".", "/")
    places = (
        path
        for base in (project, join(project, "src"))
        for path in (join(base, f"{stem}.py"), join(base, stem, "__init__.py"))
    )
    return next((path for path in places if path in tree), None)


def console_scripts(tree: Tree, project: str = ".") -> tuple[ConsoleScript, ...]:
    """Return the console scripts that a project declares for code of its own.

    What cannot be read statically is left out, and what calls another package: `test = "pytest:main"`.
    """
    found = [
        *_pyproject(tree, join(project, "pyproject.toml")),
        *_setup_cfg(tree, join(project, "setup.cfg")),
        *_setup_py(tree, join(project, "setup.py")),
    ]
    unique: dict[str, ConsoleScript] = {}
    for script in found:
        if not _of_others(tree, script.target.partition(":")[0].partition(".")[0]):
            unique.setdefault(script.name, script)
    return tuple(unique.values())


def _of_others(tree: Tree, module: str) -> bool:
    """Whether a module is a known package's and nothing here has its name."""
    names = (module, f"{module}.py", f"{module}.pyx")
    held = any(not {*PurePosixPath(path).parts}.isdisjoint(names) for path in tree.files)
    return not held and distribution_for(module) is not None


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


def _script_files(tree: Tree, project: str) -> Iterator[str]:
    """Yield the files that an installation copies beside the interpreter."""
    named = [
        *_keyword_of_setup(tree, join(project, "setup.py")),
        *_option_of_setup(tree, join(project, "setup.cfg")),
        *_table_of_setuptools(tree, join(project, "pyproject.toml")),
    ]
    yield from (path for path in (join(project, name) for name in named) if path in tree)


def _keyword_of_setup(tree: Tree, path: str) -> Iterator[str]:
    source = parse(tree.read(path))
    for node in ast.walk(source) if source is not None else ():
        if (
            isinstance(node, ast.keyword)
            and node.arg == "scripts"
            and isinstance(node.value, ast.List | ast.Tuple)
        ):
            yield from _strings(node.value)


def _option_of_setup(tree: Tree, path: str) -> list[str]:
    reader = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        reader.read_string(tree.read(path))
    except configparser.Error:
        return []
    return re.split(r"[,\s]+", reader.get("options", "scripts", fallback="").strip())


def _table_of_setuptools(tree: Tree, path: str) -> list[str]:
    try:
        content = tomllib.loads(tree.read(path))
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    tool = content.get("tool")
    table = tool.get("setuptools") if isinstance(tool, dict) else None
    named = table.get("script-files") if isinstance(table, dict) else None
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []
