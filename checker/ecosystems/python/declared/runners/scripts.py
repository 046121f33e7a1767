"""Reads scripts that project managers run by name: `pdm run NAME`, `poe NAME`, `hatch run ENV:NAME`.

Sources: the documentation of Hatch ("Scripts"), PDM ("PDM Scripts"), Rye ("User scripts"), Poe the Poet ("Tasks"),
taskipy and Pipenv ("Custom script shortcuts").
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.variables import read_assignments
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml
from checker.ecosystems.python.declared.managers.groups import find_hatch_command, is_installed_by_hatch
from checker.ecosystems.python.declared.projects import is_project
from checker.ecosystems.python.declared.runners.text import (
    MAX_TASKS,
    Env,
    choose_interpreter,
    find_file,
    find_line,
    install,
    read_text,
)
from checker.ecosystems.python.launchers import PROGRAMS

#: Keys of a script's table that hold shell text, of which each may be a list of several.
_TEXTS = ("cmd", "shell", "composite", "chain", "sequence", "parallel")

_CALLS = re.compile(r"(?P<module>[\w.]+):(?P<function>[\w.]+)(?P<arguments>\([^()]*\))?")
_ARGUMENTS = re.compile(r"\{args(?::([^{}]*))?\}")


@dataclass(frozen=True)
class _Scripts:
    """The scripts of one file: `env` is set for all of them; `seen` are those that were carried out."""

    path: str
    scripts: Table
    env: Env = ()
    seen: set[str] = field(default_factory=set)


def read_script_commands(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read a script that a project manager is told to run; none where it is told to run a program."""
    program = posixpath.basename(command.argv[0])
    if program == "hatch":
        yield from _read_hatch(tree, command)
        return
    rest = list(words[1:]) if list(words[:1]) == ["run"] else list(words)
    if program not in {"poe", "task"} and list(words[:1]) != ["run"]:
        return
    while rest and rest[0].startswith("-"):
        rest = rest[1:]
    for file, *table in PROGRAMS.script_tables.get(program, ()) if rest else ():
        path = find_file(tree, (file,), command.cwd)
        data = read_toml(tree.read(path)) if path is not None else ""
        scripts = get_table(data, *table)
        if path is not None and rest[0] in scripts:
            env = _read_env(tree, path, get_table(data, *table[:-1]) if program == "poe" else scripts.get("_"))
            yield from _carry_out(tree, _Scripts(path, scripts, env), tuple(rest))
            return


# ---------------------------------------------------------------- hatch


def _read_hatch(tree: Tree, command: Command) -> Iterator[Command]:
    """Read what an environment of Hatch's has installed and set, and the script that it runs, if it is one."""
    called = find_hatch_command(command.argv)
    if called is None:
        return
    environment, rest = called
    for file, *table in PROGRAMS.script_tables["hatch"]:
        path = find_file(tree, (file,), command.cwd)
        data = read_toml(tree.read(path)) if path is not None else ""
        environments = get_table(data, *table[:-2])
        if path is None or not environments:
            continue
        own, base = get_table(environments, environment), get_table(environments, "default")
        pairs = get_table(base, "env-vars") | get_table(own, "env-vars")
        env = tuple((name, value) for name, value in pairs.items() if isinstance(value, str))
        scripts = get_table(base, "scripts") | get_table(own, "scripts")
        asked = own.get("python", base.get("python"))
        if rest[0] not in scripts and not (env or isinstance(asked, str)):
            continue
        line = find_line(tree.read(path), "python")
        yield from choose_interpreter(tree, asked, path, line) if isinstance(asked, str) else ()
        if rest[0] in scripts:
            yield from _install_for(tree, path, environments, environment)
            yield from _carry_out(tree, _Scripts(path, scripts, env), rest)
        else:
            yield command.model_copy(update={"argv": rest, "env": (*env, *command.env)})
        return


def _install_for(tree: Tree, path: str, environments: Table, name: str) -> Iterator[Command]:
    """Yield what an environment of hatch's installs besides the project."""
    own = get_table(environments, name)
    wanted = [*list_strings(own.get("dependencies")), *list_strings(own.get("extra-dependencies"))]
    yield from install(tree, wanted, path, find_line(tree.read(path), "dependencies"))
    if is_installed_by_hatch(environments, name) and is_project(tree, posixpath.dirname(path) or "."):
        yield from install(tree, ["."], path, 1)


# ---------------------------------------------------------------- scripts


def _carry_out(tree: Tree, held: _Scripts, called: tuple[str, ...]) -> Iterator[Command]:
    """Yield the commands of a script, `called` by its name and the words after it, each script's once."""
    name, *given = called
    if len(held.seen) >= MAX_TASKS:
        return
    held.seen.add(name)
    for before in list_strings(get_table(held.scripts.get(name)).get("deps")):
        yield from _call(tree, held, before)
    yield from _carry_out_value(tree, held, held.scripts.get(name), (name, given))


def _call(tree: Tree, held: _Scripts, written: str) -> Iterator[Command]:
    """Yield the commands of a script that another one names, with its words."""
    words = written.split()
    if words and words[0] in held.scripts and words[0] not in held.seen:
        yield from _carry_out(tree, held, tuple(words))


def _carry_out_value(
    tree: Tree, held: _Scripts, value: object, called: tuple[str, Sequence[str]]
) -> Iterator[Command]:
    """Yield the commands of what a script is: a text, several, or a table that says what kind each is."""
    name = called[0]
    if isinstance(value, str):
        yield from _read_one(tree, held, value, called, ())
    elif isinstance(value, list):
        for each in value:
            yield from _carry_out_value(tree, held, each, called)
    elif isinstance(value, dict):
        line = find_line(tree.read(held.path), name)
        if isinstance(ref := value.get("ref"), str):
            yield from _call(tree, held, ref)
        for text in _list_calls(value):
            yield from read_text(tree, text, held.path, line, env=held.env)
        for key in _TEXTS:
            inner = value.get(key)
            texts = [shlex.join(map(str, inner))] if key == "cmd" and isinstance(inner, list) else inner
            if isinstance(texts, str):
                yield from _read_one(tree, held, texts, called, value)
            elif isinstance(texts, list):
                for each in texts:
                    if isinstance(each, str):
                        yield from _read_one(tree, held, each, called, value)
                    else:
                        yield from _carry_out_value(tree, held, each, (name, ()))


def _read_one(
    tree: Tree,
    held: _Scripts,
    text: str,
    called: tuple[str, Sequence[str]],
    entry: Mapping[str, object] | tuple[()],
) -> Iterator[Command]:
    """Read one text of a script, with the words that it is given; another script's name stands for that script."""
    name, given = called
    table = dict(entry)
    arguments = _read_arguments(table.get("args"), given)
    env = (*held.env, *arguments.items(), *_read_env(tree, held.path, table))
    filled = _ARGUMENTS.sub(lambda use: shlex.join(given) or use[1] or "", text)
    filled = _put(filled, dict(env))
    filled = filled if filled != text or not given or arguments else f"{text} {shlex.join(given)}"
    folder = next((said for key in ("cwd", "working_dir") if isinstance(said := table.get(key), str)), "")
    line = find_line(tree.read(held.path), name)
    for command in read_text(tree, filled, held.path, line, env=env, folder=folder):
        inner = command.argv[0]
        if inner not in held.scripts or inner == name:
            yield command
        elif inner not in held.seen:
            yield from _carry_out(tree, held, command.argv)


def _put(text: str, values: Mapping[str, str]) -> str:
    """Put variables into the text of a script: a shell of its own does not know them."""

    def put(use: re.Match[str]) -> str:
        return values.get(use[1] or use[2], values.get((use[1] or use[2]).lower(), use[0]))

    return re.sub(r"\$\{(\w+)\}|\$(\w+)", put, text)


def _read_arguments(wanted: object, given: Sequence[str]) -> dict[str, str]:
    """Return the arguments that a task of Poe's declares, as given or by default."""
    found: dict[str, str] = {}
    rows = wanted if isinstance(wanted, list) else [wanted] if isinstance(wanted, dict) else []
    if isinstance(wanted, dict) and not isinstance(wanted.get("name"), str):
        rows = [{"name": name, **get_table(row)} for name, row in wanted.items()]
    for row in rows:
        name = row if isinstance(row, str) else get_table(row).get("name")
        if not isinstance(name, str):
            continue
        flags = list_strings(get_table(row).get("options")) or [f"--{name}"]
        at = next((at for at, word in enumerate(given) if word in flags), None)
        default = get_table(row).get("default")
        said = given[at + 1] if at is not None and at + 1 < len(given) else default
        if isinstance(said, str | int | float) and not isinstance(said, bool):
            found[name] = str(said)
    return found


def _list_calls(value: Mapping[str, object]) -> Iterator[str]:
    """Yield the command that does what a script's function does: `call = "toy.run:main"`."""
    for key in ("call", "script"):
        text = value.get(key)
        found = _CALLS.fullmatch(text) if isinstance(text, str) else None
        if found is not None:
            module, function, arguments = found["module"], found["function"], found["arguments"] or "()"
            top = function.partition(".")[0]
            yield shlex.join(["python", "-c", f"from {module} import {top}; {function}{arguments}"])
        elif isinstance(text, str) and re.fullmatch(r"[\w.]+", text):
            yield f"python -m {text}"


def _read_env(tree: Tree, path: str, table: object) -> Env:
    """Return what a table sets: `env`, and the file that `env_file` or `envfile` names."""
    entry = get_table(table)
    files = [name for key in ("env_file", "env-file", "envfile") for name in list_strings(entry.get(key))]
    folder = posixpath.dirname(path)
    paths = [posixpath.normpath(posixpath.join(folder, name)) for name in files]
    read = ((said.name, said.value) for each in paths for said in read_assignments(tree.read(each), each))
    own = get_table(entry, "env")
    pairs = (
        (name, value if isinstance(value, str) else get_table(value).get("default")) for name, value in own.items()
    )
    return (*read, *((name, value) for name, value in pairs if isinstance(value, str)))
