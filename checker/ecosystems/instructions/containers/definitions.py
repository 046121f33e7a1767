"""Reads the definition files of Apptainer and Singularity: what they install, set and start.

Source: the Apptainer User Guide, "Definition Files".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from checker.core.tree import Tree, once_per_tree
from checker.core.values.base import Value
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory

_NAME = re.compile(r"(?:singularity|apptainer)(?:\.[\w.-]+)?|[\w.-]+\.def", re.IGNORECASE)
_HEADER = re.compile(r"^[ \t]*(?P<key>bootstrap|from)[ \t]*:[ \t]*(?P<value>\S+)", re.IGNORECASE)
_SECTION = re.compile(r"^[ \t]*%(?P<name>\w+)")


class Definition(Value):
    """What one definition file states; `image` is what it starts from, with the line that says so."""

    path: str
    image: str = ""
    image_line: int = 1
    commands: tuple[Command, ...] = ()
    exports: tuple[Command, ...] = ()
    starts: tuple[Command, ...] = ()


@once_per_tree
def list_definitions(tree: Tree, manifests: tuple[str, ...]) -> tuple[Definition, ...]:
    """Return what the definition files of a tree state, the shallowest first."""
    named = [path for path in tree.files if _NAME.fullmatch(posixpath.basename(path)) and path.count("/") <= 2]
    found = (_read(tree, path, manifests) for path in sorted(named, key=lambda path: path.count("/")))
    return tuple(each for each in found if each is not None)


def _read(tree: Tree, path: str, manifests: Sequence[str]) -> Definition | None:
    header: dict[str, tuple[str, int]] = {}
    sections: dict[str, list[tuple[int, str]]] = {}
    inside: list[tuple[int, str]] | None = None
    for number, line in enumerate(tree.read(path).split("\n"), 1):
        if (section := _SECTION.match(line)) is not None:
            inside = sections.setdefault(section["name"].lower(), [])
        elif inside is not None:
            inside.append((number, line))
        elif (said := _HEADER.match(line)) is not None:
            header.setdefault(said["key"].lower(), (said["value"], number))
    if "bootstrap" not in header:
        return None
    image, image_line = header.get("from", ("", 1))

    def read(name: str) -> Iterator[Command]:
        rows = sections.get(name, [])
        directory = Directory(tree, ".", manifests, own_clone=False)
        text, start = "\n".join(row for _, row in rows), rows[0][0] if rows else 1
        yield from read_commands_of(tree, text, path, start=start, directory=directory, language="apptainer")

    is_of_docker = header["bootstrap"][0].lower().startswith(("docker", "oras"))
    exports = (command for command in read("environment") if command.argv[0] == "export")
    return Definition(
        path=path,
        image=image.removeprefix("docker://") if is_of_docker else "",
        image_line=image_line,
        commands=tuple(read("post")),
        exports=tuple(exports),
        starts=tuple(read("runscript")),
    )
