"""Finds and reads all specification files and pages of a tree, with the folder and group each applies to."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from itertools import groupby

from packaging.utils import canonicalize_name

from checker.core.tree import Tree
from checker.ecosystems.instructions.binder import FOLDERS as BINDER_FOLDERS
from checker.ecosystems.instructions.binder import find_binder_file
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.folders import GATHERING, Folder, find_meaning
from checker.ecosystems.instructions.pages import find_pages
from checker.ecosystems.python.declared.author import read_page_statements
from checker.ecosystems.python.declared.conventions.binder import read_post_build
from checker.ecosystems.python.declared.conventions.test_runners import read_nox, read_tox
from checker.ecosystems.python.declared.conventions.workflows import is_workflow, read_workflow
from checker.ecosystems.python.declared.formats.conda import read_environment, read_recipe
from checker.ecosystems.python.declared.formats.conda_list import is_conda_list, read_conda_list
from checker.ecosystems.python.declared.formats.pipfile import read_pipfile
from checker.ecosystems.python.declared.formats.pyproject import read_pyproject
from checker.ecosystems.python.declared.formats.requirements import read_requirements
from checker.ecosystems.python.declared.formats.setup_cfg import read_setup_cfg
from checker.ecosystems.python.declared.formats.setup_py import read_setup_py
from checker.ecosystems.python.declared.install_commands import Found, interpret
from checker.ecosystems.python.declared.locks.lockfiles import is_list_by_itself, is_lock, read_lock
from checker.ecosystems.python.declared.managers.inline_scripts import read_inline_scripts
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.declared.pins import exclude, find_pin
from checker.ecosystems.python.declared.pixi.reader import read_pixi
from checker.ecosystems.python.stated import Problem, Requirement, Specification

#: What names the files to install from, beside pages.
NAMING = frozenset({"postBuild", "workflow"})

#: Specification files that are read of one tree, shallow ones first.
MAX_SPECIFICATIONS = 300

#: Distributions that two installation lines have in common from which on they are two ways to the same.
_SHARED = 2

_REQUIREMENTS = re.compile(
    r"^(?:[\w.-]{0,80}require[\w.-]*"
    r"|(?:pip|python|conda)?[-_]?(?:reqs?|deps?|dependencies|packages)(?:[-_][\w.-]+)?"
    r"|(?:conda[-_]?)?environment[\w.-]*|pip[-_]?(?:freeze|list)?|conda[-_]?list|freeze)\.(?:txt|in|pip)$"
    r"|^requirements$",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"(?:env|conda|require|depend|spec|meta)[\w.-]{0,80}\.ya?ml$", re.IGNORECASE)

#: What an environment file has whatever it is called (`proteins.yml`): its list, and channels, a Python or pip.
_ENVIRONMENT_KEYS = (r"^dependencies:\s*$", r"^(?:channels:|[ ]*-[ ]*(?:python|pip)\b)")
#: Names that mean something else where code is concerned, and here a folder of specifications.
_GATHERING_NAMES = frozenset({"build", "deps"})

#: Folders whose specifications are for a part of what the folder above them holds.
_DESCRIBING = frozenset({Folder.DOCS, Folder.TESTS})

_GROUPS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:^|[-_./])(?:tests?|testing|ci)(?:[-_.]|$)"), "test"),
    (
        re.compile(r"(?:^|[-_./])(?:dev|develop|development|lint|linter|style|typing|mypy|pre-commit)(?:[-_.]|$)"),
        "dev",
    ),
    (re.compile(r"(?:^|[-_./])(?:docs?|documentation|readthedocs|rtd|sphinx)(?:[-_.]|$)"), "docs"),
    (re.compile(r"(?:^|[-_./])build(?:[-_.]|$)"), "build"),
)
_MAIN_WORD_LIST = """
requirements requirement required requires require reqs req deps dependencies packages runtime base main core
common install pip python conda environment env freeze list prod production all full latest min minimal txt in
py3 py36 py37 py38 py39 py310 py311 py312 linux ubuntu user users package versions pinned lock locked frozen
"""
_MAIN_WORDS = frozenset(_MAIN_WORD_LIST.split())
_HIDDEN = re.compile(r"(?:^|/)\.(?!github|circleci|binder|devcontainer|docker|conda|ci)[^/]*/")
_KIND_ORDER = (
    "requirements",
    "conda",
    "poetry",
    "pyproject",
    "script",
    "setup.cfg",
    "setup.py",
    "pipfile",
    "pixi",
    "conda list",
    "conda recipe",
    "locked list",
    "postBuild",
    "workflow",
    "tests",
    "lock",
)

#: Folders whose specifications seldom describe the repository.
_FOREIGN = re.compile(
    r"(?:^|/)(?:third[-_]?party|3rd[-_]?party|external|externals|extern|vendor|vendored|submodules?|deps|dependencies"
    r"|examples?|demos?|tests?|testing|docs?|benchmarks?|packages?|libs?|libraries|tools?|scripts|baselines?|evaluation)"
    r"(?:/|$)",
    re.IGNORECASE,
)


def find_specifications(tree: Tree) -> tuple[Specification, ...]:
    """Return all specifications: those of the root first, then shallow ones, READMEs last; never raises.

    A file that another specification includes is not listed again by itself.
    """
    found: list[Specification] = []
    for path in tree.files:
        reader = _find_reader(tree, path)
        if reader is not None and len(found) < MAX_SPECIFICATIONS:
            specification = reader(tree, path)
            if specification is not None:
                beside = posixpath.dirname(path) in BINDER_FOLDERS
                found.append(specification.model_copy(update={"project": "."}) if beside else specification)
    pages_ = tuple(_read_pages(tree))
    naming = [spec for spec in found if spec.kind in NAMING]
    found = _follow(_read_named(tree, found, (*pages_, *naming)), naming)
    stated = any(spec.runtime or spec.dynamic for spec in (*found, *pages_))
    found += read_inline_scripts(tree, read_commands(tree), stated=stated)
    if not any(spec.runtime or spec.dynamic for spec in (*found, *pages_)):
        found += filter(None, (read_recipe(tree, path) for path in _list_recipes(tree)))
    including = (spec for spec in found if spec.kind not in {"lock", *NAMING})
    included = {path for spec in including for path in spec.included if path != spec.path}
    kept = [spec for spec in found if spec.path not in included or spec.installs_project or "/" not in spec.path]
    named = {path for page in pages_ for path in page.included}
    listed = {spec.project for spec in kept if spec.group is None and spec.kind not in {"lock", "readme"}}
    told = _list_told(tree, kept)
    kept = [_mark_followed(spec, told if spec.project in listed else named | told) for spec in kept]
    kept = sorted(kept, key=_order)
    settled = [_mark_settled(spec, kept) for spec in kept]
    return tuple(_mark_self_references(spec, settled) for spec in (*settled, *pages_))


def _follow(found: list[Specification], naming: Iterable[Specification]) -> list[Specification]:
    """Let what the author's own scripts and workflows install from be the project's, wherever it lies."""
    by_path = {path: spec.project for spec in naming for path in spec.included}
    return [
        spec.model_copy(update={"project": by_path[spec.path], "group": None}) if spec.path in by_path else spec
        for spec in found
    ]


def _list_recipes(tree: Tree) -> list[str]:
    """Return the recipe for conda that says what the code needs where nothing else does: the first."""
    return [path for path in tree.files if posixpath.basename(path) == "meta.yaml" and path.count("/") <= 2][:1]


def _read_named(tree: Tree, found: list[Specification], pages: Iterable[Specification]) -> list[Specification]:
    """Return the specifications with files of any name that a page installs from, and locks that are lists.

    A lock is what is to be installed where no file of its own tool is beside it, or a page installs from it alone.
    """
    read = {spec.path: spec for spec in found}
    stating = {spec.project for spec in found if spec.kind != "lock"}
    for spec in found:
        if spec.kind == "lock" and spec.project not in stating:
            alone = read_lock(tree, spec.path, listed=True) or spec
            read[spec.path] = alone.model_copy(update={"project": spec.project})
    for page in pages:
        for path in page.included:
            known = read.get(path)
            is_used_alone = known is not None and known.kind == "lock" and is_list_by_itself(path)
            if not is_used_alone and (known is not None or _find_reader(tree, path) is not None):
                continue
            stated = read_lock(tree, path, listed=True) or _read_of_any_name(tree, path)
            if stated is not None:
                read[path] = stated.model_copy(update={"project": page.project, "group": None})
    return list(read.values())


def _read_of_any_name(tree: Tree, path: str) -> Specification | None:
    """Read a list that a command installs from, whatever its name."""
    if path.endswith((".yml", ".yaml")):
        return read_environment(tree, path, find_project_folder(path))
    found = _read_text(tree, path)
    if found is None or found.group is None:
        return found
    requirements = (r.model_copy(update={"group": None}) for r in found.requirements)
    return found.model_copy(update={"requirements": tuple(requirements)})


#: Headings below which a page has its reader install for something else than running the code.
_ASIDE = re.compile(
    r"(?i)\b(?:develop|contribut|optional|extra|additional|lint|style|document|docs\b|gpu|cuda|build)"
)

#: Lines between two installation commands that belong together.
_NEAR = 3


def _list_told(tree: Tree, specs: Iterable[Specification]) -> set[str]:
    """Return the lists for tests, development or a purpose of their own that a page has every reader install.

    Below a heading that speaks of development or options they are for others; those for development and tests
    count beside the plain list (`pip install -r a.txt -r a-dev.txt`), or where they include what no page names.
    """
    lists = [spec for spec in specs if spec.kind in {"requirements", "conda"}]
    groups = {spec.path: spec.group for spec in lists}
    including = {spec.path for spec in lists if set(spec.included) & {s.path for s in lists if s.group is None}}
    told: list[tuple[str, Command]] = []
    for command in read_commands(tree):
        if "/" in command.file or not any(
            word.startswith(("-r", "--req")) or "sync" in word for word in command.argv
        ):
            continue
        told += [(found.claim, command) for found in interpret(tree, [command]).named if found.claim in groups]
    plain = [command for path, command in told if groups[path] is None]

    def is_for_all(path: str, command: Command) -> bool:
        group = groups[path] or ""
        if group in {"", "docs", "build"} or _ASIDE.search(command.heading):
            return False
        if group.startswith("extra:"):
            return bool(plain) and not _ASIDE.search(path.replace("_", " "))
        near = any(c.file == command.file and abs(c.line - command.line) <= _NEAR for c in plain)
        return near or (not plain and path in including)

    return {path for path, command in told if is_for_all(path, command)}


def _mark_followed(spec: Specification, named: set[str]) -> Specification:
    """Treat a file of an unusual name as runtime requirements where a page says to install from it."""
    if spec.path not in named or spec.group is None:
        return spec
    requirements = (
        r.model_copy(update={"group": None}) if r.group == spec.group else r for r in spec.requirements
    )
    return spec.model_copy(update={"group": None, "requirements": tuple(requirements)})


def _mark_self_references(spec: Specification, all_: list[Specification]) -> Specification:
    """Mark requirements that name the project itself: an extra of its own, or `pip install` of its release."""
    own = {canonicalize_name(s.name) for s in all_ if s.name and s.project in {spec.project, "."}}
    if not any(r.name in own for r in spec.requirements):
        return spec
    marked = (r.model_copy(update={"problem": Problem.SELF}) if r.name in own else r for r in spec.requirements)
    return spec.model_copy(update={"requirements": tuple(marked)})


def _mark_settled(spec: Specification, all_: list[Specification]) -> Specification:
    """Take a `pyproject.toml` that leaves dependencies to a setup script which was read whole for settled."""
    if spec.kind != "pyproject" or not spec.dynamic:
        return spec
    beside = [s for s in all_ if s.project == spec.project and s.kind in {"setup.py", "setup.cfg"}]
    settled = bool(beside) and not any(s.dynamic for s in beside)
    return spec.model_copy(update={"dynamic": False}) if settled else spec


def _order(spec: Specification) -> tuple[int, bool, int, bool, str]:
    depth = 0 if spec.project == "." else spec.project.count("/") + 1
    return depth, spec.group is not None, _KIND_ORDER.index(spec.kind), is_foreign(spec.path), spec.path


def is_foreign(path: str) -> bool:
    """Say whether a path lies in a folder whose specifications seldom describe the repository."""
    return bool(_FOREIGN.search(posixpath.dirname(path)))


def _find_reader(tree: Tree, path: str) -> Callable[[Tree, str], Specification | None] | None:
    name = posixpath.basename(path)
    is_elsewhere = name == "postBuild" and path != find_binder_file(tree, name)
    if ".egg-info/" in path or "site-packages/" in path or _HIDDEN.search(path) or is_elsewhere:
        return None
    named = read_workflow if is_workflow(path) else _NAMED.get(name)
    if named is not None:
        return named
    if is_lock(name):
        return read_lock
    parent = posixpath.basename(posixpath.dirname(path)).lower()
    if _REQUIREMENTS.match(name) or (
        parent in {"requirements", "reqs"} and name.endswith((".txt", ".in", ".pip"))
    ):
        return _read_text
    if name.endswith((".yml", ".yaml")) and (
        _ENVIRONMENT.search(name) or _is_gathering(parent) or (path.count("/") < 2 and _is_environment(tree, path))
    ):
        return lambda tree_, path_: read_environment(tree_, path_, find_project_folder(path_))
    return None


def _is_environment(tree: Tree, path: str) -> bool:
    text = tree.read(path)
    return all(re.search(key, text, re.MULTILINE) for key in _ENVIRONMENT_KEYS)


_NAMED: dict[str, Callable[[Tree, str], Specification | None]] = {
    "setup.py": read_setup_py,
    "setup.cfg": read_setup_cfg,
    "pyproject.toml": read_pyproject,
    "Pipfile": read_pipfile,
    "pixi.toml": read_pixi,
    "postBuild": read_post_build,
    "tox.ini": read_tox,
    "noxfile.py": read_nox,
}


def _read_text(tree: Tree, path: str) -> Specification | None:
    """Read a text file by its content: an environment, a list that conda printed, or requirements."""
    text = tree.read(path)
    project, group = find_project_folder(path), group_of(path)
    if re.search(r"^dependencies:\s*$", text, re.MULTILINE):
        environment = read_environment(tree, path, project)
        if environment is not None:
            return environment
    if is_conda_list(text):
        return read_conda_list(tree, path, project, group)
    if re.search(r"^[ \t]*(?:FROM[ \t]+\S|def |import |class )", text, re.MULTILINE) and "==" not in text:
        return None
    return read_requirements(tree, path, project, group)


def find_project_folder(path: str) -> str:
    """Return the folder that a specification file covers: its own, or the one above a folder of specifications."""
    folder = posixpath.dirname(path)
    while folder and (_is_gathering(name := posixpath.basename(folder)) or find_meaning(name) in _DESCRIBING):
        folder = posixpath.dirname(folder)
    return folder or "."


def _is_gathering(name: str) -> bool:
    return find_meaning(name) in GATHERING or name.lower() in _GATHERING_NAMES


def group_of(path: str) -> str | None:
    """Return the group that a requirements file is for by its name; None for what an installation needs."""
    name = re.sub(r"\.(?:txt|in|pip|ya?ml)$", "", posixpath.basename(path).lower())
    parent = posixpath.basename(posixpath.dirname(path)).lower()
    for pattern, group in _GROUPS:
        if pattern.search(name) or (find_meaning(parent) in _DESCRIBING and pattern.search(parent)):
            return group
    words = [word for word in re.split(r"[-_.\s]+", name) if word and not word.isdigit()]
    odd = [
        word for word in words if word not in _MAIN_WORDS and not re.fullmatch(r"v?\d+|py\d+|cu\d+|torch\d*", word)
    ]
    if odd and (len(odd) < len(words) or _is_gathering(parent)):
        return f"extra:{'-'.join(odd)}"
    return None


def _read_pages(tree: Tree) -> Iterable[Specification]:
    for path in find_pages(tree):
        found = read_page_statements(tree, path)
        if not (found.packages or found.python or found.named or found.asked):
            continue
        yield Specification(
            path=path,
            kind="readme",
            project=find_project_folder(path),
            requirements=_keep_first_of_each(found),
            constraints=tuple(
                r for each in found.constraining for r in read_requirements(tree, each, ".").requirements
            ),
            options=tuple(found.options),
            python=tuple(found.python),
            channels=tuple(dict.fromkeys(found.channels)),
            system_packages=tuple(found.system_packages),
            included=tuple(dict.fromkeys(evidence.claim for evidence in found.named)),
            installs_project=bool(found.installs),
            asked=tuple(dict.fromkeys(found.asked)),
        )


def _read_constraints(tree: Tree, path: str) -> tuple[Requirement, ...]:
    return read_requirements(tree, path, find_project_folder(path)).requirements


def _keep_first_of_each(found: Found) -> tuple[Requirement, ...]:
    """Keep the first statement on each name: pages list alternatives (for CUDA 10, for CUDA 11) in a row.

    What such an alternative pins besides is for its own environment, and not for the first one.
    """
    kept: dict[str, Requirement] = {}
    for _, together in groupby(found.packages, key=lambda item: (item.evidence.source, item.evidence.line)):
        line = tuple(together)
        again = [(kept[item.name], item) for item in line if item.name in kept]
        another = len(again) >= _SHARED and any(exclude(one, other) for one, other in again)
        for item in line:
            if not (another and find_pin(item) is not None):
                kept.setdefault(item.name or item.written, item)
    return tuple(kept.values())
