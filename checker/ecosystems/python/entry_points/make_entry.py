"""Makes the entry point of one command, once it is known which script it runs and where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.placeholders import list_to_replace
from checker.ecosystems.instructions.variables import keep_stated
from checker.ecosystems.python.code.pythonpath import find_entry_path, join_variables
from checker.ecosystems.python.entry_points.argument_parsers import (
    Parser,
    find_imported_parser,
    read_option_files,
    read_script,
)
from checker.ecosystems.python.entry_points.entry_point import QUESTIONS, EntryKind, EntryPoint, Origin
from checker.ecosystems.python.entry_points.fill import Script, fill_arguments
from checker.ecosystems.python.entry_points.locate import locate
from checker.ecosystems.python.launchers import Launch
from checker.ecosystems.python.source.parsing import parse_module

#: The name of what `python -c CODE` starts.
OF_CODE = "python -c …"

#: The option that an old launcher of several processes adds for each.
_RANK = re.compile(r"--local[_-]rank\b(?=[\"'])")

_PWD = re.compile(r"\$PWD\b|\$\{PWD\}")


def make_entry(tree: Tree, command: Command, launch: Launch, place: tuple[str, str], depth: int) -> EntryPoint:
    """Return the entry point for a command that runs a script, its placeholders filled in where something tells.

    `place` is (file, folder to run in); `depth` counts the shell scripts that it was found through.
    """
    path, cwd = place
    text = tree.read(path)
    facts = read_script(tree, path, find_imported_parser(tree, path, text))
    argv = launch.argv
    bare = argv[: len(argv) - len(launch.arguments)]
    asks = tuple(word for word in launch.arguments if word in QUESTIONS)
    here = SOURCE if cwd == "." else f"{SOURCE}/{cwd}"
    given = tuple(_PWD.sub(here, word) for word in launch.arguments if word not in asks)
    if launch.gives_rank and (option := _RANK.search(text)) is not None:
        given = (f"{option[0]}=0", *given)
    script = Script(tree, cwd, text, read_option_files(tree, path, text), is_hydra=facts.parser is Parser.HYDRA)
    arguments, changes = fill_arguments(script, given)
    fillings = (*changes, *(f"{word} → left out" for word in asks))
    needs = bool(asks and (facts.positionals or facts.required_options))
    open_ends = list_to_replace(word.replace(here, ".") for word in arguments)
    return EntryPoint(
        kind=EntryKind.SHELL if depth else EntryKind.COMMAND,
        name=" ".join(bare),
        script=path,
        answer=(*bare, *facts.usage) if facts.usage else None,
        start=None if needs else (*bare, *arguments),
        cwd=cwd,
        parser=facts.parser,
        origin=Origin.PAGE,
        distributed=launch.distributed,
        placeholders=open_ends,
        filled=fillings,
        positionals=facts.positionals,
        env=join_variables(
            keep_stated(command.env, cwd), (*find_entry_path(tree, command), *((cwd,) if launch.prompt else ()))
        ),
        evidence=(command.evidence, *(note_filling(command.evidence, filling) for filling in fillings)),
    )


def make_code_entry(tree: Tree, command: Command, argv: tuple[str, ...]) -> EntryPoint | None:
    """Return the entry point for `python -c CODE` where the code imports a module of the tree; else None.

    Other code on a command line looks at what was installed, or at the interpreter.
    """
    at = argv.index("-c") if "-c" in argv[1:4] else len(argv)
    module = parse_module(tree, argv[at + 1]) if at + 1 < len(argv) else None
    for name in _list_imports(module) if module is not None else ():
        stem = name.replace(".", "/")
        for file in (f"{stem}/__init__.py", f"{stem}.py", f"src/{stem}/__init__.py", f"src/{stem}.py"):
            place = locate(tree, file, command.cwd)
            if place is not None:
                return EntryPoint(
                    kind=EntryKind.COMMAND,
                    name=OF_CODE,
                    script=place[0],
                    start=("python", *argv[1:]),
                    cwd=command.cwd if command.cwd in tree.folders else ".",
                    origin=Origin.PAGE,
                    env=join_variables(keep_stated(command.env, command.cwd), find_entry_path(tree, command)),
                    evidence=(command.evidence,),
                )
    return None


def _list_imports(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def note_change(entry: EntryPoint, command: Command, change: str) -> EntryPoint:
    """Say in an entry point what is called otherwise than its page has it."""
    evidence = (*entry.evidence, note_filling(command.evidence, change))
    return entry.model_copy(update={"filled": (change, *entry.filled), "evidence": evidence})


def note_filling(place: Evidence, filling: str) -> Evidence:
    """Return the place of a command as the evidence for what was filled in, `<name> → value`."""
    return place.model_copy(update={"claim": f"filled in: {filling}"})
