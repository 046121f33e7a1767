"""Collects what authors state outside of specifications: pages, Dockerfiles, CI, scripts, version files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from checker.core.tree import Tree, join
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.containers.builds import find_build
from checker.ecosystems.instructions.containers.compose import list_service_exports, list_services
from checker.ecosystems.instructions.containers.definitions import list_definitions
from checker.ecosystems.instructions.containers.devcontainers import list_devcontainers
from checker.ecosystems.instructions.containers.dockerfiles import (
    Image,
    find_dockerfile,
    is_dockerfile,
    read_image,
)
from checker.ecosystems.instructions.containers.run import is_compose, read_run
from checker.ecosystems.instructions.justfiles import find_justfile, list_recipes
from checker.ecosystems.instructions.makefiles import find_goals
from checker.ecosystems.instructions.pages import find_pages, split_blocks
from checker.ecosystems.instructions.roles import Role, find_role
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.instructions.variables import Variable, find_exports, read_assignments
from checker.ecosystems.python.declared.base_images import read_base_images, read_definition, read_devcontainer
from checker.ecosystems.python.declared.conventions.binder import read_apt_packages, read_start_variables
from checker.ecosystems.python.declared.install_commands import Found, interpret
from checker.ecosystems.python.declared.page_commands import read_commands, read_page_commands
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.declared.task_runners import read_called_commands
from checker.ecosystems.python.declared.version_files import find_traces, list_ci_commands, read_interpreter_files
from checker.ecosystems.python.declared.versions_in_words import find_packages, find_python
from checker.ecosystems.python.launchers import find_launch
from checker.ecosystems.python.stated import NOT_STARTED, PythonStatement, Requirement, Statements, Strength

#: Installation scripts that are read.
MAX_SCRIPTS = 40

#: Task runners that call one another, one within the other.
MAX_CALLS = 3

#: What scripts do whose commands say what the code needs installed.
_INSTALLING = frozenset({Role.INSTALL, Role.BUILD, Role.PREPARE})

#: Goals of a Makefile that install.
_GOAL = re.compile(
    r"(?i)(?:install|set_?up|init|bootstrap|dep(?:endencie)?s|requirements|(?:virtual_?|conda_?)?env(?:ironment)?|venv"
    r"|create_environment)"
)


def collect_author_statements(tree: Tree) -> Statements:
    """Gather all statements of a tree: pages first, then Dockerfiles, scripts, CI; pure, bounded."""
    commands = read_commands(tree)
    made = make_commands(tree, commands)
    editors = list_devcontainers(tree, PROJECT_FILES)
    defined = list_definitions(tree, PROJECT_FILES)
    others = (
        *list_docker_commands(tree),
        *(command for each in defined for command in each.commands),
        *(command for each in editors for command in each.commands),
        *list_script_commands(tree),
        *made,
        *list_ci_commands(tree),
    )
    exports = (
        *_list_sourced(tree, commands),
        *(command for each in editors for command in each.exports),
        *_list_image_exports(tree),
        *(command for each in defined for command in each.exports),
    )
    image = find_dockerfile(tree)
    inside = (
        *(
            read_image(tree, image, PROJECT_FILES, find_arguments(tree, image)).commands
            if image is not None
            else ()
        ),
        *(command for each in defined for command in each.commands),
        *(command for each in editors for command in each.commands),
    )
    found = interpret(tree, _follow_tasks(tree, commands))
    beside = interpret(tree, others)
    python, packages = _read_prose(tree)
    files = sorted((path for path in tree.files if is_dockerfile(path)), key=lambda path: path != image)
    images = [item for path in files for item in read_base_images(tree, path, find_arguments(tree, path))]
    images += [item for each in defined for item in read_definition(each)]
    images += [item for each in editors for item in read_devcontainer(each)]
    return Statements(
        python=(
            *read_interpreter_files(tree),
            *found.python,
            *python,
            *find_traces(tree),
            *(item for item in images if isinstance(item, PythonStatement)),
            *(_weaken(item) for item in beside.python),
        ),
        packages=(
            *found.packages,
            *packages,
            *(item for item in images if isinstance(item, Requirement)),
            *beside.packages,
        ),
        in_container=tuple(interpret(tree, inside).packages),
        system_packages=(*found.system_packages, *beside.system_packages, *read_apt_packages(tree)),
        commands=commands,
        tasks=tuple(_list_tasks(tree, commands)),
        exports=exports,
        named=(*found.named, *beside.named),
        installs=tuple(dict.fromkeys((*found.installs, *beside.installs))),
        channels=tuple(dict.fromkeys((*found.channels, *beside.channels))),
        options=(*found.options, *beside.options),
        variables=(
            *find_exports(commands),
            *read_start_variables(tree),
            *find_exports(exports),
            *_read_samples(tree),
        ),
    )


#: Files that show which variables the code reads, with values to copy.
_SAMPLE = re.compile(
    r"(?:\.?env)[._-](?:example|sample|template|dist|default|defaults)|(?:example|sample|template)\.env"
)


def _read_samples(tree: Tree) -> Iterator[Variable]:
    """Yield what the samples of `.env` files at the root, or in a folder directly below, state."""
    for path in tree.files:
        if path.count("/") <= 1 and _SAMPLE.fullmatch(posixpath.basename(path).lower()):
            yield from read_assignments(tree.read(path), path)


def read_page_statements(tree: Tree, path: str) -> Found:
    """Gather what the commands of one page state, and what they have task runners carry out for the reader."""
    return interpret(tree, _follow_tasks(tree, read_page_commands(tree, path)))


def _follow_tasks(tree: Tree, commands: Iterable[Command]) -> Iterator[Command]:
    """Yield commands, each followed by those of the task that it calls, if that installs or starts the code."""
    for command in commands:
        yield command
        inner = list(_list_called(tree, command))
        is_for_the_reader = any(_GOAL.fullmatch(word) for word in command.argv[1:]) or any(
            _starts_code(each) for each in inner
        )
        if read_run(command.argv) or is_compose(command.argv):
            yield from _list_managers_of_image(tree)
        elif is_for_the_reader:
            yield from inner


def _list_managers_of_image(tree: Tree) -> Iterator[Command]:
    """Yield how the image has a manager install the project: `uv sync --extra a`."""
    path = find_dockerfile(tree)
    for command in _read_image(tree, path).commands if path is not None else ():
        is_manager = posixpath.basename(command.argv[0]) in _MANAGERS and command.argv[1:2] != ("pip",)
        if is_manager and any(join(command.cwd, name) in tree for name in _MANIFESTS):
            yield command


#: Programs that install a project with its extras and groups, and the files that they do it from.
_MANIFESTS = ("pyproject.toml", "Pipfile", "pixi.toml")
_MANAGERS = frozenset({"uv", "poetry", "pdm", "pipenv", "rye", "pixi"})


def _list_tasks(tree: Tree, commands: Iterable[Command]) -> Iterator[Command]:
    """Yield what pages have task runners carry out, containers left out."""
    for command in commands:
        if not read_run(command.argv) and not is_compose(command.argv):
            yield from _list_called(tree, command)


def _list_called(tree: Tree, command: Command, depth: int = 0) -> Iterator[Command]:
    """Yield what a task runner carries out, with what runners carry out that it calls in turn."""
    for inner in read_called_commands(tree, command):
        yield inner
        if depth < MAX_CALLS:
            yield from _list_called(tree, inner, depth + 1)


def _starts_code(command: Command) -> bool:
    """Whether a command starts a program of the repository's, and no tool."""
    launch = find_launch(command.argv)
    return launch is not None and not launch.tool and posixpath.basename(launch.script) not in NOT_STARTED


def _read_prose(tree: Tree) -> tuple[list[PythonStatement], list[Requirement]]:
    python: list[PythonStatement] = []
    packages: list[Requirement] = []
    for path in find_pages(tree):
        for block in split_blocks(tree, path):
            if block.kind == "inline" or (block.kind == "code" and block.language not in {"", "text", "txt"}):
                continue
            for offset, row in enumerate(block.text.split("\n")):
                evidence = Evidence(claim="prose", source=path, line=block.line + offset, text=row.strip()[:300])
                python.extend(find_python(row[:2000], evidence))
                packages.extend(find_packages(row[:2000], evidence))
    return python, packages


def _weaken(said: PythonStatement) -> PythonStatement:
    """Let a command of a Dockerfile, script or CI weigh less than the page that a reader follows."""
    strength = max(said.strength, Strength.TESTED, key=lambda item: item.rank)
    return said.model_copy(update={"strength": strength})


def make_commands(tree: Tree, commands: Sequence[Command]) -> tuple[Command, ...]:
    """Return what task runners carry out where a page calls them, and what the root's own recipes install."""
    makefile = [goal for goal, _, _ in find_goals(tree, ".") if _GOAL.fullmatch(goal)]
    justfile = find_justfile(tree, ".")
    recipes = [name for name in list_recipes(tree, justfile) if _GOAL.fullmatch(name)] if justfile else []
    own = [
        Command(argv=(program, name), raw=f"{program} {name}", file=".", line=1)
        for program, names in (("make", makefile), ("just", recipes))
        for name in names
    ]
    found = (inner for command in (*commands, *own) for inner in _list_called(tree, command))
    return tuple({(command.file, command.line, command.argv): command for command in found}.values())


def list_docker_commands(tree: Tree) -> Iterator[Command]:
    """Yield the commands of all Dockerfiles."""
    for path in tree.files:
        if is_dockerfile(path):
            yield from _read_image(tree, path).commands


def _read_image(tree: Tree, path: str) -> Image:
    return read_image(tree, path, PROJECT_FILES, find_arguments(tree, path))


def find_arguments(tree: Tree, path: str) -> tuple[tuple[str, str], ...]:
    """Return what a Dockerfile's arguments are given: by the pages, a compose file or an editor's container."""
    build = find_build(tree)
    given = [build.arguments] if build.dockerfile == path else []
    given += [service.arguments for service in list_services(tree) if service.dockerfile == path]
    given += [each.arguments for each in list_devcontainers(tree, PROJECT_FILES) if each.dockerfile == path]
    return next(filter(None, given), ())


def _list_image_exports(tree: Tree) -> Iterator[Command]:
    """Yield what the repository's Dockerfile and compose file set for everything that runs."""
    yield from list_service_exports(tree)
    path = find_dockerfile(tree)
    if path is not None:
        yield from _read_image(tree, path).list_exports()


#: How a shell exports what a file of settings holds: `export $(grep -v '^#' .env | xargs)`.
_EXPORTED_FILE = re.compile(r"\$\((?:cat|e?grep)\b[^()|]{0,80}?(?P<file>[\w./-]{1,100})\s{0,5}\|\s{0,5}xargs\b")


#: What direnv sets in a folder and below it.
_OF_THE_FOLDER = ".envrc"


def _list_sourced(tree: Tree, commands: Iterable[Command]) -> Iterator[Command]:
    """Yield what committed files export that a page has its reader source, export or hand to a program."""
    exports_all = False
    if _OF_THE_FOLDER in tree:
        directory = Directory(tree, ".", PROJECT_FILES)
        text = tree.read(_OF_THE_FOLDER)
        yield from read_commands_of(tree, text, _OF_THE_FOLDER, start=1, directory=directory, language="script")
    for command in commands:
        argv = command.argv
        exports_all = exports_all or argv[:2] == ("set", "-a") or argv[:3] == ("set", "-o", "allexport")
        named = _EXPORTED_FILE.search(argv[1]) if argv[0] == "export" and len(argv) > 1 else None
        if named is not None:
            yield from _export_all(tree, join(command.cwd, named["file"]))
        elif argv[0] == "dotenv":
            named_file = next((value for name, value in pairwise(argv) if name in {"-f", "--file"}), ".env")
            yield from _export_all(tree, join(command.cwd, named_file))
        elif argv[:2] == ("uv", "run"):
            given = (value for name, value in pairwise(argv) if name == "--env-file")
            joined = (word.partition("=")[2] for word in argv if word.startswith("--env-file="))
            for name in (*given, *joined):
                yield from _export_all(tree, join(command.cwd, name))
        elif argv[0] in {"source", "."} and len(argv) > 1:
            path = join(command.cwd, argv[1])
            if exports_all:
                yield from _export_all(tree, path)
                continue
            directory = Directory(tree, command.cwd, PROJECT_FILES)
            yield from read_commands_of(
                tree, tree.read(path), path, start=1, directory=directory, language="script"
            )


def _export_all(tree: Tree, path: str) -> Iterator[Command]:
    """Yield what a file of `NAME=value` lines sets as commands that export it."""
    for said in read_assignments(tree.read(path), path) if path in tree else ():
        word, line = f"{said.name}={said.value}", said.evidence.line or 1
        yield Command(argv=("export", word), raw=word[:300], file=path, line=line, language="script")


def list_script_commands(tree: Tree) -> Iterator[Command]:
    """Yield the commands of installation scripts."""
    shallow = (path for path in tree.files if path.count("/") <= 2 and path.endswith(".sh"))
    scripts = [path for path in shallow if find_role(path) in _INSTALLING]
    for path in scripts[:MAX_SCRIPTS]:
        directory = Directory(tree, posixpath.dirname(path) or ".", PROJECT_FILES)
        yield from read_commands_of(tree, tree.read(path), path, start=1, directory=directory, language="script")
