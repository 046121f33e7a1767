"""Turns the commands that authors show into entry points: through launchers and shell scripts, to files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.binder import NAMES as NAMES_OF_BINDER
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.placeholders import list_to_replace
from checker.ecosystems.instructions.repository_name import calls_itself
from checker.ecosystems.instructions.roles import STARTS_NOTHING, Role, find_role, is_common
from checker.ecosystems.instructions.scripts import find_program
from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.reader import find_script, read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory, names_of_clone
from checker.ecosystems.instructions.variables import keep_stated
from checker.ecosystems.python.code.pythonpath import find_entry_path, join_variables
from checker.ecosystems.python.declared.installed_commands import Installed
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.declared.task_runners import read_called_commands
from checker.ecosystems.python.distributions.table import find_distribution
from checker.ecosystems.python.entry_points.entry_point import (
    EntryKind,
    EntryPoint,
    Origin,
    make_notebook_entry,
)
from checker.ecosystems.python.entry_points.locate import BareScript, find_bare_script, find_places, locate
from checker.ecosystems.python.entry_points.make_entry import (
    make_code_entry,
    make_entry,
    note_change,
    note_filling,
)
from checker.ecosystems.python.entry_points.preparation import find_copies, is_extension_build
from checker.ecosystems.python.launchers import (
    FILES_OF_PROGRAMS,
    OF_THE_MACHINE,
    PROGRAMS_OF_PACKAGES,
    PYTHON,
    Launch,
    find_bazel_launch,
    find_launch,
    unwrap,
)
from checker.ecosystems.python.source.notebooks import has_code
from checker.ecosystems.python.stated import NOT_STARTED

MAX_SHELL_DEPTH = 3

#: Commands within scripts and recipes that are read for one tree.
MAX_INNER = 10_000


def find_command_entries(
    tree: Tree, commands: Sequence[Command], installed: Mapping[str, Installed] = MappingProxyType({})
) -> Iterator[EntryPoint]:
    """Yield the entry points that the author's commands name, those within shell scripts included.

    `installed` are the commands that the project's installation brings.
    """
    around = _Around(find_copies(tree, commands), installed, iter(range(MAX_INNER)))
    cloned = _find_first_clone(commands)
    for command in commands:
        name = _clone_in_front(tree, command, cloned)
        if name is None:
            yield from _read_command(tree, command, around, depth=0)
            continue
        words = tuple(word.removeprefix("./").removeprefix(f"{name}/") for word in command.argv)
        for entry in _read_command(tree, command.model_copy(update={"argv": words}), around, depth=0):
            yield note_change(entry, command, f"{name}/… → …")


def _find_first_clone(commands: Sequence[Command]) -> tuple[str, ...]:
    """Return the names of what the pages clone before they install anything: mostly the repository itself."""
    for command in commands:
        if names := names_of_clone(command.argv):
            return names
        if "install" in command.argv[1:4]:
            break
    return ()


def _clone_in_front(tree: Tree, command: Command, cloned: tuple[str, ...]) -> str | None:
    """Return the clone's name where a command is called from above it: `bash NAME/scripts/fit.sh`."""
    for word in command.argv:
        name, _, inside = word.removeprefix("./").partition("/")
        if (
            inside in tree
            and name not in tree.folders
            and (name in cloned or calls_itself(tree, name, PROJECT_FILES))
        ):
            return name
    return None


@dataclass(frozen=True)
class _Around:
    """What commands are read with: files that pages have copied, commands that an installation brings.

    `budget` is shared: scripts that call one another many times over end with it.
    """

    copied: Mapping[str, str]
    installed: Mapping[str, Installed]
    budget: Iterator[int]


def _start_installed(tree: Tree, command: Command, known: Installed, depth: int) -> Iterator[EntryPoint]:
    """Yield a start by a command that the project's installation brings; a script file as Python runs it.

    Not of a console script alone: called bare, it mostly says how it is to be called.
    """
    arguments = unwrap(command.argv)[1:]
    cwd = command.cwd if command.cwd in tree.folders else "."
    if known.target and arguments:
        entry = make_entry(
            tree, command, Launch(program=known.name, arguments=arguments), (known.path, cwd), depth
        )
        yield entry.model_copy(update={"kind": EntryKind.CONSOLE_SCRIPT, "target": known.target})
    elif not known.target and _runs_python(tree.read(known.path), known.path):
        script = posixpath.relpath(known.path, cwd)
        yield make_entry(tree, command, Launch(script=script, arguments=arguments), (known.path, cwd), depth)


_SHEBANG = re.compile(r"#![^\n]*\bpython")


def _runs_python(text: str, path: str) -> bool:
    """Whether a file is a script of Python's, by its name or its first line."""
    return path.endswith(".py") or _SHEBANG.match(text) is not None


def _read_command(tree: Tree, command: Command, around: _Around, depth: int) -> Iterator[EntryPoint]:
    argv = unwrap(command.argv)
    known = around.installed.get(next(iter(argv), ""))
    if known is not None:
        yield from _start_installed(tree, command, known, depth)
        return
    called = list(_read_called(tree, command, around, depth))
    if called:
        yield from called
        return
    built = find_bazel_launch(argv)
    if built is not None:
        for entry in _read_launch(tree, command, built, around.copied, depth):
            yield note_change(entry, command, f"{argv[0]} → {entry.name}")
        return
    launch = find_launch(argv)
    if launch is not None:
        if not launch.tool:
            yield from _read_launch(tree, command, launch, around.copied, depth)
        return
    if depth < MAX_SHELL_DEPTH:
        yield from _read_shell(tree, command, argv, around, depth)
    if argv and PYTHON.match(argv[0]):
        given = make_code_entry(tree, command, argv)
        yield from () if given is None else (given,)
    elif argv:
        yield from _start_by_program(tree, command, argv, depth)


def _start_by_program(tree: Tree, command: Command, argv: Sequence[str], depth: int) -> Iterator[EntryPoint]:
    """Yield what a program that some package brings starts: a notebook, a workflow, an application."""
    if argv[0] in {"jupyter", "papermill"}:
        yield from _find_notebooks(tree, command, argv)
    if argv[0] in PROGRAMS_OF_PACKAGES:
        yield from _start_by_package(tree, command, argv)
    if argv[0] in {"streamlit", "gradio"} and any(part.endswith(".py") for part in argv):
        script = next(part for part in argv if part.endswith(".py"))
        path = locate(tree, script, command.cwd)
        if path is not None:
            yield make_entry(tree, command, Launch(script=script), path, depth)


def _read_launch(
    tree: Tree, command: Command, launch: Launch, copied: Mapping[str, str], depth: int
) -> Iterator[EntryPoint]:
    if launch.module:
        stem = launch.module.replace(".", "/")
        candidates = [f"{stem}.py", f"{stem}/__main__.py", f"src/{stem}.py", f"src/{stem}/__main__.py"]
        for candidate in candidates:
            place = locate(tree, candidate, command.cwd)
            if place is not None:
                yield make_entry(tree, command, launch, place, depth)
                return
        yield from _start_from_above(tree, command, launch, depth)
        return
    if posixpath.basename(launch.script) in NOT_STARTED or is_extension_build(launch.argv):
        return
    place = locate(tree, launch.script, command.cwd, copied)
    if place is not None:
        yield make_entry(tree, command, launch, place, depth)
        return
    moved = _find_moved(tree, command, launch, depth)
    if moved is not None:
        yield moved
    elif not depth:
        yield from _start_in_each_place(tree, command, launch)


def _find_moved(tree: Tree, command: Command, launch: Launch, depth: int) -> EntryPoint | None:
    """Return a command whose page puts the script into another folder than the one that has a file of its name."""
    said = launch.script
    folder, name = posixpath.split(said.removeprefix("./"))
    if not folder or "$" in said or "<" in said or not name.endswith(".py"):
        return None
    if name in NOT_STARTED or is_common(name):
        return None
    found = [path for path in tree.files if posixpath.basename(path) == name]
    if len(found) != 1:
        return None
    cwd = command.cwd if command.cwd in tree.folders else "."
    launch = launch.model_copy(update={"script": posixpath.relpath(found[0], cwd)})
    entry = make_entry(tree, command, launch, (found[0], cwd), depth)
    return note_change(entry, command, f"{said} → {launch.script}")


def _start_in_each_place(tree: Tree, command: Command, launch: Launch) -> Iterator[EntryPoint]:
    """Yield a command once for each of the folders that hold its script, where a page leaves open which to enter.

    `cd experiments/<name>` and then `python trainer.py`: below the page's folder, the shallowest few.
    """
    for path, folder in find_places(tree, command, launch.script):
        entry = make_entry(tree, command, launch, (path, folder), depth=0)
        yield note_change(entry, command, f"{launch.script} → {path}")


def _start_from_above(tree: Tree, command: Command, launch: Launch, depth: int) -> Iterator[EntryPoint]:
    """Yield a module that the page calls from the folder above the clone: `python -m NAME.fit` for `fit.py`."""
    name, _, rest = launch.module.partition(".")
    stem = rest.replace(".", "/")
    path = next((path for path in (f"{stem}.py", f"{stem}/__main__.py") if path in tree), None)
    if path is None or not rest or name in tree.folders or find_distribution(name) is not None:
        return
    entry = make_entry(tree, command, launch.model_copy(update={"module": rest}), (path, "."), depth)
    yield note_change(entry, command, f"{launch.module} → {rest}")


def _read_shell(
    tree: Tree, command: Command, argv: Sequence[str], around: _Around, depth: int
) -> Iterator[EntryPoint]:
    """Read the Python commands within a shell script that a command runs, or the script of Python's itself."""
    bare = find_bare_script(tree, argv, command.cwd)
    if bare is not None and bare.language == "Python":
        launch = Launch(script=bare.word.removeprefix("./"), arguments=bare.arguments)
        yield make_entry(tree, command, launch, (bare.path, bare.cwd), depth)
    elif bare is not None and bare.language == "Shell":
        there = bare.path, bare.cwd
        inside = list(_read_inside(tree, command, around, place=there, arguments=bare.arguments, depth=depth))
        yield from inside or _start_shell_program(tree, command, bare)
    script = find_script(argv) if bare is None else None
    if script is None:
        return
    place = locate(tree, script, command.cwd)
    arguments = tuple(argv[list(argv).index(script) + 1 :])
    for found in [place] if place is not None else find_places(tree, command, script) if not depth else []:
        yield from _read_inside(tree, command, around, place=found, arguments=arguments, depth=depth)


def _read_inside(
    tree: Tree,
    command: Command,
    around: _Around,
    *,
    place: tuple[str, str],
    arguments: tuple[str, ...],
    depth: int,
) -> Iterator[EntryPoint]:
    """Read the Python commands of one shell script, given by its file and the folder that it runs in."""
    path, cwd = place
    inside = read_commands_of(
        tree,
        tree.read(path),
        path,
        start=1,
        directory=Directory(tree, cwd, PROJECT_FILES),
        language="sh",
        environment=Environment(arguments),
    )
    for inner, _ in zip(inside, around.budget, strict=False):
        for entry in _read_command(tree, inner, around, depth + 1):
            yield entry.model_copy(update={"evidence": (command.evidence, *entry.evidence)})


#: Lines of a shell script that is started as a whole: longer ones are the machinery of a build.
MAX_LINES = 100


def _start_shell_program(tree: Tree, command: Command, script: BareScript) -> Iterator[EntryPoint]:
    """Yield a shell script that starts no program of the tree by itself, and makes nothing ready, as a program."""
    is_short = tree.read(script.path).count("\n") <= MAX_LINES
    makes_ready = find_role(script.path) in STARTS_NOTHING - {Role.TEST, Role.CHECK}
    if makes_ready or not is_short or posixpath.basename(script.path) in NAMES_OF_BINDER:
        return
    yield EntryPoint(
        kind=EntryKind.COMMAND,
        name=script.word,
        script=script.path,
        start=(*find_program(tree, script.path), posixpath.relpath(script.path, script.cwd), *script.arguments),
        cwd=script.cwd,
        origin=Origin.PAGE,
        placeholders=list_to_replace(script.arguments),
        env=join_variables(keep_stated(command.env, script.cwd), find_entry_path(tree, command)),
        evidence=(command.evidence,),
    )


def _read_called(tree: Tree, command: Command, around: _Around, depth: int) -> Iterator[EntryPoint]:
    """Read the Python commands that a task runner, or a container, carries out."""
    called = read_called_commands(tree, command) if depth < MAX_SHELL_DEPTH else ()
    for inner, _ in zip(called, around.budget, strict=False):
        for entry in _read_command(tree, inner, around, depth + 1):
            yield entry.model_copy(update={"evidence": (command.evidence, *entry.evidence)})


def _start_by_package(tree: Tree, command: Command, argv: Sequence[str]) -> Iterator[EntryPoint]:
    """Yield a start by another package's program, where it finds something that is committed here."""
    given = (locate(tree, part.rpartition("=")[2], command.cwd) for part in argv[1:] if "." in part)
    names = (join(command.cwd, name) for name in FILES_OF_PROGRAMS.get(argv[0], ()))
    usual = next(((path, command.cwd) for path in names if path in tree), None)
    place = next((found for found in given if found is not None), usual)
    if place is None:
        return
    kept, left_out = _drop_other_machines(argv)
    yield EntryPoint(
        kind=EntryKind.COMMAND,
        name=" ".join(kept[:2]),
        script=place[0],
        start=kept,
        cwd=place[1],
        origin=Origin.PAGE,
        placeholders=list_to_replace(kept[1:]),
        filled=left_out,
        env=join_variables(keep_stated(command.env, place[1]), find_entry_path(tree, command)),
        evidence=(command.evidence, *(note_filling(command.evidence, filling) for filling in left_out)),
    )


def _drop_other_machines(argv: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Leave out the options of a program that ask for another machine, with their values, and tell of each."""
    elsewhere = OF_THE_MACHINE.get(argv[0])
    kept: list[str] = []
    left_out: list[str] = []
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if elsewhere is None or not elsewhere.fullmatch(word):
            kept.append(word)
            continue
        takes = not word.startswith("--use-") and "=" not in word and rest and not rest[0].startswith("-")
        left_out.append(f"{' '.join((word, rest.pop(0)) if takes else (word,))} → left out")
    return tuple(kept), tuple(left_out)


def _find_notebooks(tree: Tree, command: Command, argv: Sequence[str]) -> Iterator[EntryPoint]:
    for part in argv:
        place = locate(tree, part, command.cwd) if part.endswith(".ipynb") else None
        if place is not None and has_code(tree, place[0]):
            yield make_notebook_entry(place[0], Origin.PAGE, evidence=command.evidence)
