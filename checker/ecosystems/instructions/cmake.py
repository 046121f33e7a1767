"""Reads how a page builds with CMake: `mkdir build && cd build && cmake .. && make` → configure, then build.

The folder of the build is not in the tree, so that `cd` into it leads nowhere: it is followed here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.placeholders import has_placeholder

#: Processes of one build.
AT_ONCE = "2"

_SHELL_WORD = re.compile(r"[*?'\"`$~\x00-\x1f]")
_OTHER_USES = frozenset({"-E", "-P", "--install", "--version", "--help", "--preset", "--open"})

#: Options of a configuration that are taken over; generators are not, since one is installed.
_KEPT = re.compile(r"-D\S+|-W\S+")


@dataclass
class _Page:
    """Where a page is (`inside` a folder that it made, None elsewhere), and which folders it configured."""

    inside: str | None = None
    made: set[str] = field(default_factory=set)
    configured: set[str] = field(default_factory=set)


def find_cmake_builds(tree: Tree, commands: Iterable[Command]) -> Iterator[tuple[Command, tuple[str, ...]]]:
    """Yield each command that configures or builds, with what does the same from the root of the tree."""
    pages: dict[str, _Page] = {}
    for command in commands:
        page = pages.setdefault(command.file, _Page())
        program = posixpath.basename(command.argv[0]) if command.argv else ""
        words = command.argv[1:]
        if program == "mkdir":
            page.made.update(join(page.inside or command.cwd, word) for word in words if not word.startswith("-"))
        elif program in {"cd", "pushd", "popd"}:
            target = join(page.inside or command.cwd, *words[:1])
            page.inside = target if words and target in page.made | page.configured else None
        elif program == "cmake":
            argv = _read_cmake(tree, page, command.cwd, words)
            if argv is not None:
                yield command, argv
        elif program in {"make", "ninja"} and "install" not in words:
            folder = join(page.inside or command.cwd, _get_value(words, "-C") or ".")
            if folder in page.configured:
                yield command, ("cmake", "--build", folder, "-j", AT_ONCE)


def _read_cmake(tree: Tree, page: _Page, cwd: str, words: Sequence[str]) -> tuple[str, ...] | None:
    here = page.inside or cwd
    built = _get_value(words, "--build")
    if built:
        folder = join(here, built)
        target = _get_value(words, "--target") or _get_value(words, "-t")
        wanted = ("--target", target) if target and not _SHELL_WORD.search(target) else ()
        return ("cmake", "--build", folder, "-j", AT_ONCE, *wanted) if folder in page.configured else None
    if not _OTHER_USES.isdisjoint(words) or has_placeholder(*words) or any(map(_SHELL_WORD.search, words)):
        return None
    takes = {"-S", "-B", "-G", "-A", "-T", "-C", "-D"}
    before = ("", *words)
    given = [word for at, word in enumerate(words) if not word.startswith("-") and before[at] not in takes]
    source = join(here, _get_value(words, "-S") or (given[0] if given else "."))
    folder = join(here, _get_value(words, "-B") or ".")
    if join(source, "CMakeLists.txt") not in tree or folder.startswith(".."):
        return None
    page.configured.add(folder)
    pairs = (f"-D{words[at + 1]}" for at, word in enumerate(words[:-1]) if word == "-D")
    return ("cmake", "-S", source, "-B", folder, *pairs, *(word for word in words if _KEPT.fullmatch(word)))


def _get_value(words: Sequence[str], option: str) -> str:
    """Return the value of an option: `-B build`, `-Bbuild` or `--build=build`; '' where there is none."""
    for at, word in enumerate(words):
        if word == option:
            return words[at + 1] if at + 1 < len(words) else ""
        if word.startswith(f"{option}="):
            return word.partition("=")[2]
        if len(option) == 2 and word.startswith(option):
            return word[2:]
    return ""
