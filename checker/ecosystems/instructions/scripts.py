"""Scripts without a suffix: the first line says which program runs them."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from checker.core.languages import find_language, read_shebang
from checker.core.tree import Tree, once_per_tree

#: Files without a suffix whose first line is read, the shallowest first.
MAX_FILES = 2_000


@once_per_tree
def find_scripts(tree: Tree) -> Mapping[str, str]:
    """Return the scripts without a suffix, each with its language: `verify` → Python."""
    bare = [path for path in tree.files if "." not in posixpath.basename(path)][:MAX_FILES]
    found = ((path, find_language(path, tree.read_first_line(path))) for path in bare)
    return {path: language for path, language in found if language is not None}


def is_made_of_scripts(tree: Tree) -> bool:
    """Say whether the only code of a tree is a shell's, some of it in scripts without a suffix."""
    scripts = find_scripts(tree)
    languages = {scripts.get(path) or find_language(path) for path in tree.files}
    return "Shell" in scripts.values() and languages <= {"Shell", None}


def find_program(tree: Tree, path: str) -> tuple[str, ...]:
    """Return the program that a script's first line names, with its options, without those for a terminal."""
    program, *options = read_shebang(tree.read_first_line(path)) or ("sh",)
    return (program, *(word for word in options if word not in {"-l", "-i", "-il", "-li", "--login"}))
