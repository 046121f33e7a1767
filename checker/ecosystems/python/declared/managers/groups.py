"""Reads which extras and dependency groups a command of a project manager installs.

`uv sync` brings the group `dev`, `poetry install` every group that is not optional, `pdm install` all groups of
development, `hatch run` what its environment lists. Sources: the documentation of each manager's command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from packaging.utils import canonicalize_name

from checker.core.tree import Tree, join
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml
from checker.ecosystems.python.declared.formats.uv_workspace import find_member, list_all_members
from checker.ecosystems.python.declared.pixi.manifest import FEATURE, find_manifest, list_features
from checker.ecosystems.python.declared.pixi.tasks import find_environment
from checker.ecosystems.python.launchers import PROGRAMS
from checker.ecosystems.python.stated import Asked

#: Stands for every extra that a project has.
EVERY = "*"


@dataclass
class _Words:
    """Options of a command line: those with values, and those without, up to the program that it runs."""

    values: dict[str, list[str]] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)

    def list_values(self, *names: str) -> list[str]:
        """Return the values of options, of which one word may hold several: `--with a,b`."""
        words = (word for name in names for word in self.values.get(name, ()))
        return [part for word in words for part in re.split(r"[,\s]+", word) if part]


def _split(words: Sequence[str], valued: frozenset[str], *, stops: bool) -> _Words:
    """Take options apart; `stops` where the first other word is a program with options of its own."""
    found = _Words()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, joined, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if name in valued:
            found.values.setdefault(name, []).append(value if joined else rest.pop(0) if rest else "")
        elif word.startswith("-") and word != "--":
            found.flags.add(word)
        elif stops:
            break
    return found


def read_groups(tree: Tree, folder: str, argv: Sequence[str]) -> tuple[Asked, ...]:
    """Return what a command of a manager installs of the project in a folder, and of others in its workspace."""
    argv = _drop_first_options(argv)
    asked = _read_command(tree, _find_project(tree, folder), argv)
    return () if asked is None else (asked, *_list_members(tree, asked, argv))


def _find_project(tree: Tree, folder: str) -> str:
    """Return the folder whose project managers mean: this one, or the nearest above it that has a manifest."""
    places = [folder, *map(str, PurePosixPath(folder).parents)]
    return next((place for place in places if any(join(place, name) in tree for name in _MANIFESTS)), folder)


_MANIFESTS = ("pyproject.toml", "Pipfile", "pixi.toml")


def _list_members(tree: Tree, asked: Asked, argv: Sequence[str]) -> Iterator[Asked]:
    """Yield the members of a workspace that uv is told to install: `--package NAME`, `--all-packages`."""
    told = _split(argv[2:], _OF_UV, stops=argv[1] == "run") if argv[0] == "uv" else _Words()
    for name in told.values.get("--package", ()):
        place = find_member(tree, asked.folder, canonicalize_name(name))
        if place is not None:
            changed = {"folder": place, "is_member": True, "without_project": False}
            yield asked.model_copy(update=changed)
    if "--all-packages" in told.flags:
        for place in list_all_members(tree, asked.folder):
            yield Asked(folder=place, groups=asked.groups, is_member=True)


def _drop_first_options(argv: Sequence[str]) -> list[str]:
    """Return a command without the options before its verb; Hatch's environment becomes ENV:COMMAND."""
    program, rest, environment = argv[0], list(argv[1:]), ""
    while rest and rest[0].startswith("-"):
        name, joined, value = rest.pop(0).partition("=")
        if name in PROGRAMS.runner_values.get(program, ()) or name in {"--directory", "--project"}:
            value = value if joined else rest.pop(0) if rest else ""
            environment = value if name in {"-e", "--env"} else environment
    if program == "hatch" and environment and rest[:1] == ["run"] and rest[1:] and ":" not in rest[1]:
        rest[1] = f"{environment}:{rest[1]}"
    return [program, *rest]


def _read_command(tree: Tree, folder: str, argv: Sequence[str]) -> Asked | None:
    if argv[:1] == ["pixi"] or argv[:1] == ("pixi",):
        return _read_pixi(tree, folder, list(argv[1:]))
    reader = _READERS.get(argv[0]) if argv else None
    data = read_toml(tree.read(join(folder, "pyproject.toml")))
    return None if reader is None else reader(folder, {} if isinstance(data, str) else data, list(argv[1:]))


_VALUED_BY_UV = """--group --only-group --no-group --extra --no-extra --package --with --with-requirements -p
--python --with-editable --directory --project --env-file --index --default-index --index-url --extra-index-url
--find-links -f -i -P -w --link-mode --resolution --prerelease --exclude-newer --refresh-package --upgrade-package
--cache-dir --no-binary-package --config-file"""
_OF_UV = frozenset(_VALUED_BY_UV.split())


_WITHOUT_PROJECT = frozenset({"--no-install-project", "--no-project"})


def _read_uv(folder: str, data: Table, words: list[str]) -> Asked | None:
    if words[:1] not in (["sync"], ["run"]):
        return None
    told = _split(words[1:], _OF_UV, stops=words[0] == "run")
    known = [*get_table(data, "dependency-groups"), "dev"]
    default = get_table(data, "tool", "uv").get("default-groups", ["dev"])
    groups = known if default == "all" or "--all-groups" in told.flags else list_strings(default)
    if "--no-default-groups" in told.flags:
        groups = []
    only = told.list_values("--only-group") or (["dev"] if "--only-dev" in told.flags else [])
    left_out = {*told.list_values("--no-group"), *(["dev"] if "--no-dev" in told.flags else [])}
    groups = [*(only or [*groups, *told.list_values("--group")])]
    extras = (EVERY,) if "--all-extras" in told.flags else tuple(told.list_values("--extra"))
    virtual = "build-system" not in data and get_table(data, "tool", "uv").get("package") is not True
    return Asked(
        folder=folder,
        extras=extras,
        groups=tuple(name for name in dict.fromkeys(groups) if name not in left_out),
        without_project=virtual or bool(only) or not told.flags.isdisjoint(_WITHOUT_PROJECT),
    )


_OF_POETRY = frozenset({"--without", "--with", "--only", "-E", "--extras", "-C", "--directory", "-P", "--project"})


def _read_poetry(folder: str, data: Table, words: list[str]) -> Asked | None:
    if words[:1] not in (["install"], ["sync"], ["run"], ["shell"], ["update"], ["lock"]) or words[0] == "lock":
        return None
    told = _split(words[1:] if words[0] != "run" else [], _OF_POETRY, stops=False)
    tables = get_table(data, "tool", "poetry", "group")
    optional = {name for name, table in tables.items() if get_table(table).get("optional") is True}
    known = list(dict.fromkeys((*tables, *get_table(data, "dependency-groups"), "dev")))
    groups = [name for name in known if name not in optional] + told.list_values("--with")
    if "--no-dev" in told.flags:
        groups = []
    left_out = set(told.list_values("--without"))
    return Asked(
        folder=folder,
        extras=(EVERY,) if "--all-extras" in told.flags else tuple(told.list_values("-E", "--extras")),
        groups=tuple(name for name in told.list_values("--only") or groups if name not in left_out),
        without_project="--no-root" in told.flags or bool(told.list_values("--only")),
    )


_OF_PDM = frozenset({"-G", "--group", "--with", "--without", "-p", "--project", "-L", "--lockfile"})


def _read_pdm(folder: str, data: Table, words: list[str]) -> Asked | None:
    if words[:1] not in (["install"], ["sync"], ["run"], ["update"]):
        return None
    told = _split(words[1:] if words[0] != "run" else [], _OF_PDM, stops=False)
    known = [*get_table(data, "dependency-groups"), *get_table(data, "tool", "pdm", "dev-dependencies")]
    asked = told.list_values("-G", "--group", "--with")
    alone = not told.flags.isdisjoint(("--prod", "--production", "--no-default"))
    left_out = set(told.list_values("--without"))
    groups = [*([] if alone else known), *asked]
    return Asked(
        folder=folder,
        extras=(EVERY,) if ":all" in asked else tuple(asked),
        groups=tuple(name for name in dict.fromkeys(groups) if name not in left_out),
        without_project="--no-self" in told.flags,
    )


def _read_pipenv(folder: str, data: Table, words: list[str]) -> Asked | None:
    if words[:1] not in (["install"], ["sync"]):
        return None
    wants = not {"--dev", "-d"}.isdisjoint(words)
    return Asked(folder=folder, groups=("dev",) if wants else ())


def _read_rye(folder: str, data: Table, words: list[str]) -> Asked | None:
    if words[:1] not in (["sync"], ["run"]):
        return None
    is_virtual = get_table(data, "tool", "rye").get("virtual") is True
    return Asked(folder=folder, groups=() if "--no-dev" in words else ("dev",), without_project=is_virtual)


def _read_hatch(folder: str, data: Table, words: list[str]) -> Asked | None:
    """Read `hatch run [ENV:]COMMAND`, `hatch shell [ENV]`, `hatch env create [ENV]`."""
    verb, rest = words[:1], words[1:]
    if verb == ["env"]:
        verb, rest = rest[:1], rest[1:]
    if verb not in (["run"], ["shell"], ["create"]):
        return None
    first = next((word for word in rest if not word.startswith("-")), "")
    name = (first.partition(":")[0] if ":" in first else "default") if verb == ["run"] else first or "default"
    chain = list(_list_templates(get_table(data, "tool", "hatch", "envs"), name))
    tables = [get_table(data, "tool", "hatch", "envs", each) for each in chain]
    return Asked(
        folder=folder,
        extras=tuple(extra for table in tables for extra in list_strings(table.get("features"))),
        groups=(
            *(f"env {each}" for each in chain),
            *(group for table in tables for group in list_strings(table.get("dependency-groups"))),
        ),
        without_project=not is_installed_by_hatch(get_table(data, "tool", "hatch", "envs"), name),
    )


def _read_pixi(tree: Tree, folder: str, words: list[str]) -> Asked | None:
    place = find_manifest(tree, folder)
    words = ["run" if word == "r" else word for word in words[:1]] + words[1:]
    if place is None or words[:1] not in (["run"], ["install"], ["shell"]):
        return None
    features = list_features(place[1], find_environment(place[1], words))
    # Extras and groups of a `pyproject.toml` are features of these names as well.
    return Asked(folder=folder, extras=features, groups=(*(f"{FEATURE}{name}" for name in features), *features))


def find_hatch_command(argv: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the environment and the words from the command on of `hatch run [ENV:]COMMAND …`; else None."""
    _, *words = _drop_first_options(argv)
    if words[:1] != ["run"] or not words[1:]:
        return None
    environment, _, name = words[1].rpartition(":")
    return environment or "default", (name, *words[2:])


def is_installed_by_hatch(environments: Table, name: str) -> bool:
    """Whether an environment of Hatch's holds the project: it or the one that it takes over says so."""
    tables = [get_table(environments, each) for each in _list_templates(environments, name)]
    said = next((table["skip-install"] for table in tables if "skip-install" in table), False)
    return said is not True and tables[0].get("detached") is not True


def _list_templates(environments: Table, name: str) -> Iterator[str]:
    """Yield an environment of Hatch and those that it takes over, of which the last is the default one."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        yield name
        template = get_table(environments, name).get("template", "default")
        if get_table(environments, name).get("detached") is True or not isinstance(template, str):
            return
        name = template


_READERS: dict[str, Callable[[str, Table, list[str]], Asked | None]] = {
    "uv": _read_uv,
    "poetry": _read_poetry,
    "pdm": _read_pdm,
    "pipenv": _read_pipenv,
    "rye": _read_rye,
    "hatch": _read_hatch,
}


def is_every(names: Sequence[str]) -> bool:
    """Whether a command asks for all extras."""
    return EVERY in names
