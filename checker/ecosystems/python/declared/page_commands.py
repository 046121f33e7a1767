"""Reads the commands on a tree's pages the way a Python user would."""

from __future__ import annotations

from collections.abc import Iterator

from checker.core.tree import Tree, once_per_tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.page_commands import Programs
from checker.ecosystems.instructions.page_commands import read_page_commands as read_with
from checker.ecosystems.instructions.pages import find_pages
from checker.ecosystems.python.declared.installed_commands import list_all_commands
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.launchers import PROGRAMS, PROGRAMS_OF_PACKAGES, RUN_OF_IPYTHON, WRAPPERS


def read_commands(tree: Tree) -> tuple[Command, ...]:
    """Return the commands that the pages of a tree show, page by page, in order."""
    return tuple(command for path in find_pages(tree) for command in read_page_commands(tree, path))


def read_page_commands(tree: Tree, path: str) -> Iterator[Command]:
    """Yield the commands that one page shows, in order."""
    return read_with(tree, path, _find_programs(tree))


@once_per_tree
def _find_programs(tree: Tree) -> Programs:
    """Return Python's own programs, those of packages, and those that an installation of the tree brings."""
    return Programs(
        names=PROGRAMS.on_pages | PROGRAMS_OF_PACKAGES | WRAPPERS.keys(),
        installed=list_all_commands(tree),
        prompt_line=RUN_OF_IPYTHON,
        manifests=PROJECT_FILES,
    )
