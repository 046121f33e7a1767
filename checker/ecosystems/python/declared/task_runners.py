"""Reads what task runners carry out where a command calls them: make, just, tox, nox, hatch and scripts of others.

`just run` → `python fit.py --steps 3`. What a task has installed comes first, as `pip install …`.
"""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
import shlex
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.containers.run import read_container_commands
from checker.ecosystems.instructions.justfiles import read_just_commands
from checker.ecosystems.instructions.makefiles import read_made_commands, read_make_arguments
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml
from checker.ecosystems.python.declared.managers.groups import is_installed_by_hatch
from checker.ecosystems.python.declared.pixi.tasks import read_pixi_commands
from checker.ecosystems.python.declared.projects import PROJECT_FILES, is_project
from checker.ecosystems.python.launchers import PROGRAMS, unwrap
from checker.ecosystems.python.source.parsing import parse_module

MAX_COMMANDS = 100


def read_called_commands(tree: Tree, command: Command) -> Iterator[Command]:
    """Yield the commands that a command has a task runner carry out; none where it calls none."""
    for argv in dict.fromkeys((command.argv, unwrap(command.argv))):
        words = argv[2:] if argv[1:2] == ("-m",) and argv[0].startswith("python") else argv
        reader = _READERS.get(posixpath.basename(words[0])) if words else None
        if reader is not None:
            found = list(islice(reader(tree, command.model_copy(update={"argv": words}), words[1:]), MAX_COMMANDS))
            yield from found
            if found:
                return


# ---------------------------------------------------------------- make, just, containers


def _read_make(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    yield from read_made_commands(tree, *read_make_arguments(words, command.cwd), manifests=PROJECT_FILES)


def _read_just(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    yield from read_just_commands(tree, words, command.cwd, manifests=PROJECT_FILES)


def _read_container(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    yield from read_container_commands(tree, command, manifests=PROJECT_FILES)


# ---------------------------------------------------------------- text of a task


def _read_text(tree: Tree, text: str, path: str, line: int) -> Iterator[Command]:
    """Read the shell text of a task, in the folder of its file."""
    directory = Directory(tree, posixpath.dirname(path) or ".", PROJECT_FILES, own_clone=False)
    yield from read_commands_of(tree, text, path, start=line, directory=directory, language="script")


def _find_line(text: str, needle: str) -> int:
    return text.count("\n", 0, max(text.find(needle), 0)) + 1


def _find_file(tree: Tree, name: str, cwd: str) -> str | None:
    """Return a file in the folder of a command or above it."""
    while True:
        if (path := join(cwd, name)) in tree:
            return path
        if cwd in {".", ""}:
            return None
        cwd = posixpath.dirname(cwd) or "."


def _take_option(words: Sequence[str], *names: str) -> str | None:
    """Return the value of the first option of these names."""
    for at, word in enumerate(words):
        name, joined, value = word.partition("=")
        if name in names:
            return value if joined else words[at + 1] if at + 1 < len(words) else None
    return None


# ---------------------------------------------------------------- tox

_TOX_USE = re.compile(r"\{(?P<name>[^{}]{1,200})\}")


def _read_tox(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read the environments that tox is asked for; without a name its list, of which one for tests is like others.

    Source: tox's documentation, "Configuration".
    """
    path = _find_file(tree, "tox.ini", command.cwd)
    if path is None:
        return
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(tree.read(path))
    except configparser.Error:
        return
    asked = _take_option(words, "-e", "--env") or _list_first(config)
    given = list(words[words.index("--") + 1 :]) if "--" in words else []
    for name in asked.split(",") if asked else ["testenv"]:
        section = f"testenv:{name}" if config.has_section(f"testenv:{name}") else "testenv"
        yield from _read_tox_environment(tree, path, config, (section, name), given)


def _list_first(config: configparser.RawConfigParser) -> str:
    listed = config.get("tox", "envlist", fallback="") or config.get("tox", "env_list", fallback="")
    return next(iter(re.split(r"[\s,]+", listed.strip())), "") if "{" not in listed else ""


def _read_tox_environment(
    tree: Tree, path: str, config: configparser.RawConfigParser, which: tuple[str, str], given: Sequence[str]
) -> Iterator[Command]:
    section, name = which

    def read(key: str) -> str:
        own = config.get(section, key, fallback=None)
        return _fill_tox(own if own is not None else config.get("testenv", key, fallback=""), config, given)

    text = tree.read(path)
    factors = set(name.split("-"))
    deps = [line for row in read("deps").split("\n") if (line := _take_factor(row.strip(), factors))]
    if deps:
        asked = shlex.join(["pip", "install", *_split_options(deps)])
        yield from _read_text(tree, asked, path, _find_line(text, "deps"))
    skips = {read("skip_install").lower(), read("package"), config.get("tox", "skipsdist", fallback="").lower()}
    if skips.isdisjoint({"true", "1", "yes", "skip"}) and is_project(tree, posixpath.dirname(path) or "."):
        yield from _read_text(tree, "pip install .", path, 1)
    commands = (_take_factor(row.strip(), factors) for row in read("commands").replace("\\\n", " ").split("\n"))
    given_env = dict(_split_settings(read("setenv") or read("set_env"), factors))
    for row in filter(None, commands):
        for command in _read_text(tree, row.lstrip("-!@ "), path, _find_line(text, row.split()[0])):
            yield command.model_copy(update={"env": (*given_env.items(), *command.env)})


def _split_settings(text: str, factors: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that an environment of tox sets, a line each."""
    for row in text.split("\n"):
        name, mark, value = _take_factor(row.strip(), factors).partition("=")
        if mark:
            yield name.strip(), value.strip()


def _split_options(lines: Sequence[str]) -> Iterator[str]:
    """Yield requirement lines as arguments for pip, `-r FILE` in two words."""
    for line in lines:
        yield from re.split(r"\s+", line, maxsplit=1) if line.startswith("-") else [line]


def _take_factor(row: str, factors: set[str]) -> str:
    """Return a line without the condition in front of it; '' where that does not hold, or for a comment."""
    match = re.match(r"(?P<condition>!?[\w.{},-]+)\s*:\s+(?P<rest>.*)", row)
    if row.startswith("#") or match is None:
        return "" if row.startswith("#") else row
    wanted = re.split(r"[,{}]+", match["condition"])
    held = any(part and set(part.lstrip("!").split("-")) <= factors for part in wanted)
    return match["rest"] if held != match["condition"].startswith("!") else ""


#: References to other values that are followed in one value, whichever way they lead.
MAX_REFERENCES = 200


def _fill_tox(
    text: str, config: configparser.RawConfigParser, given: Sequence[str], turns: Iterator[int] | None = None
) -> str:
    left = iter(range(MAX_REFERENCES)) if turns is None else turns

    def fill(use: re.Match[str]) -> str:
        name, _, default = use["name"].partition(":")
        if name == "posargs":
            return shlex.join(given) or default
        if name in {"toxinidir", "tox_root"}:
            return "."
        if name == "envpython":
            return "python"
        if name.startswith("[") and next(left, None) is not None:
            section, _, key = name[1:].partition("]")
            return _fill_tox(config.get(section, key, fallback=""), config, given, left)
        return default.partition(":")[2] if name == "env" else use[0]

    return _TOX_USE.sub(fill, text)


# ---------------------------------------------------------------- nox


def _read_nox(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read the sessions that nox is asked for, all where no name is given.

    Source: nox's documentation, "Configuration & API".
    """
    path = _find_file(tree, _take_option(words, "-f", "--noxfile") or "noxfile.py", command.cwd)
    module = parse_module(tree, tree.read(path)) if path is not None else None
    asked = _take_option(words, "-s", "--session", "--sessions", "-e")
    for node in module.body if module is not None else ():
        name = _name_session(node) if isinstance(node, ast.FunctionDef) else ""
        if name and (asked is None or name in {asked, asked.partition("-")[0]}):
            yield from _read_session(tree, path or "", node)


def list_sessions(tree: Tree, path: str) -> list[list[Command]]:
    """Return the commands of each session of a noxfile."""
    module = parse_module(tree, tree.read(path))
    nodes = [node for node in module.body if isinstance(node, ast.FunctionDef)] if module is not None else []
    return [list(islice(_read_session(tree, path, node), MAX_COMMANDS)) for node in nodes if _name_session(node)]


def _name_session(node: ast.FunctionDef) -> str:
    for each in node.decorator_list:
        called = each.func if isinstance(each, ast.Call) else each
        if not ast.unparse(called).endswith("session"):
            continue
        keywords = each.keywords if isinstance(each, ast.Call) else []
        named = (k.value.value for k in keywords if k.arg == "name" and isinstance(k.value, ast.Constant))
        return str(next(named, node.name))
    return ""


_NOX = {
    "install": ("pip", "install"),
    "conda_install": ("conda", "install"),
    "run": (),
    "run_always": (),
    "run_install": (),
}


def _read_session(tree: Tree, path: str, session: ast.stmt) -> Iterator[Command]:
    for node in ast.walk(session):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _NOX):
            continue
        given = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if given:
            yield from _read_text(tree, shlex.join([*_NOX[node.func.attr], *given]), path, node.lineno)


# ---------------------------------------------------------------- scripts of project managers


def _read_script(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read a script of a project manager that `pdm run NAME`, `poe NAME` or `hatch run ENV:NAME` calls."""
    program = posixpath.basename(command.argv[0])
    rest = list(words[1:]) if words[:1] == ["run"] or words[:1] == ("run",) else list(words)
    if program not in {"poe", "task"} and list(words[:1]) != ["run"]:
        return
    while rest and rest[0].startswith("-"):
        rest = rest[1:]
    if not rest:
        return
    environment, _, name = rest[0].rpartition(":")
    for file, *table in PROGRAMS.script_tables.get(program, ()):
        path = _find_file(tree, file, command.cwd)
        if path is None:
            continue
        names = [environment or "default" if part == "ENV" else part for part in table]
        scripts = get_table(read_toml(tree.read(path)), *names)
        wanted = name if "ENV" in table else rest[0]
        if wanted in scripts:
            if "ENV" in table:
                yield from _install_for(tree, path, names[:-1])
            yield from _carry_out(tree, path, scripts, (wanted, *rest[1:]))
            return


def _install_for(tree: Tree, path: str, names: Sequence[str]) -> Iterator[Command]:
    """Yield what an environment of hatch's installs besides the project."""
    environment = get_table(read_toml(tree.read(path)), *names)
    wanted = [*list_strings(environment.get("dependencies")), *list_strings(environment.get("extra-dependencies"))]
    if wanted:
        line = _find_line(tree.read(path), "dependencies")
        yield from _read_text(tree, shlex.join(["pip", "install", *wanted]), path, line)
    is_installed = is_installed_by_hatch(get_table(read_toml(tree.read(path)), *names[:-1]), names[-1])
    if is_installed and is_project(tree, posixpath.dirname(path) or "."):
        yield from _read_text(tree, "pip install .", path, 1)


def _carry_out(
    tree: Tree, path: str, scripts: Table, called: tuple[str, ...], seen: set[str] | None = None
) -> Iterator[Command]:
    """Yield the commands of a script, `called` by its name and the words after it, each script's once."""
    name, *given = called
    seen = set() if seen is None else seen
    seen.add(name)
    line = _find_line(tree.read(path), name)
    for text in _list_texts(scripts.get(name)):
        filled = re.sub(r"\{args(?::([^{}]*))?\}", lambda use: shlex.join(given) or use[1] or "", text)
        filled = filled if filled != text or not given else f"{text} {shlex.join(given)}"
        for command in _read_text(tree, filled, path, line):
            inner = command.argv[0]
            if inner not in scripts or inner == name:
                yield command
            elif inner not in seen:
                yield from _carry_out(tree, path, scripts, command.argv, seen)


def _list_texts(value: object) -> Iterator[str]:
    """Yield the shell texts of a script: a text, several, or a table that says what kind each is."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _list_texts(each)
    elif isinstance(value, dict):
        for key in ("cmd", "shell", "composite", "chain", "sequence"):
            held = value.get(key)
            if key == "cmd" and isinstance(held, list):
                yield shlex.join(map(str, held))
            else:
                yield from _list_texts(held)


_READERS: dict[str, Callable[[Tree, Command, Sequence[str]], Iterator[Command]]] = {
    "make": _read_make,
    "just": _read_just,
    "tox": _read_tox,
    "nox": _read_nox,
    **dict.fromkeys(("hatch", "pdm", "rye", "poe", "task", "pipenv"), _read_script),
    **dict.fromkeys(("docker", "podman", "nvidia-docker", "docker-compose", "podman-compose"), _read_container),
    **dict.fromkeys(("apptainer", "singularity"), _read_container),
    "pixi": read_pixi_commands,
}
