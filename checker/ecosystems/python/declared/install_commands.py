"""Reads installation commands: distributions, system packages, interpreters, files, channels."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.repository_name import calls_itself
from checker.ecosystems.instructions.shell.working_directory import names_of_clone
from checker.ecosystems.python.declared.formats.conda import translate_spec
from checker.ecosystems.python.declared.formats.requirement_line import SENTENCE_WORDS, parse_requirement
from checker.ecosystems.python.declared.managers.groups import EVERY, read_groups
from checker.ecosystems.python.declared.projects import PROJECT_FILES, is_project
from checker.ecosystems.python.stated import (
    Asked,
    Option,
    Problem,
    PythonStatement,
    Requirement,
    Strength,
    SystemPackage,
)
from checker.ecosystems.python.version_statement import statement

_PIP_VALUE_OPTIONS = """-r -c -e -i -f -t -b -d --requirement --constraint --editable --index-url --extra-index-url
--find-links --target --prefix --root --trusted-host --proxy --timeout --retries --cache-dir --log --platform --abi
--implementation --python-version --no-binary --only-binary --global-option --install-option --config-settings
--progress-bar --python --default-timeout --src --upgrade-strategy --exists-action --cert --client-cert --index
--no-build-isolation-package --group --extra --optional --torch-backend -p -C"""
_PIP_VALUES = frozenset(_PIP_VALUE_OPTIONS.split())
_PIP_RECORDED = {
    "-i": "index-url",
    "--index-url": "index-url",
    "--extra-index-url": "extra-index-url",
    "--index": "extra-index-url",
    "-f": "find-links",
    "--find-links": "find-links",
    "--no-binary": "no-binary",
    "--only-binary": "only-binary",
    "--pre": "pre",
    "--no-deps": "no-deps",
    "--no-build-isolation": "no-build-isolation",
}
_CONDA_VALUES = frozenset(
    {"-c", "--channel", "-n", "--name", "-p", "--prefix", "-f", "--file", "--solver", "--repodata-fn", "--subdir"}
)
_CONDA = frozenset({"conda", "mamba", "micromamba"})
_APT_NAME = re.compile(r"^[a-z0-9][a-z0-9+.-]+(?:=\S+)?$")
_PYTHON_PROGRAM = re.compile(r"^(?:.*/)?python(?P<version>[23](?:\.\d{1,2})?)?$")
_CONDA_BARE_PYTHON = re.compile(r"^(?:python)?[=]?(?P<version>[23]\.\d{1,2})(?:\.\d+)?$")


@dataclass
class Found:
    """What has been gathered from commands so far; `cloning` are the pages that clone what has another name."""

    packages: list[Requirement] = field(default_factory=list)
    system_packages: list[SystemPackage] = field(default_factory=list)
    python: list[PythonStatement] = field(default_factory=list)
    named: list[Evidence] = field(default_factory=list)
    installs: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    cloning: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    constraining: list[str] = field(default_factory=list)

    def say(self, text: str, evidence: Evidence) -> None:
        """Record a version of the interpreter that a command names."""
        said = statement(text, Strength.STATED, evidence)
        if said is not None:
            self.python.append(said)


def interpret(tree: Tree, commands: Iterable[Command]) -> Found:
    """Gather what installation commands state; other commands are passed over."""
    found = Found()
    running: list[Asked] = []
    for command in commands:
        argv = _read_py(list(command.argv))
        program = posixpath.basename(argv[0])
        if (python := _PYTHON_PROGRAM.match(argv[0])) and len(argv) > 2 and argv[1] == "-m":
            if python["version"] and "." in python["version"] and argv[2] in {"venv", "pip", "virtualenv"}:
                found.say(python["version"], _make_evidence("interpreter in a command", command))
            argv, program = argv[2:], argv[2]
        program = re.sub(r"^pip[23](\.\d+)?$", "pip", program)
        groups = () if "--no-sync" in argv else read_groups(tree, command.cwd, (program, *argv[1:]))
        only_runs = program in _INSTALLING_NOTHING and _RUNS.intersection(argv[1:2])
        (running if only_runs else found.asked).extend(groups)
        handler = _HANDLERS.get(program)
        if handler is not None:
            handler(tree, command, argv, found)
    installed = {each.folder for each in found.asked}
    found.asked.extend(each for each in running if each.folder not in installed)
    return found


#: Managers whose `run` takes what is installed: what it needs is said by it only where nothing is installed.
_INSTALLING_NOTHING = frozenset({"pdm", "poetry", "rye", "pipenv"})
_RUNS = frozenset({"run", "shell"})


def _read_py(argv: list[str]) -> list[str]:
    """Return a command of Windows' launcher, `py -3.9 -m venv`, as one of an interpreter."""
    if argv[0] != "py":
        return argv
    asked = re.fullmatch(r"-(\d(?:\.\d{1,2})?)(?:-\d\d)?", argv[1]) if argv[1:] else None
    return [f"python{asked[1]}", *argv[2:]] if asked is not None else ["python", *argv[1:]]


def _make_evidence(claim: str, command: Command) -> Evidence:
    return Evidence(claim=claim, source=command.file, line=command.line, text=command.raw[:300])


def _resolve_path(command: Command, target: str) -> str:
    return posixpath.normpath(posixpath.join(command.cwd, target))


def _read_pip(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    if len(argv) < 2 or argv[1] != "install":
        return
    rest = argv[2:]
    while rest:
        word = rest.pop(0)
        name, joined, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if name.startswith("-"):
            if not name.startswith("--") and len(name) > 2 and name[:2] in {"-r", "-c", "-e", "-i", "-f"}:
                name, value, joined = name[:2], name[2:], "="
            if name in _PIP_VALUES and not joined:
                value = rest.pop(0) if rest else ""
            _read_pip_option(tree, command, name, value, found)
        elif word.lower() not in SENTENCE_WORDS:
            _read_pip_target(tree, command, word, found, editable=False)


def _read_pip_option(tree: Tree, command: Command, name: str, value: str, found: Found) -> None:
    if name in {"-r", "--requirement"}:
        path = _find_named_file(tree, command, value)
        if path:
            found.named.append(_name(path, command))
    elif name in {"-c", "--constraint", "--constraints"}:
        path = _find_named_file(tree, command, value)
        if path:
            found.constraining.append(path)
    elif name == "--group" and value:
        folder = posixpath.dirname(value.rpartition(":")[0])
        groups = (value.rpartition(":")[2],)
        found.asked.append(Asked(folder=_resolve_path(command, folder or "."), groups=groups))
    elif name in {"--extra", "--all-extras"}:
        found.asked.append(Asked(folder=command.cwd, extras=(value or EVERY,)))
    elif name in {"-e", "--editable"}:
        _read_pip_target(tree, command, value, found, editable=True)
    elif name in _PIP_RECORDED:
        option = Option(
            name=_PIP_RECORDED[name], value=value[:500], evidence=_make_evidence("option of pip", command)
        )
        found.options.append(option)


def _find_named_file(tree: Tree, command: Command, target: str) -> str | None:
    """Return the path in the tree of a file that a command names, looking from its folder and the root."""
    for path in (
        _resolve_path(command, target),
        posixpath.normpath(target),
        posixpath.normpath(target.partition("/")[2]),
    ):
        if target and path in tree:
            return path
    return None


def _read_pip_target(tree: Tree, command: Command, word: str, found: Found, *, editable: bool) -> None:
    evidence = _make_evidence("pip install", command)
    read = parse_requirement(
        word,
        evidence,
        folder=command.cwd,
        editable=editable,
        exists=lambda path: path in tree.folders or path in tree,
    )
    if read is None or read.problem in {Problem.UNPARSABLE, Problem.PLACEHOLDER}:
        return
    if read.problem is Problem.LOCAL_PATH and read.local is not None and not read.name:
        if read.local in tree.folders:
            project = _find_project_above(tree, read.local)
            if command.file in found.cloning and not is_project(tree, project):
                return  # `cd NAME` led into the clone, which is there to be installed
            read = read.model_copy(update={"local": project})
            found.installs.append(project)
        found.packages.append(read)
    elif read.name == "python":
        found.say(read.text[len("python") :], evidence)
    else:
        found.packages.append(read)


def _find_project_above(tree: Tree, folder: str) -> str:
    """Return the nearest folder, this one or above it, with something to install: pages are often in `docs`."""
    places = [folder, *map(str, PurePosixPath(folder).parents)]
    return next((place for place in places if is_project(tree, place)), folder)


def _read_uv(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    if argv[1:3] == ["pip", "install"]:
        _read_pip(tree, command, argv[1:], found)
    elif argv[1:3] == ["pip", "sync"]:
        _read_files(tree, command, argv[3:], found)
    elif argv[1:2] in (["sync"], ["run"]):
        _read_manager(tree, command, argv, found)
        if argv[1] == "run":
            _read_uv_run(tree, command, argv, found)
    elif argv[1:2] in (["add"], ["install"]):
        _read_pip(tree, command, ["pip", "install", *argv[2:]], found)
    elif argv[1:2] == ["venv"]:
        for flag, value in pairwise([*argv, ""]):
            name, joined, said = flag.partition("=")
            if name in {"-p", "--python"}:
                found.say(said if joined else value, _make_evidence("interpreter of the environment", command))
    elif argv[1:2] == ["python"] and len(argv) > 3:
        found.say(argv[3], _make_evidence("interpreter of the environment", command))


def _read_uvx(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    """Read what `uvx --from . toy` and `pipx run --spec . toy` install for the one command."""
    for flag, value in pairwise([*argv, ""]):
        name, joined, said = flag.partition("=")
        if name in {"--from", "--with", "--spec", "--with-editable"}:
            for wanted in (said if joined else value).split(","):
                _read_pip_target(tree, command, wanted, found, editable=False)


def _read_files(tree: Tree, command: Command, words: list[str], found: Found) -> None:
    """Read a command whose arguments are the files that it installs from: `pip-sync a.txt b.txt`."""
    for word in words:
        if not word.startswith("-") and (path := _find_named_file(tree, command, word)):
            found.named.append(_name(path, command))


def _name(path: str, command: Command) -> Evidence:
    return Evidence(claim=path, source=command.file, line=command.line, text=command.raw[:300])


def _read_pip_sync(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    _read_files(tree, command, argv[1:] or ["requirements.txt"], found)


def _read_conda_lock(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    if argv[1:2] == ["install"]:
        named = [word for word in argv[2:] if word.endswith((".yml", ".yaml", ".lock"))]
        _read_files(tree, command, named or ["conda-lock.yml"], found)


def _read_uv_run(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    """Read what `uv run --with six --python 3.11 fit.py` asks for besides the project."""
    for at, word in enumerate(argv[:-1]):
        name, joined, value = word.partition("=")
        value = value if joined else argv[at + 1]
        if name == "--with":
            for wanted in value.split(","):
                _read_pip_target(tree, command, wanted, found, editable=False)
        elif name == "--with-requirements":
            _read_pip_option(tree, command, "-r", value, found)
        elif name in {"-p", "--python"}:
            found.say(value, _make_evidence("interpreter in a command", command))
        elif word == "--" or word.endswith(".py"):
            return


def _read_conda(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    verbs = [word for word in argv[1:4] if not word.startswith("-")]
    if verbs[:1] == ["env"]:
        verbs = verbs[1:]
    if not verbs or verbs[0] not in {"install", "create", "update"}:
        return
    rest = argv[argv.index(verbs[0]) + 1 :]
    if verbs[0] == "create" and not any(_NAMED_ENVIRONMENT.match(word) for word in rest):
        rest = _drop_environment_name(rest)
    while rest:
        word = rest.pop(0)
        name, joined, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if name.startswith("-"):
            if name in _CONDA_VALUES and not joined:
                value = rest.pop(0) if rest else ""
            _read_conda_option(tree, command, name, value, found)
        else:
            _read_conda_target(command, word, found)


_NAMED_ENVIRONMENT = re.compile(r"-[np]|--(?:name|prefix|file)\b|-f")
_BARE_NAME = re.compile(r"[A-Za-z][\w.-]*")


def _drop_environment_name(words: list[str]) -> list[str]:
    """Drop the first word of `conda create NAME python=3.10 …`: the environment's name, without `-n`."""
    own = [
        at
        for at, (before, word) in enumerate(zip(["", *words], words, strict=False))
        if not word.startswith("-") and before not in _CONDA_VALUES
    ]
    first = words[own[0]] if own else ""
    if not _BARE_NAME.fullmatch(first) or _CONDA_BARE_PYTHON.match(first) or first == "python":
        return words
    return [*words[: own[0]], *words[own[0] + 1 :]]


def _read_conda_option(tree: Tree, command: Command, name: str, value: str, found: Found) -> None:
    if name in {"-c", "--channel"}:
        found.channels.append(value)
    elif name in {"-f", "--file"} and (path := _find_named_file(tree, command, value)):
        found.named.append(_name(path, command))
    elif name.startswith("--python"):
        found.say(value, _make_evidence("interpreter of the environment", command))


def _read_conda_target(command: Command, word: str, found: Found) -> None:
    evidence = _make_evidence("conda install", command)
    if bare := _CONDA_BARE_PYTHON.match(word):
        found.say(bare["version"], _make_evidence("interpreter of the environment", command))
        return
    if re.search(r"[{}<>]\w*[{}>]|^\W|\$", word):
        return
    spec = translate_spec(word, evidence)
    if spec.python:
        found.python.append(_limit_strength(spec.python))
    elif spec.requirement:
        found.packages.append(spec.requirement)
    found.system_packages.extend(spec.system_packages)
    found.channels.extend([spec.channel] if spec.channel else [])


def _limit_strength(said: PythonStatement) -> PythonStatement:
    return said.model_copy(update={"strength": max(said.strength, Strength.STATED, key=lambda s: s.rank)})


def _read_apt(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    if "install" not in argv[1:4]:
        return
    for word in argv[argv.index("install") + 1 :]:
        if not word.startswith("-") and _APT_NAME.match(word):
            name = word.partition("=")[0]
            found.system_packages.append(SystemPackage(name=name, evidence=_make_evidence("apt install", command)))


def _read_virtualenv(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    for flag, value in pairwise([*argv, ""]):
        named = value if flag in {"-p", "--python"} else flag.removeprefix("--python=")
        if (version := re.search(r"(\d\.\d{1,2})$", named)) and flag.startswith(("-p", "--python")):
            found.say(version[1], _make_evidence("interpreter of the environment", command))


def _read_pyenv(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    if len(argv) > 2 and argv[1] in {"install", "local", "virtualenv", "shell", "global"}:
        found.say(argv[2], _make_evidence("interpreter of the environment", command))


def _read_pipx(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    if argv[1:2] == ["run"]:
        _read_uvx(tree, command, argv, found)
    else:
        _read_pip(tree, command, argv, found)


def _read_flit(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    """Read `flit install`, which brings every extra where it is not told which."""
    if argv[1:2] == ["install"] and is_project(tree, command.cwd):
        told = next((value for name, value in pairwise(argv) if name == "--extras"), "")
        extras = (EVERY,) if told in {"", "all"} else tuple(told.split(","))
        found.installs.append(command.cwd)
        found.asked.append(Asked(folder=command.cwd, extras=extras))


def _read_mim(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    _read_pip(tree, command, argv, found)


def _read_manager(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    """Read a manager that installs from its lock file."""
    for name in _LOCKS.get(posixpath.basename(argv[0]), ()):
        if (
            argv[1:2]
            and argv[1] in {"install", "sync", "run", "shell"}
            and (path := _find_named_file(tree, command, name))
        ):
            found.named.append(_name(path, command))


_LOCKS = {
    "poetry": ("pyproject.toml", "poetry.lock"),
    "pdm": ("pyproject.toml", "pdm.lock"),
    "uv": ("pyproject.toml", "uv.lock"),
    "pipenv": ("Pipfile", "Pipfile.lock"),
    "pixi": ("pixi.toml", "pixi.lock"),
}


def _read_pixi(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    _read_manager(tree, command, argv, found)
    if argv[1:2] == ["add"]:
        reader = _read_pip if "--pypi" in argv else _read_conda
        reader(tree, command, ["", "install", *(word for word in argv[2:] if word != "--pypi")], found)


def _read_poetry(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    _read_manager(tree, command, argv, found)
    if argv[1:2] == ["add"]:
        _read_pip(tree, command, ["pip", "install", *(w for w in argv[2:] if not w.startswith("-"))], found)


def _read_git(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    """Take note of a clone: where nothing here can be installed, that is what the page installs next."""
    names = names_of_clone(tuple(argv))
    if names and not calls_itself(tree, names[0], PROJECT_FILES):
        found.cloning.add(command.file)


def _read_setup(tree: Tree, command: Command, argv: list[str], found: Found) -> None:
    if (
        len(argv) > 2
        and argv[1].endswith("setup.py")
        and {"install", "develop", "build_ext", "build"} & set(argv[2:])
    ):
        folder = posixpath.dirname(_resolve_path(command, argv[1])) or "."
        if f"{folder}/setup.py".removeprefix("./") in tree:
            found.installs.append(folder)


_HANDLERS: dict[str, Callable[[Tree, Command, list[str], Found], None]] = {
    "pip": _read_pip,
    "git": _read_git,
    "pip-sync": _read_pip_sync,
    "conda-lock": _read_conda_lock,
    "uv": _read_uv,
    "uvx": _read_uvx,
    "pipx": _read_pipx,
    "flit": _read_flit,
    "mim": _read_mim,
    **dict.fromkeys(_CONDA, _read_conda),
    "apt": _read_apt,
    "apt-get": _read_apt,
    "aptitude": _read_apt,
    "virtualenv": _read_virtualenv,
    "pyenv": _read_pyenv,
    "poetry": _read_poetry,
    "pdm": _read_poetry,
    "pipenv": _read_manager,
    "pixi": _read_pixi,
    "python": _read_setup,
    "python3": _read_setup,
}
