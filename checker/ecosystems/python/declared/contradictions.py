"""Keeps one of several conflicting versions on an author's pages, which may describe several environments.

"PyTorch Geometric 1.4.0 will be installed", says a page of its first release, and 2.3.1 of its second. A reader
installs one of the two; a resolver given both finds no solution. Conflicts within the files that an installer
reads are kept as the author wrote them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from packaging.version import Version

from checker.ecosystems.python.declared.pins import exclude, find_pin
from checker.ecosystems.python.declared.projects import PLAIN_NAMES, PROJECT_FILES
from checker.ecosystems.python.stated import Requirement

#: Files that an installer finds by itself; a list of another name is what one of several instructions leads to.
_PLAIN = PLAIN_NAMES.union(PROJECT_FILES)


def resolve_contradictions(
    requirements: Iterable[Requirement],
) -> tuple[tuple[Requirement, ...], tuple[Requirement, ...]]:
    """Return the requirements kept, in order, and those dropped.

    Of pins of one distribution that exclude each other, one in a file that an installer finds by itself goes
    before all others, and the later version before an earlier one.
    """
    asked = tuple(requirements)
    pinned: dict[str, list[tuple[Requirement, Version]]] = {}
    for found in asked:
        pin = find_pin(found)
        if pin is not None:
            pinned.setdefault(found.name, []).append((found, pin))
    away: list[Requirement] = []
    for pins in pinned.values():
        best = max(pins, key=lambda each: (_is_plain(each[0]), each[1]))
        away += [r for r, _ in pins if exclude(best[0], r) and not (_is_plain(best[0]) and _is_plain(r))]
    return tuple(r for r in asked if not any(r is other for other in away)), tuple(away)


def _is_plain(found: Requirement) -> bool:
    return posixpath.basename(found.evidence.source) in _PLAIN
