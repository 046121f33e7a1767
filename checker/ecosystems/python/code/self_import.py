"""Recognises repositories that are themselves a package: their code imports itself by the clone's name.

`from NAME import model` beside `model.py` works in the folder above a clone that is called NAME. In a
sandbox the code has another place: a link of that name makes it what it is on everybody's machine.
"""

from __future__ import annotations

from collections.abc import Iterable

from checker.core.container import ENVIRONMENT, SOURCE
from checker.core.tree import Tree
from checker.core.values.plans import Evidence, Phase, Step
from checker.ecosystems.python.distributions.table import find_distribution
from checker.ecosystems.python.import_value import Import, Where, place_of_import
from checker.ecosystems.python.source.stdlib import is_standard

#: The folder above the repository: its link of the repository's own name is on Python's path.
ABOVE = f"{ENVIRONMENT}/above"

#: Neighbours that are imported by the name: one alone may be another program's module of an ordinary name.
FEWEST = 2

_COUNTED = frozenset({Where.PACKAGE, Where.SCRIPT, Where.NOTEBOOK})


def find_own_name(tree: Tree, imports: Iterable[Import]) -> Evidence | None:
    """Return the name that the code gives its own root, as `claim` of the place that says so; None without one.

    Everything that is imported from it has to be at the root, and no known distribution may have the name.
    """
    wanted: dict[str, dict[str, Import]] = {}
    for item in imports:
        if not item.level and item.module and item.where in _COUNTED:
            named = item.full.split(".")[1:2] or list(item.names) or [""]
            wanted.setdefault(item.module, {}).update(dict.fromkeys(named, item))
    for name, neighbours in wanted.items():
        if len(neighbours) < FEWEST or not all(_is_at_root(tree, neighbour) for neighbour in neighbours):
            continue
        if _is_at_root(tree, name) or is_standard(name) or find_distribution(name) is not None:
            continue
        return place_of_import(next(iter(neighbours.values()))).model_copy(update={"claim": name})
    return None


def _is_at_root(tree: Tree, name: str) -> bool:
    return f"{name}.py" in tree or f"{name}.ipynb" in tree or (bool(name) and name in tree.folders)


def link(name: str) -> Step:
    """Make the link; before anything is installed."""
    script = 'mkdir -p "$1" && ln -sfn "$2" "$1/$3"'
    argv = ("sh", "-c", script, "sh", ABOVE, SOURCE, name)
    return Step(name=f"name the repository {name}", phase=Phase.PREPARE, argv=argv, seconds=60)
