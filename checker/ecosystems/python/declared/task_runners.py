"""Reads what task runners carry out where a command calls them: make, just, tox, nox, hatch and scripts of others.

`just run` → `python fit.py --steps 3`. What a task has installed comes first, as `pip install …`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.containers.run import read_container_commands
from checker.ecosystems.instructions.justfiles import read_just_commands
from checker.ecosystems.instructions.makefiles import (
    read_made_commands,
    read_make_arguments,
    read_make_values,
)
from checker.ecosystems.python.declared.pixi.tasks import read_pixi_commands
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.declared.runners.pipelines import read_dvc_commands, read_mlflow_commands
from checker.ecosystems.python.declared.runners.python_tasks import read_invoke_commands, read_nox_commands
from checker.ecosystems.python.declared.runners.scripts import read_script_commands
from checker.ecosystems.python.declared.runners.taskfiles import read_taskfile_commands
from checker.ecosystems.python.declared.runners.tox import read_tox_commands
from checker.ecosystems.python.launchers import unwrap

MAX_COMMANDS = 100


def read_called_commands(tree: Tree, command: Command) -> Iterator[Command]:
    """Yield the commands that a command has a task runner carry out; none where it calls none."""
    for argv in dict.fromkeys((command.argv, unwrap(command.argv))):
        words = argv[2:] if argv[1:2] == ("-m",) and argv[0].startswith("python") else argv
        reader = _READERS.get(posixpath.basename(words[0])) if words else None
        if reader is not None:
            found = list(islice(reader(tree, command.model_copy(update={"argv": words}), words[1:]), MAX_COMMANDS))
            yield from found
            if found:
                return


def _read_make(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    folder, asked = read_make_arguments(words, command.cwd)
    yield from read_made_commands(tree, folder, asked, read_make_values(words), manifests=PROJECT_FILES)


def _read_just(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    yield from read_just_commands(tree, words, command.cwd, manifests=PROJECT_FILES)


def _read_container(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    yield from read_container_commands(tree, command, manifests=PROJECT_FILES)


def _read_task(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read a task of taskipy's, else one of Task's: both programs are called `task`."""
    found = [*read_script_commands(tree, command, words)]
    yield from found or read_taskfile_commands(tree, command, words)


_READERS: dict[str, Callable[[Tree, Command, Sequence[str]], Iterator[Command]]] = {
    "make": _read_make,
    "just": _read_just,
    "tox": read_tox_commands,
    "nox": read_nox_commands,
    "task": _read_task,
    "dvc": read_dvc_commands,
    "mlflow": read_mlflow_commands,
    **dict.fromkeys(("invoke", "inv"), read_invoke_commands),
    **dict.fromkeys(("hatch", "pdm", "rye", "poe", "pipenv"), read_script_commands),
    **dict.fromkeys(("docker", "podman", "nvidia-docker", "docker-compose", "podman-compose"), _read_container),
    **dict.fromkeys(("apptainer", "singularity"), _read_container),
    "pixi": read_pixi_commands,
}
