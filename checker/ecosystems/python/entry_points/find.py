"""Finds how a repository's code is meant to be started, the most telling way first; pure, runs nothing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.folders import FRONT, Folder, find_meaning
from checker.ecosystems.instructions.placeholders import has_placeholder
from checker.ecosystems.instructions.scripts import find_scripts
from checker.ecosystems.python.code.imports import is_apart, place_of
from checker.ecosystems.python.declared.console_scripts import find_console_scripts, find_target_file
from checker.ecosystems.python.declared.installed_commands import find_installed_commands
from checker.ecosystems.python.declared.projects import is_project, measure_distance
from checker.ecosystems.python.declared.vendored import find_copied_projects
from checker.ecosystems.python.entry_points.argument_parsers import (
    Parser,
    find_imported_parser,
    find_usage,
    is_workflow_script,
    read_script,
)
from checker.ecosystems.python.entry_points.entry_point import (
    EntryKind,
    EntryPoint,
    Origin,
    make_notebook_entry,
    order_of,
)
from checker.ecosystems.python.entry_points.from_code import (
    find_containers,
    find_just_recipes,
    find_make_goals,
    find_shell_scripts,
    read_commands_at_top,
)
from checker.ecosystems.python.entry_points.from_commands import find_command_entries
from checker.ecosystems.python.entry_points.from_prose import find_named_commands, find_named_scripts
from checker.ecosystems.python.entry_points.make_entry import OF_CODE
from checker.ecosystems.python.entry_points.working_folder import find_working_folder
from checker.ecosystems.python.import_value import Where
from checker.ecosystems.python.source.notebooks import has_code
from checker.ecosystems.python.stated import NOT_STARTED

MAX_ENTRY_POINTS = 200
MAX_OF_ONE_SCRIPT = 4

#: Commands taken from committed shell scripts: projects that search over settings have hundreds.
MAX_OF_THE_CODE = 12


def find_entry_points(
    tree: Tree, commands: Sequence[Command], project: str = ".", beside: Sequence[str] = ()
) -> tuple[EntryPoint, ...]:
    """Return the entry points of a project, the first to be tried first, at most `MAX_ENTRY_POINTS`.

    Order: commands of the author's pages, scripts that they name, what the code itself says, what was only found;
    among equals those without placeholders, demonstrations before training, shallow before deep. `beside` are
    other folders that are installed: pages may start their commands.
    """
    installed = {name: each for folder in beside for name, each in find_installed_commands(tree, folder).items()}
    installed |= find_installed_commands(tree, project)
    found = [
        *_find_installed(tree, project),
        *find_command_entries(tree, (*commands, *find_named_commands(tree)), installed),
        *_find_mains(tree, project),
        *_find_shell_starts(tree, project),
        *_find_scripts(tree, project),
    ]
    if any(entry.origin is Origin.PAGE and entry.name != OF_CODE for entry in found):
        # Beside commands that start programs, code on a command line looks whether something is installed.
        found = [entry for entry in found if entry.name != OF_CODE]
    known: dict[tuple[object, ...], EntryPoint] = {}
    for entry in _count_commands(_leave_out_copies(found, find_copied_projects(tree, project)), project):
        key = (entry.script or entry.name, entry.start, entry.cwd if entry.start else "")
        known.setdefault(key, entry)
    unique = _keep_few_of_each(known.values())
    named = {entry.script for entry in unique if entry.declared and entry.script}
    kept = [entry for entry in unique if entry.declared or entry.script not in named]
    return tuple(sorted(kept, key=order_of))[:MAX_ENTRY_POINTS]


def _leave_out_copies(entries: Sequence[EntryPoint], copied: Sequence[str]) -> Sequence[EntryPoint]:
    """Leave out what the pages of a copied project say of it, where others say how to start what is around it."""
    folders = tuple(f"{folder}/" for folder in copied)
    own = [
        entry
        for entry in entries
        if not (entry.script or f"{entry.cwd}/").startswith(folders)
        or not all(place.source.startswith(folders) for place in entry.evidence)
    ]
    return own if any(entry.declared for entry in own) else entries


def _count_commands(entries: Sequence[EntryPoint], project: str) -> Iterator[EntryPoint]:
    """Yield the entry points, each with the number of commands that the project's own pages have of its script."""
    places: dict[str, set[tuple[str, int | None]]] = {}
    for entry in entries:
        first = next(iter(entry.evidence), None)
        if entry.declared and entry.script and first is not None and not measure_distance(first.source, project):
            places.setdefault(entry.script, set()).add((first.source, first.line))
    for entry in entries:
        yield entry.model_copy(update={"called": len(places.get(entry.script, ()))})


def _keep_few_of_each(entries: Iterable[EntryPoint]) -> list[EntryPoint]:
    """Keep the best few commands of each script: pages list one script with many settings."""
    kept: list[EntryPoint] = []
    counts: dict[str, int] = {}
    for entry in sorted(entries, key=order_of):
        counts[entry.script] = counts.get(entry.script, 0) + 1
        if not entry.script or counts[entry.script] <= MAX_OF_ONE_SCRIPT:
            kept.append(entry)
    return kept


def _find_installed(tree: Tree, project: str) -> Iterator[EntryPoint]:
    for script in find_console_scripts(tree, project):
        parser = _find_target_parser(tree, script.target, project)
        # Called bare, a command mostly says how it is to be called: that is an answer, and no start.
        yield EntryPoint(
            kind=EntryKind.CONSOLE_SCRIPT,
            name=script.name,
            target=script.target,
            answer=(script.name, *(find_usage(parser) or ())),
            cwd=project,
            parser=parser,
            origin=Origin.INSTALLED,
            evidence=(script.evidence,),
        )


def _find_target_parser(tree: Tree, target: str, project: str) -> Parser:
    """Return what parses the command line of a console script; argparse's way is tried where nobody can tell."""
    path = find_target_file(tree, target, project)
    if path is None:
        return Parser.ARGPARSE
    return read_script(tree, path, find_imported_parser(tree, path, tree.read(path))).parser


def _find_mains(tree: Tree, project: str) -> Iterator[EntryPoint]:
    """Yield packages with a `__main__.py`."""
    prefix = "" if project == "." else project + "/"
    for path in tree.files:
        pure = PurePosixPath(path)
        if pure.name != "__main__.py" or not path.startswith(prefix) or is_apart(path) or pure.parent.name == "":
            continue
        facts = read_script(tree, path, Parser.ARGPARSE)
        root = pure.parent
        while f"{root.parent}/__init__.py".removeprefix("./") in tree and str(root.parent) != ".":
            root = root.parent
        cwd = str(root.parent)
        module = str(pure.parent.relative_to(root.parent)).replace("/", ".")
        argv = ("python", "-m", module)
        yield EntryPoint(
            kind=EntryKind.MODULE,
            name=f"python -m {module}",
            script=path,
            answer=(*argv, *facts.usage) if facts.usage else None,
            cwd=cwd,
            parser=facts.parser,
            evidence=(Evidence(claim="a package that can be run", source=path, line=1),),
        )


def _find_scripts(tree: Tree, project: str) -> Iterator[EntryPoint]:
    """Yield notebooks, scripts with a main guard, and those that a page names and gives no command for.

    What stands outside the project's folder and in no other project's uses the project: experiments beside a
    package.
    """
    prefix = "" if project == "." else project + "/"
    named = find_named_scripts(tree)
    others = {folder for folder in set(map(posixpath.dirname, tree.files)) if folder and is_project(tree, folder)}
    copied = tuple(f"{folder}/" for folder in find_copied_projects(tree, project))
    scripts = find_scripts(tree)
    for path in tree.files:
        pure = PurePosixPath(path)
        elsewhere = not path.startswith(prefix) and not others.isdisjoint(map(str, pure.parents))
        if elsewhere or path.startswith(copied) or is_apart(path) or pure.name in NOT_STARTED:
            continue
        if pure.suffix == ".ipynb":
            if not has_code(tree, path):
                continue
            yield make_notebook_entry(path, Origin.FOUND, Evidence(claim="a notebook", source=path))
            continue
        if scripts.get(path) == "Shell" and pure.parent == PurePosixPath(prefix or "."):
            yield from _read_shell_program(tree, path)
        if (pure.suffix != ".py" and scripts.get(path) != "Python") or pure.name == "__main__.py":
            continue
        text = tree.read(path)
        in_front = pure.parent == PurePosixPath(prefix or ".")
        offered = in_front or path in named or not pure.suffix
        if "__main__" not in text and not offered and not _is_bare_program(tree, pure):
            continue
        if place_of(tree, path, text) in {Where.TEST, Where.DOCS, Where.SETUP, Where.VENDORED}:
            continue
        yield from _read_script(tree, path, text, project, named.get(path))


def _find_shell_starts(tree: Tree, project: str) -> Iterator[EntryPoint]:
    """Yield the starts in shell scripts, containers and recipes of which no page speaks: the first of each.

    Those that leave something open (`$1`) say nothing that the program would not be told without them.
    """
    seen: set[str] = set()
    made = (*find_make_goals(tree, project), *find_just_recipes(tree, project))
    for command in (*find_containers(tree), *find_shell_scripts(tree, project), *made):
        folder = posixpath.relpath(command.cwd, project)
        for entry in find_command_entries(tree, [command], find_installed_commands(tree, project)):
            own = entry.script.endswith(".py") and not is_apart(entry.script) and entry.script not in seen
            if own and not has_placeholder(*entry.placeholders) and len(seen) < MAX_OF_THE_CODE:
                seen.add(entry.script)
                in_front = folder == "." or find_meaning(folder) in FRONT
                yield entry.model_copy(update={"origin": Origin.CODE, "in_front": in_front})


def _read_shell_program(tree: Tree, path: str) -> Iterator[EntryPoint]:
    """Yield a shell script without a suffix, or the programs that it starts: what stands in front is started."""
    folder, name = posixpath.split(path)
    command = Command(argv=(f"./{name}",), raw=f"./{name}", file=path, line=1, cwd=folder or ".")
    for entry in find_command_entries(tree, [command]):
        origin = Origin.FOUND if entry.script == path else Origin.CODE
        yield entry.model_copy(update={"origin": origin, "in_front": True})


_SETTINGS = re.compile(r"(?i)(opt|arg|config|cfg|param|setting|flags)")


#: Folders whose files are programs, if they do something when they are run.
_OF_PROGRAMS = frozenset({Folder.EXAMPLES, Folder.EXPERIMENTS})


def _is_bare_program(tree: Tree, path: PurePosixPath) -> bool:
    """Whether a file without a main guard is a program all the same: an example, or one that reads a command line.

    In a package it is none. What only defines the options of others reads one as well; its name says so.
    """
    if f"{path.parent}/__init__.py" in tree or _SETTINGS.search(path.stem):
        return False
    facts = read_script(tree, str(path))
    return facts.runs and (facts.usage is not None or find_meaning(path.parent.name) in _OF_PROGRAMS)


def _read_script(tree: Tree, path: str, text: str, project: str, named: Evidence | None) -> Iterator[EntryPoint]:
    facts = read_script(tree, path)
    if not facts.runs and (posixpath.splitext(path)[1] or is_workflow_script(text)):
        return
    if facts.parser is Parser.NONE:
        facts = facts.model_copy(update={"parser": find_imported_parser(tree, path, text)})
    cwd = find_working_folder(tree, path, text, project)
    relative = posixpath.relpath(path, cwd) if cwd != "." else path
    argv = ("python", f"./{relative}" if relative.startswith("-") else relative)
    needs = bool(facts.positionals or facts.required_options)
    origin = Origin.CODE if named is None else Origin.PROSE
    for command in islice(read_commands_at_top(tree, path, text, cwd), 2):
        for entry in find_command_entries(tree, [command]):
            yield entry.model_copy(update={"origin": origin, "in_front": named is not None})
    yield EntryPoint(
        kind=EntryKind.SCRIPT,
        name=path,
        script=path,
        answer=(*argv, *facts.usage) if facts.usage else None,
        start=None if needs else argv,
        cwd=cwd,
        parser=facts.parser,
        distributed=facts.distributed,
        positionals=facts.positionals,
        origin=Origin.FOUND if named is None else Origin.PROSE,
        in_front=named is not None,
        evidence=(named or Evidence(claim="a script that can be run", source=path, line=_main_line(text)),),
    )


def _main_line(text: str) -> int | None:
    at = text.find("__name__")
    return text.count("\n", 0, at) + 1 if at >= 0 else None
