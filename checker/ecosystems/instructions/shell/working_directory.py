"""Follows the working folder through a text of commands: `cd`, and clones that are entered."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.repository_name import calls_itself

_NAMES_A_FILE = re.compile(r"[\w-]\.(?:py|sh|txt|ya?ml|ipynb|toml)$")


def names_of_clone(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of what a command clones, the repository's first; none if it clones nothing."""
    targets = [word for word in argv[2:] if not word.startswith("-")] if argv[:2] == ("git", "clone") else []
    if not targets:
        return ()
    url = next((word for word in targets if "/" in word), targets[0])
    after = targets[targets.index(url) + 1 :]
    name = posixpath.basename(url.rstrip("/")).removesuffix(".git")
    return (name, *(posixpath.basename(word.rstrip("/")) for word in after))


class Directory:
    """Follows `cd` through a text; folders that the tree does not hold leave it where it is.

    `clone` notes what was cloned: entering a clone that is not this repository's own leads out of the tree
    (`now` then names a folder that is not there). The first clone of a page is taken for its own, unless
    something was installed before, and so is one by the name that the repository calls itself; entering it leads
    to the root, also where a folder there has the same name, as packages mostly have. `manifests` are the files
    that make a folder a project.
    """

    def __init__(self, tree: Tree, start: str, manifests: Sequence[str], *, own_clone: bool = True) -> None:
        self.tree, self.start, self.now = tree, start, start
        self.manifests = manifests
        self.foreign: set[str] = set()
        self.own_clone = own_clone
        self.own: set[str] = set()
        self.lost = False

    def follow(self, argv: tuple[str, ...]) -> None:
        """Take note of a command that may change the folder."""
        program = posixpath.basename(argv[0])
        if program in {"cd", "pushd"}:
            self._change(argv[1] if len(argv) > 1 else "")
        elif names := names_of_clone(argv):
            self._clone(names)
        elif "install" in argv[1:4]:
            self.own_clone = False

    def place(self, argv: tuple[str, ...]) -> str:
        """Choose the folder from which the files that a command names exist, the followed one first."""
        if self.lost:
            return self.now
        files = [word for word in argv if _NAMES_A_FILE.search(word)]
        for folder in dict.fromkeys((self.now, self.start, ".")):
            if any(posixpath.normpath(posixpath.join(folder, name)) in self.tree for name in files):
                return folder
        return self.now

    def _clone(self, names: tuple[str, ...]) -> None:
        own = self.own_clone or calls_itself(self.tree, names[0], self.manifests)
        (self.own if own else self.foreign).update(names)
        self.own_clone = False

    def _is_project(self, folder: str) -> bool:
        return any(join(folder, name) in self.tree for name in self.manifests)

    def _change(self, target: str) -> None:
        target = target.rstrip("/")
        if self.lost:
            self.lost = not (target.startswith("..") or not target or target.startswith(("/", "~", "$")))
            self.now = self.now if self.lost else self.start
            return
        clone, _, inside = target.partition("/")
        if clone in self.own:
            self.own = set()
            if self._is_project(".") or not self._is_project(clone):
                self.now, target = ".", inside
                if not target:
                    return
        for base in (self.now, self.start, "."):
            path = posixpath.normpath(posixpath.join(base, target or "."))
            if not path.startswith(("..", "/")) and path in self.tree.folders and target:
                self.now = path
                return
        if posixpath.basename(target) in self.foreign:
            self.now, self.lost = posixpath.basename(target), True
