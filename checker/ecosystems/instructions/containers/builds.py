"""Finds which Dockerfile the pages build, and what its arguments are given.

`docker build -f docker/cpu.Dockerfile --build-arg PYTHON=3.9 .` → that file, with `PYTHON` as 3.9.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from checker.core.tree import Tree, join, once_per_tree
from checker.core.values.base import Value
from checker.ecosystems.instructions.page_commands import Programs, read_page_commands
from checker.ecosystems.instructions.pages import find_pages

_ENGINES = frozenset({"docker", "podman", "nvidia-docker", "buildah"})

#: Options of `docker build` that take a word more and say nothing about what is built.
_VALUED = frozenset(
    {"-t", "--tag", "--target", "--platform", "--network", "--label", "--progress", "-m", "--memory"}
)


class Build(Value):
    """A build that a page asks for: the Dockerfile where it is in the tree, and what its `ARG` lines are given."""

    dockerfile: str = ""
    arguments: tuple[tuple[str, str], ...] = ()


def read_build(argv: Sequence[str], cwd: str) -> Build | None:
    """Return what a command builds; None where it builds nothing."""
    words = [*argv[1:]] if argv and posixpath.basename(argv[0]) in _ENGINES else []
    while words[:1] in (["buildx"], ["image"], ["builder"]):
        words.pop(0)
    if words[:1] not in (["build"], ["bud"]):
        return None
    named, context, arguments = "", ".", list[tuple[str, str]]()
    rest = words[1:]
    while rest:
        name, joined, value = rest.pop(0).partition("=")
        if name in {"-f", "--file", "--build-arg", *_VALUED} and not joined:
            value = rest.pop(0) if rest else ""
        if name in {"-f", "--file"}:
            named = value
        elif name == "--build-arg" and re.match(r"\w+=", value):
            arguments.append((value.partition("=")[0], value.partition("=")[2]))
        elif not name.startswith("-"):
            context = name
    path = join(cwd, named) if named else join(join(cwd, context), "Dockerfile")
    return Build(dockerfile=path, arguments=tuple(arguments))


@once_per_tree
def find_build(tree: Tree) -> Build:
    """Return the first build of a Dockerfile in the tree that the pages ask for; an empty one where none does."""
    programs = Programs(names=_ENGINES)
    commands = (each for page in find_pages(tree) for each in read_page_commands(tree, page, programs))
    found = (read_build(command.argv, command.cwd) for command in commands)
    return next((build for build in found if build is not None and build.dockerfile in tree), Build())
