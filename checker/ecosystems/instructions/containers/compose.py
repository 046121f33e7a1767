"""Reads compose files: which services are built from the tree, what they start and what they set.

Source: the Compose specification, "Services top-level elements".
"""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence

from checker.core.tree import Tree, join, once_per_tree
from checker.core.values.base import Value
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.containers.dockerfiles import find_dockerfile, read_image
from checker.ecosystems.instructions.variables import read_assignments
from checker.ecosystems.instructions.yaml import Node, Text, YamlProblem, load, read_mapping, read_sequence

#: Services of one file that are read.
MAX_SERVICES = 50

_NAME = re.compile(r"(?:docker-)?compose[\w.-]*\.ya?ml")


class Service(Value):
    """A service that is built from the tree: `words` replace what its image starts."""

    name: str
    path: str
    line: int = 1
    dockerfile: str | None = None
    words: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    folder: str | None = None
    env: tuple[tuple[str, str], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()


@once_per_tree
def list_services(tree: Tree) -> tuple[Service, ...]:
    """Return the services of the tree's compose file that are built from it, in their order."""
    path = next(
        (path for path in tree.files if _NAME.fullmatch(posixpath.basename(path)) and path.count("/") < 2), None
    )
    if path is None:
        return ()
    try:
        root = read_mapping(load(tree.read(path)))
    except YamlProblem:
        return ()
    services = read_mapping(root.get("services")) or root
    found = (_read_service(tree, path, name, node) for name, node in list(services.items())[:MAX_SERVICES])
    return tuple(service for service in found if service is not None)


def _read_service(tree: Tree, path: str, name: str, node: Node) -> Service | None:
    row = read_mapping(node)
    if "build" not in row and ("image" in row or "<<" not in row):
        return None
    build = row.get("build", Text("."))
    context = build if isinstance(build, Text) else read_mapping(build).get("context")
    named = read_mapping(build).get("dockerfile")
    folder = join(posixpath.dirname(path) or ".", str(context) if isinstance(context, Text) else ".")
    dockerfile = join(folder, str(named) if isinstance(named, Text) else "Dockerfile")
    working = row.get("working_dir")
    texts = [row[key] for key in ("command", "entrypoint") if isinstance(row.get(key), Text)]
    return Service(
        name=name,
        path=path,
        line=next((text.line for text in texts if isinstance(text, Text)), 1),
        dockerfile=dockerfile if dockerfile in tree else find_dockerfile(tree),
        words=_read_words(row.get("command")),
        entrypoint=_read_words(row.get("entrypoint")),
        folder=str(working) if isinstance(working, Text) else None,
        env=(*_read_environment(row.get("environment")), *_read_env_files(tree, path, row.get("env_file"))),
        arguments=tuple(_read_environment(read_mapping(build).get("args"))),
    )


def _read_words(node: Node | None) -> tuple[str, ...]:
    if isinstance(node, Text):
        try:
            return tuple(shlex.split(node))
        except ValueError:
            return ()
    return tuple(str(item) for item in read_sequence(node) if isinstance(item, Text))


def _read_environment(node: Node | None) -> Iterator[tuple[str, str]]:
    for name, value in read_mapping(node).items():
        if isinstance(value, Text):
            yield name, str(value)
    for item in read_sequence(node):
        if isinstance(item, Text) and "=" in item:
            name, _, said = item.partition("=")
            yield name, said


def _read_env_files(tree: Tree, path: str, node: Node | None) -> Iterator[tuple[str, str]]:
    """Yield the variables of the files that a service names: a path, or a table that holds one."""
    for item in read_sequence(node):
        named = item if isinstance(item, Text) else read_mapping(item).get("path")
        file = join(posixpath.dirname(path) or ".", str(named)) if isinstance(named, Text) else ""
        for said in read_assignments(tree.read(file), file) if file in tree else ():
            yield said.name, said.value


def list_service_starts(
    tree: Tree, name: str, given: Sequence[str] = (), *, manifests: Sequence[str]
) -> Iterator[Command]:
    """Yield what a service, or each where no name is given, starts; `given` replaces its command."""
    for service in list_services(tree):
        if (name and service.name != name) or service.dockerfile is None:
            continue
        words = (*service.entrypoint, *(given or service.words))
        image = read_image(tree, service.dockerfile, manifests, service.arguments)
        for command in image.list_starts(words, service.folder):
            update = {"env": (*service.env, *command.env), "file": service.path, "line": service.line}
            yield command.model_copy(update=update if words else {"env": update["env"]})


def list_service_exports(tree: Tree) -> Iterator[Command]:
    """Yield what the first service sets for everything that it runs, as commands."""
    for service in list_services(tree)[:1]:
        for name, value in service.env:
            word = f"{name}={value}"
            yield Command(argv=("export", word), raw=word[:300], file=service.path, line=1, language="compose")
