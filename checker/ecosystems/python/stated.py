"""What the authors of a tree state about Python, as frozen values: each names the place that bears it out."""

from __future__ import annotations

from enum import StrEnum

from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.variables import Variable

#: Files that no user starts.
NOT_STARTED = frozenset({"setup.py", "conftest.py", "__init__.py", "noxfile.py", "conf.py", "versioneer.py"})


class Problem(StrEnum):
    """What is unusual about a requirement; `text` is still the best reading, '' where there is none."""

    UNPARSABLE = "unparsable"
    REPAIRED_SYNTAX = "not a requirement line as written"
    LOCAL_PATH = "local path"
    OUTSIDE = "path outside the repository"
    GIT = "git"
    URL = "url"
    LOCAL_VERSION = "local version"
    STANDARD_LIBRARY = "standard library"
    STUB = "stub name"
    SELF = "the project itself"
    PLACEHOLDER = "placeholder"


class Requirement(Value):
    """One requirement as its author states it.

    `text` is a clean PEP 508 line that uv accepts ('' where there is none), `written` the author's words without
    comment, hashes and options. `group` is None for what an installation needs, else `dev`, `test`, `docs`,
    `build` or `extra:NAME`; `listed` is the author's name of the dependency group that lists it. `replacement` is
    the distribution that a stub name stands for. `git` is `url@rev`; `local` a path, relative to the tree where it
    lies inside. `notes` say what was dropped.
    """

    text: str
    name: str
    written: str
    evidence: Evidence
    group: str | None = None
    listed: str = ""
    problem: Problem | None = None
    replacement: str | None = None
    git: str | None = None
    local: str | None = None
    editable: bool = False
    notes: tuple[str, ...] = ()


class Strength(StrEnum):
    """How much a statement about the interpreter weighs, strongest first.

    `pinned` names one version in a file that machines read; `stated` names one in words or commands;
    `used` is a trace that the author's interpreter left; `bound` and `tested` are ranges and lists;
    `inherited` comes with something else (a base image); `weak` is a classifier or a badge.
    """

    PINNED = "pinned"
    STATED = "stated"
    USED = "used"
    TESTED = "tested"
    BOUND = "bound"
    INHERITED = "inherited"
    WEAK = "weak"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Strength).index(self)


class Origin(StrEnum):
    """Where a project says which interpreters it is for: what installers enforce, its classifiers, elsewhere."""

    METADATA = "metadata"
    CLASSIFIER = "classifier"
    OTHER = "other"


class PythonStatement(Value):
    """A statement about the interpreter: a PEP 440 specifier, and the one minor version where it names one."""

    specifier: str
    version: str | None = None
    strength: Strength
    evidence: Evidence
    origin: Origin = Origin.OTHER


class SystemPackage(Value):
    """A package of the operating system that the author says to install (a Debian or Ubuntu name)."""

    name: str
    evidence: Evidence


class Option(Value):
    """An option of a requirements file or of a pip command, recorded and never trusted."""

    name: str
    value: str
    evidence: Evidence


class Asked(Value):
    """What a command installs of a project's folder besides what it always needs: extras, dependency groups.

    `without_project` holds where the project itself is not installed (`poetry install --no-root`), `is_member`
    where it is installed besides the one that the command is called in (`uv sync --all-packages`).
    """

    folder: str
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    without_project: bool = False
    is_member: bool = False


class Specification(Value):
    """One place that states dependencies.

    `project` is the folder it covers. `dynamic` means that they are not statically known and want a metadata
    build; `installs_project` that installing from it installs the project itself. `dropped` lists what has no
    meaning outside conda. `included` names the files read along with it, `unreadable` what could not be read.
    `variables` are set in the environment that it describes; `asked` is what the commands of a page install.
    `covering`: of several lists in a folder the one that goes best with what the code imports.
    """

    path: str
    kind: str
    project: str = "."
    group: str | None = None
    name: str | None = None
    requirements: tuple[Requirement, ...] = ()
    constraints: tuple[Requirement, ...] = ()
    build_requires: tuple[Requirement, ...] = ()
    options: tuple[Option, ...] = ()
    python: tuple[PythonStatement, ...] = ()
    channels: tuple[str, ...] = ()
    system_packages: tuple[SystemPackage, ...] = ()
    dropped: tuple[str, ...] = ()
    dynamic: bool = False
    installs_project: bool = False
    extensions: bool = False
    included: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    variables: tuple[Variable, ...] = ()
    asked: tuple[Asked, ...] = ()
    covering: bool = False

    @property
    def runtime(self) -> tuple[Requirement, ...]:
        """What an installation needs: the requirements of no group."""
        return tuple(r for r in self.requirements if r.group is None)

    @property
    def extras(self) -> tuple[str, ...]:
        """Names of the optional groups that it declares."""
        groups = {r.group for r in self.requirements if r.group and r.group.startswith("extra:")}
        return tuple(sorted(group.removeprefix("extra:") for group in groups))


class Statements(Value):
    """Everything the author says outside of specifications proper.

    `named` are the specification files that commands install from, `installs` the folders that they install.
    `variables` are set for everything that runs, the first of a name before others; `exports` are the commands by
    which Dockerfiles and their like do so. `in_container` is what the repository's own container installs,
    `tasks` what the pages have task runners carry out.
    """

    python: tuple[PythonStatement, ...] = ()
    packages: tuple[Requirement, ...] = ()
    system_packages: tuple[SystemPackage, ...] = ()
    commands: tuple[Command, ...] = ()
    exports: tuple[Command, ...] = ()
    in_container: tuple[Requirement, ...] = ()
    named: tuple[Evidence, ...] = ()
    installs: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    variables: tuple[Variable, ...] = ()
    tasks: tuple[Command, ...] = ()


class Project(Value):
    """A project of a repository: its folder, the specifications that an installation follows, and why.

    `alternatives` are specifications of the same folder that stand for another way to install it.
    """

    folder: str
    specifications: tuple[Specification, ...] = ()
    alternatives: tuple[Specification, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Choice(Value):
    """An interpreter to try; `why` is `stated`, `used`, `bounded`, `usual` or `alternative`."""

    version: str
    why: str
    evidence: tuple[Evidence, ...] = ()
