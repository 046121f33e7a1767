"""Reads what tox installs and runs: `tox.ini`, `setup.cfg`, `tox.toml`, or the table of a `pyproject.toml`.

`tox -e fit -- --n 5` → `pip install six`, `python main.py --n 5`. Source: tox's documentation, "Configuration".
"""

from __future__ import annotations

import configparser
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml
from checker.ecosystems.python.declared.projects import is_project
from checker.ecosystems.python.declared.runners.text import (
    choose_interpreter,
    find_file,
    find_line,
    install,
    read_text,
    take_option,
    take_rest,
)

#: References to other values that are followed in one value, whichever way they lead.
MAX_REFERENCES = 200

_USE = re.compile(r"\{(?P<name>[^{}]{1,200})\}")
_FILES = ("tox.ini", "setup.cfg", "pyproject.toml", "tox.toml")
_PYTHON = re.compile(r"(?:py|python)(?P<major>[23])\.?(?P<minor>\d{1,2})")
_YES = frozenset({"true", "1", "yes", "skip"})


class _Environment(Value):
    """One environment: requirement lines, shell texts, what is set, and whether the project is installed."""

    deps: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    python: str = ""
    is_skipped: bool = False


def read_tox_commands(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read the environments that tox is asked for; without a name the first of its list."""
    for path in _list_files(tree, command.cwd):
        asked = take_option(words, "-e", "--env") or dict(command.env).get("TOXENV")
        given = take_rest(words)
        for name, environment in _read_file(tree, path, asked, given):
            if asked:
                version, line = environment.python or _find_python(name), find_line(tree.read(path), name)
                yield from choose_interpreter(tree, version, path, line)
            yield from _carry_out(tree, path, environment)
        return


def _list_files(tree: Tree, cwd: str) -> Iterator[str]:
    """Yield the files that hold tox's configuration, in its order."""
    for name in _FILES:
        path = find_file(tree, (name,), cwd)
        if path is None:
            continue
        text = tree.read(path)
        if name.startswith("tox.") or re.search(r"^\[tox:tox\]|^\[tool\.tox[\].]", text, re.MULTILINE):
            yield path


def _read_file(
    tree: Tree, path: str, asked: str | None, given: Sequence[str]
) -> Iterator[tuple[str, _Environment]]:
    """Yield the environments that are asked for, each with its name."""
    text, data = tree.read(path), {}
    if path.endswith(".toml"):
        read = read_toml(text)
        data = get_table({} if isinstance(read, str) else read, *(() if path.endswith("tox.toml") else _TABLE))
        text = data["legacy_tox_ini"] if isinstance(data.get("legacy_tox_ini"), str) else ""
    if data and not text:
        first = next(iter(list_strings(data.get("env_list"))), "")
        for name in _split_names(asked or first):
            yield name, _read_table(data, name, given)
        return
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
    except configparser.Error:
        return
    for name in _split_names(asked or _list_first(config)):
        yield name, _read_section(config, name, given)


_TABLE = ("tool", "tox")


def _split_names(names: str) -> list[str]:
    return [name for name in names.split(",") if name] or ["testenv"]


def _carry_out(tree: Tree, path: str, environment: _Environment) -> Iterator[Command]:
    text = tree.read(path)
    yield from install(tree, _split_options(environment.deps), path, find_line(text, "deps"))
    groups = (word for group in environment.groups for word in ("--group", group))
    yield from install(tree, groups, path, find_line(text, "dependency_groups"))
    if not environment.is_skipped and is_project(tree, posixpath.dirname(path) or "."):
        extras = f"[{','.join(environment.extras)}]" if environment.extras else ""
        yield from install(tree, [f".{extras}"], path, 1)
    for row in environment.commands:
        stands = find_line(text, row.split()[0]) if row.split() else 1
        yield from read_text(tree, row, path, stands, env=environment.env)


def _find_python(name: str) -> str:
    """Return the interpreter that the name of an environment asks for: `py39-fit` → `3.9`."""
    found = next((match for part in name.split("-") if (match := _PYTHON.fullmatch(part))), None)
    return f"{found['major']}.{found['minor']}" if found is not None else ""


def _split_options(lines: Sequence[str]) -> Iterator[str]:
    """Yield requirement lines as arguments for pip, `-r FILE` in two words."""
    for line in lines:
        yield from re.split(r"\s+", line, maxsplit=1) if line.startswith("-") else [line]


# ---------------------------------------------------------------- sections


def _list_first(config: configparser.RawConfigParser) -> str:
    listed = _read_own(config, "envlist") or _read_own(config, "env_list")
    return next(iter(re.split(r"[\s,]+", listed.strip())), "") if "{" not in listed else ""


def _read_own(config: configparser.RawConfigParser, key: str) -> str:
    return config.get("tox", key, fallback="") or config.get("tox:tox", key, fallback="")


def _read_section(config: configparser.RawConfigParser, name: str, given: Sequence[str]) -> _Environment:
    section = f"testenv:{name}" if config.has_section(f"testenv:{name}") else "testenv"
    factors = set(name.split("-"))

    def read(*keys: str) -> str:
        for where in dict.fromkeys((section, "testenv")):
            for key in keys:
                if (said := config.get(where, key, fallback=None)) is not None:
                    return _fill(said, config, given)
        return ""

    def read_lines(*keys: str) -> list[str]:
        rows = (_take_factor(row.strip(), factors) for row in read(*keys).replace("\\\n", " ").split("\n"))
        return [row for row in rows if row]

    skips = {read("skip_install").lower(), read("package"), _read_own(config, "skipsdist").lower()}
    return _Environment(
        deps=tuple(read_lines("deps")),
        extras=tuple(part for row in read_lines("extras") for part in re.split(r"[,\s]+", row) if part),
        groups=tuple(read_lines("dependency_groups")),
        commands=tuple(row.lstrip("-!@ ") for row in read_lines("commands")),
        env=tuple(_split_settings(read_lines("setenv", "set_env"))),
        python=next(iter(read_lines("basepython", "base_python")), ""),
        is_skipped=not skips.isdisjoint(_YES),
    )


def _split_settings(rows: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that an environment of tox sets, a line each."""
    for row in rows:
        name, mark, value = row.partition("=")
        if mark:
            yield name.strip(), value.strip()


def _take_factor(row: str, factors: set[str]) -> str:
    """Return a line without the condition in front of it; '' where that does not hold, or for a comment."""
    match = re.match(r"(?P<condition>!?[\w.{},-]+)\s*:\s+(?P<rest>.*)", row)
    if row.startswith("#") or match is None:
        return "" if row.startswith("#") else row
    wanted = re.split(r"[,{}]+", match["condition"])
    held = any(part and set(part.lstrip("!").split("-")) <= factors for part in wanted)
    return match["rest"] if held != match["condition"].startswith("!") else ""


def _fill(
    text: str,
    config: configparser.RawConfigParser | None,
    given: Sequence[str],
    turns: Iterator[int] | None = None,
) -> str:
    """Put in what braces stand for: arguments, folders, the values of other sections."""
    left = iter(range(MAX_REFERENCES)) if turns is None else turns

    def fill(use: re.Match[str]) -> str:
        name, _, default = use["name"].partition(":")
        if name == "posargs":
            return shlex.join(given) or default
        if name in {"toxinidir", "tox_root"}:
            return "."
        if name in {"envpython", "env_python"}:
            return "python"
        if name.startswith("[") and config is not None and next(left, None) is not None:
            section, _, key = name[1:].partition("]")
            return _fill(config.get(section, key, fallback=""), config, given, left)
        return default.partition(":")[2] if name == "env" else use[0]

    return _USE.sub(fill, text)


# ---------------------------------------------------------------- tables


def _read_table(data: Table, name: str, given: Sequence[str]) -> _Environment:
    """Read an environment of a TOML file: what its own table says goes before what all have."""
    own, base = get_table(data, "env", name), get_table(data, "env_run_base")
    turns = iter(range(MAX_REFERENCES))

    def read(*keys: str) -> object:
        return next((table[key] for table in (own, base) for key in keys if key in table), None)

    def expand(value: object) -> Iterator[object]:
        """Yield the items of a list, with what a table in it stands for in its place."""
        for item in value if isinstance(value, list) else []:
            entry = get_table(item)
            if not entry:
                yield _fill(item, None, given) if isinstance(item, str) else item
            elif entry.get("replace") == "posargs":
                yield from given or list_strings(entry.get("default"))
            elif entry.get("replace") == "ref" and next(turns, None) is not None:
                yield from expand(_follow(data, entry))

    def list_words(*keys: str) -> tuple[str, ...]:
        return tuple(item for item in expand(read(*keys)) if isinstance(item, str))

    rows = (list(expand(row)) for row in expand(read("commands")) if isinstance(row, list))
    words = ([str(word) for word in row] for row in rows)
    package = read("package")
    return _Environment(
        deps=list_words("deps"),
        extras=list_words("extras"),
        groups=list_words("dependency_groups"),
        commands=tuple(shlex.join([row[0].lstrip("-!@ "), *row[1:]]) for row in words if row),
        env=tuple(_read_settings(get_table(read("set_env")), given)),
        python=next(iter(list_strings(read("base_python"))), ""),
        is_skipped=read("skip_install") is True or package == "skip" or data.get("no_package") is True,
    )


def _follow(data: Table, entry: Mapping[str, object]) -> object:
    """Return the value that a reference names: `of = ["env", "fit", "deps"]`, or `env` and `key`."""
    of = list_strings(entry.get("of")) or ["env", str(entry.get("env", "")), str(entry.get("key", ""))]
    return get_table(data, *of[:-1]).get(of[-1])


def _read_settings(table: Table, given: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        said = get_table(value).get("default") if isinstance(value, dict) else value
        if isinstance(said, str):
            yield name, _fill(said, None, given)
