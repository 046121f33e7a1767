"""Finds the projects of a tree and chooses the specifications from which each is installed."""

from __future__ import annotations

import posixpath

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.binder import FOLDERS
from checker.ecosystems.python.declared.find_files import NAMING, find_specifications, is_foreign
from checker.ecosystems.python.declared.formats.requirement_line import drop_local_version
from checker.ecosystems.python.declared.managers.local_sources import follow_local_sources
from checker.ecosystems.python.declared.projects import PLAIN_NAMES
from checker.ecosystems.python.stated import (
    NOT_STARTED,
    Problem,
    Project,
    PythonStatement,
    Requirement,
    Specification,
    Statements,
    Strength,
)

__all__ = [
    "Problem",
    "Project",
    "PythonStatement",
    "Requirement",
    "Specification",
    "Statements",
    "Strength",
    "drop_local_version",
    "find_projects",
    "find_specifications",
    "main_project",
]

#: Interchangeable kinds: an author keeps two, a user follows one.
LISTS = frozenset({"requirements", "conda", "conda list", "locked list", "pipfile", "pixi"})

#: What only adds to what other files state.
_ADDING = frozenset({"readme", "lock"}) | NAMING

#: Of several lists in a folder of the Binder convention, the first of these kinds is followed.
_ORDER_OF_BINDER = ("conda", "pipfile", "requirements", "conda list")

#: The share of a tree's code that makes a project the main one by itself.
HALF = 0.5


def find_projects(tree: Tree, specs: tuple[Specification, ...] | None = None) -> tuple[Project, ...]:
    """Return the projects of a tree, the main one first: every folder that a specification covers."""
    specs = find_specifications(tree) if specs is None else specs
    main = main_project(tree, specs)
    folders = dict.fromkeys(spec.project for spec in specs if spec.kind not in _ADDING)
    others = [
        Project(
            folder=folder,
            specifications=follow_local_sources(tree, folder, _split(folder, specs)[0], specs),
            alternatives=_split(folder, specs)[1],
            evidence=(Evidence(claim="a project of its own", source=_pick_first(folder, specs).path),),
        )
        for folder in folders
        if folder != main.folder and _pick_first(folder, specs).group is None
    ]
    return (main, *others)


def _pick_first(folder: str, specs: tuple[Specification, ...]) -> Specification:
    return next(spec for spec in specs if spec.project == folder and spec.kind not in _ADDING)


def main_project(tree: Tree, specs: tuple[Specification, ...] | None = None) -> Project:
    """Choose the project that represents the repository.

    The root, where a specification covers it; else the shallowest folder with a specification that covers
    most of the Python code; else the root with what its pages say, or with nothing. Of several projects of which
    none holds half of the code, the root goes before all where its page says what the code in it needs.
    """
    specs = find_specifications(tree) if specs is None else specs
    proper = [spec for spec in specs if spec.kind not in _ADDING and spec.group is None]
    if tree.focus != ".":
        return _choose_focused(tree, specs, proper)
    rooted = [spec for spec in proper if spec.project == "."]
    if rooted:
        return _make_project(tree, ".", specs, "specification at the root", rooted[0].path)
    named = [spec for spec in proper if spec.path in _list_files_named_by_root(specs)]
    if named:
        return _make_project(tree, named[0].project, specs, "the README installs from it", named[0].path)
    page = next((spec for spec in specs if spec.kind == "readme" and spec.project == "."), None)
    covering = _find_covering(tree, proper)
    if covering is not None:
        share, spec = covering
        chosen = spec.project, "nearest specification that covers the code", spec.path
        if share < HALF and page is not None and page.requirements and _is_in_front(tree):
            chosen = ".", "the page says what the code at the root needs", page.path
        folder, claim, source = chosen
        return _make_project(tree, folder, specs, claim, source)
    partial = _find_partial(tree, proper)
    if partial is not None and not (page and len(page.requirements) > len(partial.runtime)):
        beside = _make_project(
            tree, partial.project, specs, "the only specification; it covers a part of the code", partial.path
        )
        return beside.model_copy(update={"folder": "."})
    followed = [spec for spec in _split(".", specs)[0] if spec.group is None]
    source = page.path if page else followed[0].path if followed else "."
    return _make_project(
        tree, ".", specs, f"no specification{'; instructions of the page' if followed else ''}", source
    )


def _choose_focused(tree: Tree, specs: tuple[Specification, ...], proper: list[Specification]) -> Project:
    """Choose the project that a link to a folder means: its own, else the nearest below it, else one above it."""
    focus = tree.focus
    below = [spec for spec in proper if f"{spec.project}/".startswith(f"{focus}/")]
    above = [spec for spec in proper if spec.project == "." or f"{focus}/".startswith(f"{spec.project}/")]
    nearest = [
        *sorted(below, key=lambda spec: spec.project.count("/")),
        *sorted(above, key=lambda spec: spec.project.count("/") + (spec.project != "."), reverse=True),
    ]
    if not nearest:
        return _make_project(tree, focus, specs, "the folder that the link points at; no specification", focus)
    found = _make_project(tree, nearest[0].project, specs, "the folder that the link points at", nearest[0].path)
    return found if nearest[0] in below else found.model_copy(update={"folder": focus})


def _list_files_named_by_root(specs: tuple[Specification, ...]) -> set[str]:
    return {path for spec in specs if spec.kind == "readme" and "/" not in spec.path for path in spec.included}


def _make_project(tree: Tree, folder: str, specs: tuple[Specification, ...], claim: str, source: str) -> Project:
    evidence = Evidence(claim=claim, source=source)
    followed, alternatives = _split(folder, specs)
    followed = follow_local_sources(tree, folder, followed, specs)
    return Project(folder=folder, specifications=followed, alternatives=alternatives, evidence=(evidence,))


def _rank_by_share(tree: Tree, proper: list[Specification]) -> list[tuple[float, Specification]]:
    """Return the specifications whose folder holds a tenth of the code or more, shallow ones first."""
    code = [path for path in tree.files if path.endswith((".py", ".ipynb"))]
    own = [path for path in code if not is_foreign(path)] or code
    shares = []
    for spec in proper:
        share = sum(path.startswith(f"{spec.project}/") for path in own) / max(len(own), 1)
        if share >= 0.1 and not is_foreign(f"{spec.project}/x"):
            shares.append((share, spec))
    return sorted(shares, key=lambda pair: (pair[1].project.count("/"), -pair[0]))


def _find_covering(tree: Tree, proper: list[Specification]) -> tuple[float, Specification] | None:
    """Return the shallow specification whose folder holds half of the code, or the most among several projects."""
    shares = _rank_by_share(tree, proper)
    for share, spec in shares:
        if share >= HALF:
            return share, spec
    several = {spec.project for _, spec in shares}
    return shares[0] if len(several) > 1 else None


def _is_in_front(tree: Tree) -> bool:
    """Whether the root itself holds programs, and not just folders that do."""
    return any(path.endswith(".py") and "/" not in path and path not in NOT_STARTED for path in tree.files)


def _find_partial(tree: Tree, proper: list[Specification]) -> Specification | None:
    shares = _rank_by_share(tree, proper)
    return shares[0][1] if shares else None


def _split(
    folder: str, specs: tuple[Specification, ...]
) -> tuple[tuple[Specification, ...], tuple[Specification, ...]]:
    """Return the specifications that an installation of a folder follows, and the alternatives.

    Of several lists (`environment.yml` beside `requirements.txt`) those are followed that the pages install
    from, else the one that goes best with the code, else the one of the plainest name; what installs the project
    itself, and what is for tests or extras, always; lock files where the pages use them. Of the pages, the README
    counts, or the first that helps.
    """
    speaking = [spec for spec in specs if spec.kind == "readme" and _is_page_for(spec.project, folder)]
    pages = _keep_followed_pages(speaking)
    saying = (*speaking, *(spec for spec in specs if spec.kind in NAMING and spec.project == folder))
    named = tuple(dict.fromkeys(path for spec in saying for path in spec.included))
    own = sorted((spec for spec in specs if spec.project == folder and spec.kind != "readme"), key=_rank_plainness)
    lists = [spec for spec in own if spec.kind in LISTS and spec.group is None]
    by_path = {spec.path: spec for spec in lists}
    followed = (
        _keep_agreeing([by_path[path] for path in named if path in by_path]) or _find_of_binder(lists) or lists[:1]
    )
    whole = [spec for spec in own if spec.kind not in LISTS and spec.kind != "lock" and spec.group is None]
    installed = any(spec.installs_project for spec in pages)
    if followed and named and not installed:
        # Nobody who installs the list meets the mistake in a file that installs the project.
        whole = [spec for spec in whole if spec.kind != "pyproject" or spec.requirements or not spec.unreadable]
    first = [*whole, *followed] if installed and not named else [*followed, *whole]
    grouped = [spec for spec in own if spec.group is not None]
    locks = [spec for spec in own if spec.kind == "lock" and spec.path in named]
    kept = (*first, *grouped, *locks, *pages)
    return kept, tuple(spec for spec in (*own, *speaking) if spec not in kept)


def _find_of_binder(lists: list[Specification]) -> list[Specification]:
    """Return the list in a folder of the Binder convention: where there is one, the root's do not count."""
    inside = [spec for spec in lists if posixpath.dirname(spec.path) in FOLDERS]
    return sorted(inside, key=lambda spec: _ORDER_OF_BINDER.index(spec.kind))[:1]


def _keep_agreeing(lists: list[Specification]) -> list[Specification]:
    """Leave out conda environments whose pins contradict one named before: each is an environment of its own."""
    kept: list[Specification] = []
    pins: dict[str, str] = {}
    for spec in lists:
        own = {}
        if spec.kind == "conda":
            own = {r.name: r.text for r in spec.requirements if r.name and "==" in r.text}
        if all(pins.get(name, text) == text for name, text in own.items()):
            kept.append(spec)
            pins |= own
    return kept


def _rank_plainness(spec: Specification) -> tuple[bool, bool, bool]:
    return not spec.covering, not spec.requirements, posixpath.basename(spec.path) not in PLAIN_NAMES


def _keep_followed_pages(pages: list[Specification]) -> list[Specification]:
    """Return one README a folder, or where these say nothing the first page that does; translations left out."""
    readmes: dict[str, Specification] = {}
    for page in pages:
        if posixpath.basename(page.path).lower().startswith("readme"):
            readmes.setdefault(page.project, page)
    if any(page.requirements or page.included for page in readmes.values()):
        return list(readmes.values())
    helping = [page for page in pages if page.requirements or page.included]
    return [*readmes.values(), *helping[:1]]


def _is_page_for(page_folder: str, folder: str) -> bool:
    return page_folder in {".", folder} or folder.startswith(f"{page_folder}/")
