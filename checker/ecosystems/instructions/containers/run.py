"""Reads commands that run a program in a container: `docker run IMAGE python fit.py`, `apptainer exec a.sif …`."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from checker.core.data_files import read_toml
from checker.core.tree import Tree, join
from checker.core.values.base import Value
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.containers.compose import list_service_starts
from checker.ecosystems.instructions.containers.definitions import list_definitions
from checker.ecosystems.instructions.containers.dockerfiles import find_dockerfile, read_image
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.instructions.variables import read_assignments

_HERE = re.compile(r"\$\(pwd\)|`pwd`|\$\{?PWD\}?|\.|%cd%", re.IGNORECASE)


#: Programs whose images are made by definition files.
_OF_DEFINITIONS = frozenset({"apptainer", "singularity"})


class Engine(Value):
    """How the command line of a program that runs containers is read: data/containers.toml.

    `verbs` are followed by options, the image and the command; `valued` are options that take a word more.
    """

    verbs: tuple[str, ...]
    valued: tuple[str, ...]
    environment: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()
    mount: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()


class Run(Value):
    """What a container is asked to run: `words` where the command names a program, with its options."""

    words: tuple[str, ...] = ()
    entrypoint: str = ""
    folder: str | None = None
    env: tuple[tuple[str, str], ...] = ()
    env_files: tuple[str, ...] = ()
    mounts: tuple[tuple[str, str], ...] = ()


@cache
def read_engines() -> Mapping[str, Engine]:
    """Return how each program's command line is read, by its name."""
    rows = read_toml("checker.ecosystems.instructions", "containers.toml")
    return {name: Engine.model_validate(row) for name, row in rows.items()}


def read_run(argv: Sequence[str]) -> Run | None:
    """Return what a command has a container run; None where it runs none."""
    engine = read_engines().get(posixpath.basename(argv[0])) if argv else None
    rest = list(argv[1:])
    if rest[:1] == ["container"]:
        rest = rest[1:]
    if engine is None or not rest or rest[0] not in engine.verbs:
        return None
    taken: list[tuple[str, str]] = []
    rest = rest[1:]
    while rest and rest[0].startswith("-"):
        name, joined, value = rest.pop(0).partition("=")
        if name in engine.valued and not joined:
            value = rest.pop(0) if rest else ""
        taken.append((name, value))
    return Run(
        words=tuple(rest[1:]),
        entrypoint=next((value for name, value in taken if name in engine.entrypoint), ""),
        folder=next((value for name, value in taken if name in engine.folder), None),
        env=tuple(
            (variable, given)
            for name, value in taken
            if name in engine.environment
            for variable, mark, given in [value.partition("=")]
            if mark
        ),
        env_files=tuple(value for name, value in taken if name == "--env-file"),
        mounts=tuple(
            (here, there)
            for name, value in taken
            if name in engine.mount
            for here, there in [_split_mount(value)]
            if here and there
        ),
    )


def _split_mount(value: str) -> tuple[str, str]:
    """Return (folder here, folder in the container) of `$(pwd):/work:ro` or `type=bind,src=.,dst=/work`."""
    if "=" in value.partition(",")[0]:
        parts = dict(part.partition("=")[::2] for part in value.split(","))
        return (
            parts.get("source") or parts.get("src") or "",
            parts.get("target") or parts.get("dst") or parts.get("destination") or "",
        )
    here, _, rest = value.partition(":")
    return here, rest.partition(":")[0]


def read_container_commands(tree: Tree, command: Command, *, manifests: Sequence[str]) -> Iterator[Command]:
    """Yield what runs in the container that a command starts, with the paths of the tree.

    Without a program of its own it is what the repository's Dockerfile, or a service of its compose file, starts.
    """
    services = _read_compose(command.argv)
    if services is not None:
        yield from list_service_starts(tree, *services, manifests=manifests)
        return
    run = read_run(command.argv)
    if run is None:
        return
    path = find_dockerfile(tree)
    mounts = [
        (there.rstrip("/"), place)
        for here, there in run.mounts
        if (place := _find_mounted(tree, here)) is not None
    ]
    given = (run.entrypoint, *run.words) if run.entrypoint else run.words
    defined = list_definitions(tree, tuple(manifests)) if command.argv[0] in _OF_DEFINITIONS else ()
    if defined and not given:
        yield from defined[0].starts
        return
    path = None if defined else path
    only_options = bool(given) and given[0].startswith("-")  # what the image starts is given them
    if path is not None and (only_options or not (mounts and given)):
        starts = read_image(tree, path, manifests).list_starts(given, run.folder)
        found = [_put_mounts_in(tree, mounts, each) for each in starts]
    else:
        folder = _find_inside(mounts, run.folder or "") if run.folder else command.cwd
        words = (_write_word(tree, mounts, word, folder or ".") for word in given)
        directory = Directory(tree, folder or ".", manifests, own_clone=False)
        found = list(
            read_commands_of(
                tree,
                shlex.join(words),
                command.file,
                start=command.line,
                directory=directory,
                language=command.language,
            )
        )
    files = (join(command.cwd, name) for name in run.env_files)
    read = [
        (said.name, said.value)
        for file in files
        if file in tree
        for said in read_assignments(tree.read(file), file)
    ]
    for inner in found:
        yield inner.model_copy(update={"env": (*command.env, *read, *run.env, *inner.env)})


def _find_mounted(tree: Tree, here: str) -> str | None:
    """Return the folder of the tree that is mounted; None for one elsewhere on the machine."""
    path = join(_HERE.sub(".", here, count=1)) if _HERE.match(here) else here
    return path if path in tree.folders else None


def _find_inside(mounts: Sequence[tuple[str, str]], path: str) -> str | None:
    for there, place in sorted(mounts, key=lambda pair: -len(pair[0])):
        if path == there or path.startswith(f"{there}/"):
            return join(place, posixpath.relpath(path, there))
    return None


def _put_mounts_in(tree: Tree, mounts: Sequence[tuple[str, str]], command: Command) -> Command:
    """Return a command with the paths of mounted folders as those of the tree."""
    argv = tuple(_write_word(tree, mounts, word, command.cwd) for word in command.argv)
    return command.model_copy(update={"argv": argv})


def _write_word(tree: Tree, mounts: Sequence[tuple[str, str]], word: str, folder: str) -> str:
    place = _find_inside(mounts, word) if word.startswith("/") else None
    return (
        posixpath.relpath(place, folder)
        if place is not None and (place in tree or place in tree.folders)
        else word
    )


def is_compose(argv: Sequence[str]) -> bool:
    """Say whether a command starts the services of a compose file."""
    return _read_compose(argv) is not None


def _read_compose(argv: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return (service, command) of `docker compose up SERVICE`, `docker-compose run SERVICE fit.py`; else None."""
    program = posixpath.basename(argv[0]) if argv else ""
    rest = list(argv[1:])
    if program in {"docker", "podman"} and rest[:1] == ["compose"]:
        rest = rest[1:]
    elif program not in {"docker-compose", "podman-compose"}:
        return None
    while rest and rest[0].startswith("-"):
        rest = (
            rest[2:]
            if rest[0] in {"-f", "--file", "-p", "--project-name", "--profile", "--env-file"}
            else rest[1:]
        )
    if not rest or rest[0] not in {"up", "run", "exec"}:
        return None
    verb, rest = rest[0], rest[1:]
    while rest and rest[0].startswith("-"):
        rest = rest[2:] if rest[0] in {"-e", "-u", "-v", "-w", "--name", "--entrypoint", "-p"} else rest[1:]
    return (rest[0] if rest else "", tuple(rest[1:]) if verb != "up" else ())
