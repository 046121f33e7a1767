"""Fills in what a command leaves open where the repository says what may stand there: `configs/<name>.yaml`."""

from __future__ import annotations

import posixpath
import re
from collections import Counter

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.folders import Folder, meaning_of, meanings_on
from checker.ecosystems.instructions.placeholders import EDGES, MARKED

_SETTINGS = (".yaml", ".yml", ".json", ".toml", ".py", ".gin", ".cfg", ".ini", ".conf", ".jsonnet", ".libsonnet")
#: Folders in which a program looks for its settings when it is given a file's name alone.
_OF_SETTINGS = frozenset({Folder.SETTINGS, Folder.EXPERIMENTS})

_ONE_OF = re.compile(r"[|,/]")


def filled(tree: Tree, cwd: str, arguments: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the arguments with settings files in place of marks, and `mark → file` for each that was filled.

    Only a file of settings is filled in, and only where the written part of its path fits one that is committed:
    data, weights and outputs are the user's. Of several the shallowest is taken, then the shortest name.
    """
    found: list[str] = []
    done: list[str] = []
    for argument in arguments:
        option, joined, value = argument.rpartition("=")
        if value.endswith(_SETTINGS):
            marked = _marked(tree, cwd, value)
            choice = _choice(tree, cwd, marked) if MARKED.search(marked) else None
        else:
            choice = _any_settings(tree, cwd, value)
        found.append(argument if choice is None else f"{option}{joined}{choice}")
        if choice is not None:
            done.append(f"{value} → {choice}")
    return tuple(found), tuple(done)


_STANDS_IN = re.compile(r"(?<![^/])(?:X{1,4}|[A-Z]{3,}(?:_[A-Z]+)*|[A-Z]+(?:_[A-Z]+)+)(?=\.\w+$)")
"""A file's name that is no name: `config/X.yaml`, `CONFIG.yaml`, `configs/MODEL_NAME.json`."""


def _marked(tree: Tree, cwd: str, value: str) -> str:
    """Put a mark where a settings file that is not there has nothing but capitals for a name."""
    return value if join(cwd, value) in tree else _STANDS_IN.sub("<name>", value)


_WHOLE = r"<[^<>]*{0}[^<>]*>|\{{[^{{}}]*{0}[^{{}}]*\}}|\[[^\[\]]*{0}[^\[\]]*\]|\$\{{?\w*{0}\w*\}}?"
_SETTINGS_MARK = re.compile(
    r"(?P<folder>(?:[\w.-]+/)*?)(?:"
    + _WHOLE.format("(?i:config|cfg|setting|yaml)")
    + r"|[A-Z_]*(?:CONFIG|CFG)[A-Z_]*|(?i:/?path[/_-]to[/_-](?:your[/_-])?(?:config|cfg)(?:[/_-]file)?))"
)
"""A mark for a settings file without its ending: `<CONFIG_FILE>`, `configs/{config-name}`, `path/to/config`."""

_FOR_PARTS = re.compile(r"(?:^|/)(?:_|(?:base|defaults?|default_runtime|metafile|model-index)(?:/|\.\w+$))")
"""Settings that others are made of, and what describes them: alone they start nothing."""

_PROGRAM = re.compile(r"\bArgumentParser\(|__name__\s*==")


def _any_settings(tree: Tree, cwd: str, value: str) -> str | None:
    """Choose the shallowest settings file, below the folder that the mark names or below any for settings.

    Of several kinds that which there are most of is taken.
    """
    mark = _SETTINGS_MARK.fullmatch(value)
    if mark is None:
        return None
    folder = mark["folder"]
    if not folder and "name" in value.lower():  # which folder and which ending the program adds is its own affair
        return None
    inside = [path for path in _below(tree, cwd) if path.endswith(_SETTINGS) and path.startswith(folder)]
    if not folder:
        inside = [path for path in inside if not _OF_SETTINGS.isdisjoint(meanings_on(path))]
    whole = [path for path in inside if not _FOR_PARTS.search(path.removeprefix(folder))]
    fitting = [path for path in whole if not _PROGRAM.search(tree.read(join(cwd, path)))]
    kinds = Counter(posixpath.splitext(path)[1] for path in fitting).most_common(1)
    return _first([path for path in fitting if path.endswith(kinds[0][0])]) if kinds else None


def _choice(tree: Tree, cwd: str, value: str) -> str | None:
    pattern = re.compile(_pattern(value.removeprefix("./")))
    if "/" in value.removeprefix("./"):
        fitting = [path for path in _below(tree, cwd) if pattern.fullmatch(path)]
        return _first(fitting)
    here = [path for path in _below(tree, cwd) if "/" not in path and pattern.fullmatch(path)]
    settings = [
        path
        for path in tree.files
        if meaning_of(posixpath.basename(posixpath.dirname(path))) in _OF_SETTINGS
        and pattern.fullmatch(posixpath.basename(path))
    ]
    chosen = _first(here) or _first(settings)
    return None if chosen is None else posixpath.basename(chosen)


def _below(tree: Tree, cwd: str) -> list[str]:
    """Return the files below a folder, relative to it."""
    folder = "" if cwd in {"", "."} else join(cwd, "") + "/"
    return [path.removeprefix(folder) for path in tree.files if path.startswith(folder)]


def _first(paths: list[str]) -> str | None:
    return min(paths, key=lambda path: (path.count("/"), len(path), path), default=None)


def _pattern(value: str) -> str:
    """Return the expression for a path with marks; one that lists what may stand there means these."""
    parts: list[str] = []
    end = 0
    for mark in MARKED.finditer(value):
        names = [name.strip() for name in _ONE_OF.split(mark[0].strip(EDGES))]
        parts += [
            re.escape(value[end : mark.start()]),
            f"(?:{'|'.join(map(re.escape, names))})" if names[1:] else "[^/]+",
        ]
        end = mark.end()
    return "".join(parts) + re.escape(value[end:])
