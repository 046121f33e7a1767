"""Reads the files of the Binder convention that are not Python's own: `postBuild`, `apt.txt` and `start`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.binder import find_binder_file
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.scripts import find_scripts
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.instructions.variables import Variable, find_exports
from checker.ecosystems.python.declared.install_commands import interpret
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.stated import Problem, Specification, SystemPackage

#: Packages of one `apt.txt` that are read.
MAX_PACKAGES = 300

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9.+-]+")


def read_post_build(tree: Tree, path: str) -> Specification | None:
    """Read what the script that runs after the installation installs besides; None where it installs nothing."""
    found = interpret(tree, _read_commands(tree, path))
    packages = tuple(item for item in found.packages if item.text and item.problem is not Problem.LOCAL_PATH)
    if not (packages or found.installs or found.named or found.system_packages):
        return None
    return Specification(
        path=path,
        kind="postBuild",
        requirements=packages,
        options=tuple(found.options),
        system_packages=tuple(found.system_packages),
        included=tuple(dict.fromkeys(evidence.claim for evidence in found.named)),
        installs_project="." in found.installs,
    )


def read_apt_packages(tree: Tree) -> Iterator[SystemPackage]:
    """Yield the packages of the operating system that `apt.txt` lists."""
    path = find_binder_file(tree, "apt.txt")
    for number, line in enumerate(tree.read(path).split("\n")[:MAX_PACKAGES] if path else (), 1):
        name = line.partition("#")[0].strip()
        if _PACKAGE.fullmatch(name):
            yield SystemPackage(name=name, evidence=Evidence(claim="apt.txt", source=path or "", line=number))


def read_start_variables(tree: Tree) -> Iterator[Variable]:
    """Yield the variables that `start`, which runs before everything else, exports."""
    path = find_binder_file(tree, "start")
    if path is not None and path in find_scripts(tree):
        yield from find_exports(_read_commands(tree, path))


def _read_commands(tree: Tree, path: str) -> Iterator[Command]:
    directory = Directory(tree, ".", PROJECT_FILES, own_clone=False)
    yield from read_commands_of(tree, tree.read(path), path, start=1, directory=directory, language="script")
