"""Finds commands that no page gives but the code itself: in a script's docstring, in committed shell scripts."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.containers.compose import list_services
from checker.ecosystems.instructions.containers.dockerfiles import find_dockerfile
from checker.ecosystems.instructions.folders import Folder, find_meanings
from checker.ecosystems.instructions.justfiles import find_justfile, list_recipes
from checker.ecosystems.instructions.makefiles import find_goals
from checker.ecosystems.instructions.roles import STARTS_NOTHING, Role, find_role
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.text import is_continued, remove_prompt
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.code.imports import is_apart
from checker.ecosystems.python.declared.projects import PROJECT_FILES

#: Characters of what stands at the top of a script that are read.
MOST_OF_A_HEAD = 4_000

#: Goals of a Makefile that are read.
MOST_GOALS = 60

#: Shell scripts of a tree that are read, the shallowest first.
MOST_SHELL_SCRIPTS = 40

#: Folders below the project in which they are looked for.
DEEPEST = 3

#: Comments and the docstring at the top; read without parsing, for Python 2 as well.
_HEAD = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\n)*+(?:[rRuU]?(\"{3}|'{3})[\s\S]*?(?:\1|\Z))?")

_COMMAND = re.compile(r"^(?:[A-Z_]+=\S+\s+)*(?:python3?(?:\.\d+)?|torchrun|accelerate\s+launch|deepspeed)\s")
_USAGE = re.compile(r"(?i)^(?:usage|example|run)s?(?:\s*(?:with|by|as))?\s*:\s*")
#: Folders whose shell scripts serve the tests, the machinery or the data of a project.
_NO_FOLDERS = frozenset({Folder.TESTS, Folder.MACHINERY, Folder.DATA})


_AROUND = re.compile(r"^[\s#]*(?:[rRuU]?(?:\"{3}|'{3}))?|(?:\"{3}|'{3})?\s*$")


def _strip_markup(line: str) -> str:
    """Return a line of a docstring or comment without what stands around it."""
    bare = _AROUND.sub("", line)
    if bare[:1] in {'"', "'"} and bare.count(bare[0]) in {1, 2}:
        bare = bare.strip(bare[0])
    return _USAGE.sub("", remove_prompt(bare))


def read_commands_at_top(tree: Tree, path: str, text: str, cwd: str) -> Iterator[Command]:
    """Yield the commands by which a script's docstring, or the comment at its top, says that it is started.

    Only those of the script itself: what it says of others it says in passing.
    """
    head = _HEAD.match(text[:MOST_OF_A_HEAD])
    lines = [_strip_markup(line) for line in (head[0] if head else "").split("\n")]
    kept: list[str] = []
    for line in lines:
        kept.append(line if _COMMAND.match(line) or (kept and is_continued(kept[-1])) else "")
    if not any(kept):
        return
    name = posixpath.basename(path)
    for command in read_commands_of(
        tree, "\n".join(kept), path, start=1, directory=Directory(tree, cwd, PROJECT_FILES), is_typed=True
    ):
        if any(posixpath.basename(word) == name for word in command.argv):
            yield command


def find_shell_scripts(tree: Tree, project: str) -> Iterator[Command]:
    """Yield the project's shell scripts as commands in their folders, without those that only make ready.

    Those that show results come last.
    """
    prefix = "" if project == "." else project + "/"
    found = []
    for path in tree.files:
        pure = PurePosixPath(path)
        if pure.suffix != ".sh" or not path.startswith(prefix) or find_role(path) in STARTS_NOTHING:
            continue
        inside = path.removeprefix(prefix)
        if inside.count("/") <= DEEPEST and not is_apart(path) and _NO_FOLDERS.isdisjoint(find_meanings(inside)):
            found.append(path)
    found.sort(key=lambda path: find_role(path) is Role.PLOT)
    for path in found[:MOST_SHELL_SCRIPTS]:
        folder, name = posixpath.split(path)
        yield Command(argv=("bash", name), raw=f"bash {name}", file=path, line=1, cwd=folder or ".")


def find_containers(tree: Tree) -> Iterator[Command]:
    """Yield the start of the repository's container as a command: its compose file's, else its Dockerfile's."""
    services = list_services(tree)
    path = services[0].path if services else find_dockerfile(tree)
    if path is not None:
        words = ("docker", "compose", "up") if services else ("docker", "run", "image")
        yield Command(argv=words, raw=f"CMD of {path}", file=path, line=1)


def find_just_recipes(tree: Tree, project: str) -> Iterator[Command]:
    """Yield what the project's justfile carries out as commands, without what only makes ready or tidies up."""
    path = find_justfile(tree, project)
    for name in list_recipes(tree, path)[:MOST_GOALS] if path is not None else ():
        if find_role(name) not in STARTS_NOTHING:
            yield Command(argv=("just", name), raw=f"just {name}", file=path or "", line=1, cwd=project)


def find_make_goals(tree: Tree, project: str) -> Iterator[Command]:
    """Yield what `make` makes in the project's folder as commands, without what only makes ready or tidies up."""
    for goal, path, line in find_goals(tree, project)[:MOST_GOALS]:
        if find_role(goal) not in STARTS_NOTHING:
            yield Command(argv=("make", goal), raw=f"make {goal}", file=path, line=line, cwd=project)
