"""Tells what a repository defines itself from what packages define: its classes, and its modules' functions."""

from __future__ import annotations

import re

from checker.core.tree import Tree, once_per_tree
from checker.ecosystems.python.code.imports import is_apart

_DEFINED = re.compile(
    r"^(?:[ \t]*class[ \t]+(?P<type>\w+)|(?:async[ \t]+)?def[ \t]+(?P<function>\w+))", re.MULTILINE
)

#: How Python names what has not what is asked of it.
_SPOKEN_OF = re.compile(
    r"'(?P<type>\w+)' object has no attribute"
    r"|type object '(?P<class>\w+)' has no attribute"
    r"|module '(?P<module>[\w.]+)' has no attribute"
    r"|\b(?:(?P<owner>\w+)\.)?(?P<function>\w+)\(\) (?:got an? unexpected|takes|missing \d|got multiple)"
)

_FRAME = re.compile(r'^[ \t]*File "(?P<file>[^"\n]+)", line \d+(?:, in (?P<function>[^\n]*))?', re.MULTILINE)


@once_per_tree
def list_defined(tree: Tree) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the (classes, functions of modules) that the repository's own files define."""
    types: set[str] = set()
    functions: set[str] = set()
    for path in tree.files:
        if path.endswith(".py") and not is_apart(path):
            for found in _DEFINED.finditer(tree.read(path)):
                (types if found["type"] else functions).add(found["type"] or found["function"])
    return frozenset(types), frozenset(functions)


def is_of_its_own(message: str, whole: str, tree: Tree) -> bool:
    """Whether an error is about something that the repository defines, and no package's code raised it.

    `'Net' object has no attribute 'fit'` beside `class Net` is a mistake of its own, whatever Net derives from.
    """
    found = _SPOKEN_OF.search(message)
    if found is None or _is_raised_by_package(whole):
        return False
    types, functions = list_defined(tree)
    if found["module"]:
        place = found["module"].replace(".", "/")
        return f"{place}.py" in tree or f"{place}/__init__.py" in tree
    owner = found["type"] or found["class"] or found["owner"]
    if owner:
        return owner in types
    # A method of that name is called like `model.fit(`.
    name = found["function"]
    return name in functions and re.search(rf"(?m)^[ \t]+[^\n]*(?<![\w.]){name}\((?!\))", whole) is not None


def _is_raised_by_package(whole: str) -> bool:
    """Whether the innermost frame lies in an installed package; where an attribute is looked up does not count."""
    frames = [at for at in _FRAME.finditer(whole) if at["function"] not in {"__getattr__", "__getattribute__"}]
    return bool(frames) and "-packages/" in frames[-1]["file"]
