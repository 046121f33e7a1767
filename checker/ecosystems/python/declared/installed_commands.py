"""Lists the commands that installing a project provides: console scripts and script files."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping

from checker.core.tree import Tree, join, once_per_tree
from checker.core.values.base import Value
from checker.ecosystems.python.declared.console_scripts import (
    find_console_scripts,
    find_target_file,
    list_constants,
    read_configuration,
)
from checker.ecosystems.python.declared.formats.toml import get_table, list_strings, read_toml
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.source.parsing import parse_module


class Installed(Value):
    """A command `name` of an installed project: `path` is its file in the tree ('' where none was found).

    `target` is `module:function` for a console script, '' for a script file that is copied as it is.
    """

    name: str
    path: str
    target: str = ""


@once_per_tree
def find_installed_commands(tree: Tree, project: str = ".") -> Mapping[str, Installed]:
    """Return the commands that are there once a project has been installed, by name."""
    files = {posixpath.basename(path): path for path in _find_script_files(tree, project)}
    found = {name: Installed(name=name, path=path) for name, path in files.items()}
    for script in find_console_scripts(tree, project):
        path = find_target_file(tree, script.target, project)
        found[script.name] = Installed(name=script.name, path=path or "", target=script.target)
    return {name: each for name, each in found.items() if name not in _OF_THE_SHELL}


#: Names that mean another command where a page or a script has them: a shell's own, and the interpreter's.
_OF_THE_SHELL = frozenset(
    {"cd", "echo", "eval", "exec", "export", "pip", "python", "set", "source", "test", "time"}
)


#: Projects of one tree whose commands are known to the reader of pages, the shallowest first.
MOST_PROJECTS = 20


@once_per_tree
def list_all_commands(tree: Tree) -> frozenset[str]:
    """Return the names of the commands of all projects of a tree: what a line of a page may begin with."""
    found = {posixpath.dirname(path) for path in tree.files if posixpath.basename(path) in PROJECT_FILES}
    nearest = sorted(found, key=lambda folder: (folder.count("/") + bool(folder), folder))[:MOST_PROJECTS]
    return frozenset(name for folder in nearest for name in find_installed_commands(tree, folder or "."))


def _find_script_files(tree: Tree, project: str) -> Iterator[str]:
    """Yield the files that an installation copies beside the interpreter."""
    named = [
        *_read_setup_keyword(tree, join(project, "setup.py")),
        *_read_setup_option(tree, join(project, "setup.cfg")),
        *_read_setuptools_table(tree, join(project, "pyproject.toml")),
    ]
    yield from (path for path in (join(project, name) for name in named) if path in tree)


def _read_setup_keyword(tree: Tree, path: str) -> Iterator[str]:
    source = parse_module(tree, tree.read(path))
    for node in ast.walk(source) if source is not None else ():
        if (
            isinstance(node, ast.keyword)
            and node.arg == "scripts"
            and isinstance(node.value, ast.List | ast.Tuple)
        ):
            yield from list_constants(node.value)


def _read_setup_option(tree: Tree, path: str) -> list[str]:
    return re.split(r"[,\s]+", read_configuration(tree, path).get("options", "scripts", fallback="").strip())


def _read_setuptools_table(tree: Tree, path: str) -> list[str]:
    return list_strings(get_table(read_toml(tree.read(path)), "tool", "setuptools").get("script-files"))
