"""Tells whether a name is the repository's own, by the title of its page and by what its metadata call it.

A tree does not say what its clone is called: the folder that it lies in here is one of ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checker.core.tree import Tree, once_per_tree

#: Letters and digits that a name has at least to be looked for within a title.
SHORTEST = 4

_TITLE = re.compile(
    r"^[ \t]*#[ \t]+(.+)$|<h1[^<>]*>([\s\S]{1,400}?)</h1>|^(.+)\n={3,}[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_NAME = re.compile(
    r"^[ \t]*name[ \t]*=[ \t]*[\"']?([\w.-]+)[\"']?|\bname[ \t]*=[ \t]*[\"']([\w.-]+)[\"']", re.MULTILINE
)


def calls_itself(tree: Tree, name: str, manifests: Sequence[str]) -> bool:
    """Whether a repository calls itself by a name, that of a clone on its page for one.

    `manifests` are the files that make a folder a project, and name it.
    """
    bare = _keep_letters(name)
    title, names = _find_own_words(tree, tuple(manifests))
    return bool(bare) and (bare in names or (len(bare) >= SHORTEST and bare in title))


@once_per_tree
def _find_own_words(tree: Tree, manifests: tuple[str, ...]) -> tuple[str, frozenset[str]]:
    """Return the title of the root page and the names in the root's metadata, as letters and digits."""
    page = next((path for path in tree.files if re.match(r"(?i)readme(?:\.(?:md|rst|txt))?$", path)), None)
    match = _TITLE.search(tree.read(page)[:4_000]) if page else None
    title = next((group for group in match.groups() if group), "") if match else ""
    held = (tree.read(path) for path in manifests if path in tree)
    names = (group for text in held for found in _NAME.findall(text) for group in found if group)
    return _keep_letters(re.sub(r"<[^>]{0,200}>|\(http[^)]*\)", " ", title)), frozenset(map(_keep_letters, names))


def _keep_letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
