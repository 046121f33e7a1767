"""Which of a repository's settings of pytest our run does without: what only the author's installation meets.

`required_plugins` and `minversion` say what its developers agreed on. Options in `addopts` that belong to no known
plugin would stop pytest before it collects anything (`--some-report=x`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from checker.core.tree import Tree, join
from checker.ecosystems.python.code.fixtures import load_plugins

#: Files in which an author lists plugins, beside requirement files.
_LISTS = ("pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "noxfile.py")

_PLUGIN = re.compile(r"\bpytest[-_][a-z]\w*(?:[-_]\w+)*")
_OWN_OPTION = re.compile(r"addoption\(\s*[\"'](--[\w-]+)")


def list_overrides(tree: Tree, project: str, settings: Sequence[str]) -> tuple[str, ...]:
    """Return options by which pytest ignores such settings; of texts of `name = value` lines, the first counts."""
    values = dict(line.split(" = ", 1) for text in settings[:1] for line in _join_lines(text) if " = " in line)
    overrides = [word for name, value in _NEUTRAL if name in values for word in ("-o", f"{name}={value}")]
    given = _split(values.get("addopts", ""))
    kept = list(_keep_known(tree, given))
    if kept != given and not _lists_other_plugins(tree, project, values.get("required_plugins", "").split()):
        overrides += ["-o", f"addopts={shlex.join(kept)}"]
    return tuple(overrides)


_NEUTRAL = (("required_plugins", ""), ("minversion", "0"))


def _join_lines(text: str) -> list[str]:
    """Return one line for each setting: what does not begin with a name continues the one above."""
    joined: list[str] = []
    for line in text.split("\n"):
        if re.match(r"\w+ = ", line) or not joined:
            joined.append(line)
        else:
            joined[-1] += f" {line}"
    return joined


def _split(text: str) -> list[str]:
    """Split options as pytest does; a list in TOML stands here as Python writes it."""
    listed = re.findall(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""", text) if text.startswith("[") else None
    try:
        return [one or other for one, other in listed] if listed is not None else shlex.split(text)
    except ValueError:
        return []


def _keep_known(tree: Tree, given: Sequence[str]) -> Iterator[str]:
    """Yield the options that pytest, a known plugin or the tree's own `conftest.py` has, and their values."""
    own = set(_list_own_options(tree))
    is_kept = True
    for word in given:
        if word.startswith("--"):
            name = word.partition("=")[0]
            is_kept = name in own or any(_has_option(row.options, name) for row in load_plugins().values())
        elif word.startswith("-") or word in tree or word.rstrip("/") in tree.folders:
            is_kept = True
        if is_kept:
            yield word


def _has_option(options: Sequence[str], name: str) -> bool:
    """Whether a plugin has an option: its row may hold only what all of them begin with (`--cov`)."""
    return any(name == option or name.startswith((f"{option}-", f"no-{option}")) for option in options)


def _list_own_options(tree: Tree) -> Iterator[str]:
    for path in tree.files:
        if path.endswith("conftest.py") or "pytest" in path:
            yield from _OWN_OPTION.findall(tree.read(path))


def _lists_other_plugins(tree: Tree, project: str, required: Sequence[str]) -> bool:
    """Whether the author lists a plugin that we do not know: the option may be its own, and it is installed.

    What pytest's settings alone require is listed nowhere.
    """
    known = {name.lower().replace("_", "-") for name in load_plugins()}
    lists = [join(project, name) for name in _LISTS]
    lists += [path for path in tree.files if path.endswith(".txt") and "require" in path and path.count("/") < 2]
    texts = [tree.read(path) for path in lists]
    for word in required:
        texts = [text.replace(word, "") for text in texts]
    named = (found for text in texts for found in _PLUGIN.findall(text))
    return any(name.lower().replace("_", "-") not in known | _NO_PLUGINS for name in named)


#: Words that begin like a plugin's name.
_NO_PLUGINS = {"pytest-plugins", "pytest-args", "pytest-cache", "pytest-ini", "pytest-addopts"}
