"""Reads Poetry's tables in `pyproject.toml` and its version syntax."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from packaging.utils import canonicalize_name

from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.folders import Folder, find_meaning
from checker.ecosystems.python.declared.formats.requirement_line import parse_requirement
from checker.ecosystems.python.stated import Option, Origin, Problem, Requirement, Specification, Strength
from checker.ecosystems.python.version_statement import plain, statement

Locate = Callable[[str, str], Evidence]
Table = dict[str, Any]


def merge(base: Specification, data: Table, locate: Locate) -> Specification:
    """Add what `[tool.poetry]` says to a specification.

    Source: Poetry's documentation, "The pyproject.toml file" and "Dependency specification".
    """
    dependencies = _as_table(data.get("dependencies"))
    requirements = _read_requirements(dependencies, None, locate)
    groups: list[tuple[str, str | None, object]] = [("dev", "dev", data.get("dev-dependencies"))]
    for name, group in _as_table(data.get("group")).items():
        groups.append((name, _group(name), _as_table(group).get("dependencies")))
    for name, group_, table in groups:
        listed = _read_requirements(_as_table(table), group_, locate)
        requirements += [found.model_copy(update={"listed": name if group_ else ""}) for found in listed]
    extras = _map_extras(_as_table(data.get("extras")))
    requirements = [_find_in_tree(each, base.project) for found in requirements for each in _assign(found, extras)]
    requirements = [*_enrich(base.requirements, requirements), *requirements]
    python = dependencies.get("python")
    said = (
        statement(python, Strength.PINNED, locate("requires-python", "python"), Origin.METADATA)
        if isinstance(python, str)
        else None
    )
    project = data.get("name")
    return base.model_copy(
        update={
            "kind": "poetry",
            "name": base.name or (project if isinstance(project, str) else None),
            "requirements": tuple(requirements),
            "python": (*base.python, *([said] if said else [])),
            "options": (*base.options, *_read_sources(data, locate)),
        }
    )


def _group(name: str) -> str | None:
    if name == "main":
        return None
    return "test" if find_meaning(name) is Folder.TESTS else name if name in {"dev", "docs"} else f"extra:{name}"


def _as_table(value: object) -> Table:
    return value if isinstance(value, dict) else {}


def _map_extras(extras: Table) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for extra, names in extras.items():
        for name in names if isinstance(names, list) else []:
            found.setdefault(canonicalize_name(str(name)), []).append(extra)
    return found


def _assign(found: Requirement, extras: dict[str, list[str]]) -> list[Requirement]:
    """Move an optional dependency to the extras that list it; one that no extra lists is dropped."""
    if "optional" not in found.notes:
        return [found]
    named = extras.get(found.name, ["optional"])
    return [found.model_copy(update={"group": f"extra:{extra}"}) for extra in named]


def _find_in_tree(found: Requirement, folder: str) -> Requirement:
    """Return a requirement with its path as seen from the root of the tree: Poetry's start at its file."""
    if found.local is None or found.local.startswith(("/", "~")):
        return found
    return found.model_copy(update={"local": posixpath.normpath(posixpath.join(folder, found.local))})


def _enrich(standard: Sequence[Requirement], own: Sequence[Requirement]) -> Iterator[Requirement]:
    """Yield what `[project]` asks for, without what Poetry's own table says more of: where it comes from."""
    told = {found.name for found in own if found.local or found.git}
    return (found for found in standard if found.name not in told)


def _read_requirements(dependencies: Table, group: str | None, locate: Locate) -> list[Requirement]:
    found: list[Requirement] = []
    for name, wanted in dependencies.items():
        if name.lower() == "python":
            continue
        options = wanted if isinstance(wanted, list) else [wanted]
        for option in options[:5]:
            found.extend(_read_requirement(name, option, group, locate))
    return found


def _read_requirement(name: str, wanted: object, group: str | None, locate: Locate) -> Iterator[Requirement]:
    evidence = locate("requirement", name)
    entry = _as_table(wanted)
    version = wanted if isinstance(wanted, str) else entry.get("version", "*")
    extras = entry.get("extras")
    listed = f"[{','.join(str(extra) for extra in extras)}]" if isinstance(extras, list) and extras else ""
    line = f"{name}{listed}{_translate_version(str(version))}{_make_marker(entry)}"
    if isinstance(git := entry.get("git"), str):
        rev = next((entry[key] for key in ("rev", "tag", "branch") if isinstance(entry.get(key), str)), "")
        sub = f"#subdirectory={entry['subdirectory']}" if isinstance(entry.get("subdirectory"), str) else ""
        line = f"{name}{listed} @ git+{git}{'@' + rev if rev else ''}{sub}"
    elif isinstance(url := entry.get("url"), str):
        line = f"{name}{listed} @ {url}"
    found = parse_requirement(line, evidence, group=group)
    if found is None:
        return
    if isinstance(path := entry.get("path") or entry.get("file"), str):
        found = found.model_copy(update={"text": f"{name}{listed}", "problem": Problem.LOCAL_PATH, "local": path})
    notes = ("optional",) if entry.get("optional") is True else ()
    yield found.model_copy(update={"notes": (*found.notes, *notes)})


def _translate_version(version: str) -> str:
    """Translate a version; of alternatives (`^1 || ^2`) the last."""
    return plain(version.rsplit("||", maxsplit=1)[-1])


def _make_marker(entry: Table) -> str:
    markers = []
    if isinstance(entry.get("markers"), str):
        markers.append(f"({entry['markers']})")
    if isinstance(entry.get("platform"), str):
        markers.append(f"sys_platform == '{entry['platform']}'")
    if isinstance(python := entry.get("python"), str):
        for part in plain(python.split("||", maxsplit=1)[0]).split(","):
            operator = part.rstrip("0123456789.*")
            version = part[len(operator) :].removesuffix(".*")
            markers.append(f"python_version {operator} '{version}'")
    return f"; {' and '.join(markers)}" if markers else ""


def _read_sources(data: Table, locate: Locate) -> Iterator[Option]:
    sources = data.get("source")
    for source in sources if isinstance(sources, list) else ():
        if isinstance(url := _as_table(source).get("url"), str):
            yield Option(name="extra-index-url", value=url, evidence=locate("index", url))
