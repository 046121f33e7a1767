"""Chooses the committed settings file that a path with placeholders stands for: `configs/<name>.yaml`."""

from __future__ import annotations

import posixpath
import re
from collections import Counter

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.folders import Folder, find_meaning, find_meanings
from checker.ecosystems.instructions.placeholders import find_placeholders, has_placeholder

_SETTINGS = (".yaml", ".yml", ".json", ".toml", ".py", ".gin", ".cfg", ".ini", ".conf", ".jsonnet", ".libsonnet")
#: Folders in which a program looks for its settings when it is given a file's name alone.
_OF_SETTINGS = frozenset({Folder.SETTINGS, Folder.EXPERIMENTS})


def choose_settings_file(tree: Tree, cwd: str, value: str) -> str | None:
    """Return the committed settings file that a path with placeholders stands for: `configs/<name>.yaml`.

    Only where the written part of the path fits one that is committed: data, weights and outputs are the user's.
    Of several the shallowest is taken, then the shortest name; None where there is none.
    """
    if not value.endswith(_SETTINGS):
        return _choose_any(tree, cwd, value)
    if _ON_A_MACHINE.fullmatch(value) and join(cwd, value) not in tree:
        ending = posixpath.splitext(value)[1]
        return _choose_any(tree, cwd, "<config>", ending) or _choose_any(tree, cwd, "<config>")
    marked = _mark_capitals(tree, cwd, value)
    return _choose_fitting(tree, cwd, marked) if has_placeholder(marked) else None


#: A settings file that a page leaves to its reader, as a path: `path/to/config.yaml`, `your_settings.toml`.
_ON_A_MACHINE = re.compile(
    r"(?i)(?:[\w.-]{1,40}/){0,8}(?:/?path[/_-]?to[/_-]|your[/_-]?|my[/_-])(?:[\w.-]{1,40}/){0,8}[\w-]{0,60}\.(?:ya?ml|toml|ini|cfg|gin|conf)"
    r"|(?i:/?path[/_-]?to[/_-](?:[\w.-]{1,40}/){0,8}\w{0,40}(?:config|cfg|setting)\w{0,40}\.(?:json|py))"
)

#: A file's name that is no name: `config/X.yaml`, `CONFIG.yaml`, `configs/MODEL_NAME.json`.
_STANDS_IN = re.compile(r"(?<![^/])(?:X{1,4}|[A-Z]{3,}(?:_[A-Z]+)*|[A-Z]+(?:_[A-Z]+)+)(?=\.\w+$)")


def _mark_capitals(tree: Tree, cwd: str, value: str) -> str:
    """Put a placeholder where a settings file that is not there has nothing but capitals for a name."""
    return value if join(cwd, value) in tree else _STANDS_IN.sub("<name>", value)


#: The first mention decides, and nothing is given back: else each further one would be tried to the end.
_WHOLE = (
    r"<(?>[^<>]*?{0})[^<>]*+>|\{{(?>[^{{}}]*?{0})[^{{}}]*+\}}|\[(?>[^\[\]]*?{0})[^\[\]]*+\]"
    r"|\$\{{?(?>\w*?{0})\w*+\}}?"
)
#: A placeholder for a settings file without its ending: `<CONFIG_FILE>`, `path/to/config`.
_SETTINGS_PLACEHOLDER = re.compile(
    r"\A(?P<folder>(?:[\w.-]++/)*?)(?:"
    + _WHOLE.format("(?i:config|cfg|setting|yaml)")
    + r"|(?>[A-Z_]*?(?:CONFIG|CFG))[A-Z_]*+|(?i:/?path[/_-]to[/_-](?:your[/_-])?(?:config|cfg)(?:[/_-]file)?))"
)

#: Settings that others are made of, and what describes them: alone they start nothing.
_FOR_PARTS = re.compile(r"(?:^|/)(?:_|(?:base|defaults?|default_runtime|metafile|model-index)(?:/|\.\w+$))")

#: Settings beside a program: not those of tools, and no environment.
_ALONE = re.compile(
    r"(?!(?:env|conda|req|package|meta|mkdocs|codecov|docker|compose|action|pyproject|tox|setup|_))[A-Za-z][\w-]*\.(?:ya?ml|json|toml|ini|cfg|gin)"
)

_PROGRAM = re.compile(r"\bArgumentParser\(|__name__\s*==")


def _choose_any(tree: Tree, cwd: str, value: str, ending: str = "") -> str | None:
    """Choose the shallowest settings file, below the folder that the placeholder names or below any for settings.

    Of several kinds that which there are most of is taken, or that of an `ending`. Where no folder is for
    settings, the only file of settings beside the program.
    """
    placeholder = _SETTINGS_PLACEHOLDER.fullmatch(value)
    if placeholder is None:
        return None
    folder = placeholder["folder"]
    if not folder and "name" in value.lower():  # which folder and which ending the program adds is its own affair
        return None
    inside = [path for path in _list_below(tree, cwd) if path.endswith(_SETTINGS) and path.startswith(folder)]
    inside = [path for path in inside if path.endswith(ending)]
    if not folder:
        beside = [path for path in inside if "/" not in path and _ALONE.fullmatch(path)]
        inside = [path for path in inside if not _OF_SETTINGS.isdisjoint(find_meanings(path))]
        inside = inside or (beside if len(beside) == 1 else [])
    whole = [path for path in inside if not _FOR_PARTS.search(path.removeprefix(folder))]
    fitting = [path for path in whole if not _PROGRAM.search(tree.read(join(cwd, path)))]
    kinds = Counter(posixpath.splitext(path)[1] for path in fitting).most_common(1)
    return _find_shallowest([path for path in fitting if path.endswith(kinds[0][0])]) if kinds else None


def _choose_fitting(tree: Tree, cwd: str, value: str) -> str | None:
    pattern = re.compile(_write_pattern(value.removeprefix("./")))
    if "/" in value.removeprefix("./"):
        fitting = [path for path in _list_below(tree, cwd) if pattern.fullmatch(path)]
        return _find_shallowest(fitting)
    here = [path for path in _list_below(tree, cwd) if "/" not in path and pattern.fullmatch(path)]
    settings = [
        path
        for path in tree.files
        if find_meaning(posixpath.basename(posixpath.dirname(path))) in _OF_SETTINGS
        and pattern.fullmatch(posixpath.basename(path))
    ]
    chosen = _find_shallowest(here) or _find_shallowest(settings)
    return None if chosen is None else posixpath.basename(chosen)


def _list_below(tree: Tree, cwd: str) -> list[str]:
    """Return the files below a folder, relative to it."""
    folder = "" if cwd in {"", "."} else join(cwd, "") + "/"
    return [path.removeprefix(folder) for path in tree.files if path.startswith(folder)]


def _find_shallowest(paths: list[str]) -> str | None:
    return min(paths, key=lambda path: (path.count("/"), len(path), path), default=None)


def _write_pattern(value: str) -> str:
    """Return the expression for a path with placeholders; one that lists what may stand there means these."""
    parts: list[str] = []
    end = 0
    for placeholder in find_placeholders(value):
        names = placeholder.split("|,/")
        parts += [
            re.escape(value[end : placeholder.start]),
            f"(?:{'|'.join(map(re.escape, names))})" if names[1:] else "[^/]+",
        ]
        end = placeholder.end
    return "".join(parts) + re.escape(value[end:])
