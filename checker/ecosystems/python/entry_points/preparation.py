"""What an author's page has its reader do before the code starts: compile a library, copy a file into place.

A step of groundwork may fail: whether the code does without is seen when it is imported and started.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from checker.core.tree import Tree, join
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.binder import find_binder_file
from checker.ecosystems.instructions.cmake import find_cmake_builds
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.makefiles import find_makefile, read_make_arguments
from checker.ecosystems.instructions.placeholders import has_placeholder
from checker.ecosystems.instructions.roles import Role, find_role
from checker.ecosystems.instructions.scripts import find_program, find_scripts
from checker.ecosystems.instructions.shell.reader import find_script, read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.declared.projects import PROJECT_FILES, measure_distance

MAX_GROUNDWORK = 8
MAX_WORDS = 40

#: Characters of a file that a page has written.
MAX_WRITTEN = 16_000

_COMPILER = re.compile(
    r"(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|gfortran|nvcc|cython|f2py3?|swig|cmake|make)(?:-\d+)?"
)
_IN_A_MAKEFILE = re.compile(
    r"\b(?:gcc|g\+\+|clang|gfortran|nvcc|cython|f2py|swig|cmake|build_ext)\b|\$[({](?:CC|CXX|FC)[)}]"
)

#: What `make` is asked for where it compiles; `make train` is a start, `make data` a download.
_TARGETS = frozenset(
    {"all", "build", "lib", "libs", "ext", "extensions", "shared", "release", "compile", "native"}
)

_NOT_HERE = frozenset({"apt", "apt-get", "conda", "curl", "docker", "git", "pip", "pip3", "sudo", "wget"})
_BUILDS = frozenset({"build", "build_ext", "develop"})

#: What a shell would expand (steps run without one), and what no name of ours has.
_SHELL_WORD = re.compile(r"[*?'\"`$~\x00-\x1f]")

_COPY_OPTIONS = re.compile(r"-[rRafpvnsT]+|--symbolic|--recursive|--force|--archive")


class Groundwork(Value):
    """One command of a page: what runs, in which folder of the tree, and where the page says so.

    `network`: it may reach the package indexes; `needs` are programs of packages that it calls.
    """

    name: str
    argv: tuple[str, ...]
    cwd: str
    evidence: Evidence
    network: bool = False
    needs: tuple[str, ...] = ()


def find_groundwork(tree: Tree, commands: Iterable[Command], folder: str) -> tuple[Groundwork, ...]:
    """Return what the pages of the project in `folder` have a reader do, in their order, each once."""
    found: dict[tuple[tuple[str, ...], str], Groundwork] = {}
    commands = tuple(commands)
    told = [each for each in commands if each.language != "prose" and not measure_distance(each.file, folder)]
    builds = {id(command): argv for command, argv in find_cmake_builds(tree, told)}
    for command in commands:
        item = _read_copying(tree, command) or _read_writing(tree, command)
        if item is None and id(command) in builds:
            item = _make_groundwork(command, builds[id(command)], ".")
        elif item is None and command.language != "prose" and not measure_distance(command.file, folder):
            item = _read_compiling(tree, command)
        if item is not None and len(found) < MAX_GROUNDWORK:
            found.setdefault((item.argv, item.cwd), item)
    return (*found.values(), *_read_post_build(tree))


#: What such a script finds in the environment of the convention, and the package of each.
_OF_BINDER = ((re.compile(r"\bpip3?\b"), "pip"), (re.compile(r"\bjupyter\b"), "jupyterlab"))


def _read_post_build(tree: Tree) -> Iterator[Groundwork]:
    """Yield the script of the Binder convention that runs once everything is installed."""
    path = find_binder_file(tree, "postBuild")
    if path is None:
        return
    needs = [package for word, package in _OF_BINDER if word.search(tree.read(path))]
    language = find_scripts(tree).get(path)
    program = find_program(tree, path) if language else ("bash",)
    evidence = Evidence(claim="runs after the installation", source=path, line=1)
    yield Groundwork(
        name=f"run {path}",
        argv=(*program, path),
        cwd=".",
        evidence=evidence,
        network=True,
        needs=tuple(needs),
    )


def find_copies(tree: Tree, commands: Iterable[Command]) -> Mapping[str, str]:
    """Return the files that the pages have copied: path in the tree → the committed file that is copied there."""
    pairs = filter(None, (_copy(tree, command) for command in commands))
    return {target: source for target, source in pairs if source in tree}


def _read_copying(tree: Tree, command: Command) -> Groundwork | None:
    pair = _copy(tree, command)
    if pair is None:
        return None
    target, source = pair
    argv = ("cp", "-r", "--", source, target)
    return Groundwork(name=f"copy {source} to {target}", argv=argv, cwd=".", evidence=command.evidence)


def _read_writing(tree: Tree, command: Command) -> Groundwork | None:
    """Take a file that the page has written where nothing stands: a settings file out of a here-document."""
    written = command.written
    if written is None or not written.text or len(written.text) > MAX_WRITTEN or has_placeholder(written.text):
        return None
    path = join(command.cwd, written.path)
    is_plain = not (has_placeholder(written.path) or _SHELL_WORD.search(written.path) or written.path[:1] in "/-")
    has_place = path not in tree and (posixpath.dirname(path) or ".") in (".", *tree.folders)
    if not (is_plain and has_place and _is_text(written.text)):
        return None
    operator = ">>" if written.is_added else ">"
    argv = ("sh", "-c", f'printf %s "$1" {operator} "$2"', "sh", written.text, path)
    return Groundwork(name=f"write {path}", argv=argv, cwd=".", evidence=command.evidence)


def _is_text(text: str) -> bool:
    return all(character.isprintable() or character in "\n\t" for character in text)


def _copy(tree: Tree, command: Command) -> tuple[str, str] | None:
    """Return (target, source) of a command that puts one committed file or folder to where nothing stands.

    What is moved or linked is copied: nothing that stands elsewhere is missed then.
    """
    if command.argv[0] not in {"cp", "mv", "ln"}:
        return None
    words = [word for word in command.argv[1:] if not _COPY_OPTIONS.fullmatch(word)]
    if command.argv[0] == "ln":
        words = words if len(words) > 1 else [*words, "."]
    if (
        len(words) != 2
        or has_placeholder(*words)
        or any(_SHELL_WORD.search(word) or word[:1] in "/-" for word in words)
    ):
        return None
    source, target = (join(command.cwd, word) for word in words)
    if words[1].endswith(("/", ".")) or target in tree.folders:
        target = join(target, posixpath.basename(source))
    committed = source in tree or (source in tree.folders and source != ".")
    has_place = target not in tree and (posixpath.dirname(target) or ".") in (".", *tree.folders)
    return (target, source) if committed and has_place else None


def _read_compiling(tree: Tree, command: Command) -> Groundwork | None:
    argv = command.argv[:MAX_WORDS]
    script = find_script(argv)
    if script is not None:
        return _read_script(tree, command, script, argv[argv.index(script) + 1 :])
    program = argv[0]
    if is_extension_build(argv) and join(command.cwd, argv[1]) in tree and not _SHELL_WORD.search(" ".join(argv)):
        argv = ("python", *argv[1:])
    elif (
        has_placeholder(*argv)
        or not _COMPILER.fullmatch(program)
        or program == "cmake"
        or _SHELL_WORD.search(" ".join(argv))
    ):
        return None
    if program == "make" and not _is_compiling(tree, command, argv[1:]):
        return None
    return _make_groundwork(command, argv, command.cwd)


def _make_groundwork(command: Command, argv: tuple[str, ...], cwd: str) -> Groundwork:
    name, needs = f"compile: {' '.join(argv)[:80]}", ("cmake",) if argv[:2] == ("cmake", "-S") else ()
    return Groundwork(name=name, argv=argv, cwd=cwd, evidence=command.evidence, needs=needs)


def is_extension_build(argv: Sequence[str]) -> bool:
    """Whether a command builds what a script of another name than setup.py describes: it starts nothing."""
    if not argv[0].startswith("python") or len(argv) < 2 or not argv[1].endswith(".py"):
        return False
    name = posixpath.basename(argv[1])
    return (argv[2:3] == ("build_ext",) and name != "setup.py") or find_role(name) is Role.BUILD


def _is_compiling(tree: Tree, command: Command, arguments: tuple[str, ...]) -> bool:
    """Whether `make` finds a Makefile there that calls a compiler, and is asked for what it builds by itself."""
    folder, asked = read_make_arguments(arguments, command.cwd)
    path = find_makefile(tree, folder)
    text = tree.read(path) if path is not None else ""
    return _TARGETS.issuperset(asked) and bool(_IN_A_MAKEFILE.search(text))


def _read_script(tree: Tree, command: Command, script: str, arguments: tuple[str, ...]) -> Groundwork | None:
    """Take a committed shell script whose commands compile, and neither install nor start anything."""
    path = join(command.cwd, script)
    if path not in tree or has_placeholder(*arguments) or any(_SHELL_WORD.search(word) for word in arguments):
        return None
    if not _is_only_compiling(tree, path, command.cwd):
        return None
    argv = ("bash", posixpath.relpath(path, command.cwd), *arguments)
    return _make_groundwork(command, argv, command.cwd)


def _is_only_compiling(tree: Tree, path: str, cwd: str) -> bool:
    directory = Directory(tree, cwd, PROJECT_FILES)
    compiles = False
    for inner in read_commands_of(tree, tree.read(path), path, start=1, directory=directory, language="sh"):
        program = posixpath.basename(inner.argv[0])
        starts = program.startswith("python") and _BUILDS.isdisjoint(inner.argv)
        if starts or program in _NOT_HERE:
            return False
        compiles = compiles or bool(_COMPILER.fullmatch(program)) or program.startswith("python")
    return compiles
