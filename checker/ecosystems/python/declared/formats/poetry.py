"""Reads Poetry's tables in `pyproject.toml` and its version syntax."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

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
    requirements = [*base.requirements, *_read_requirements(dependencies, None, locate)]
    requirements += _read_requirements(_as_table(data.get("dev-dependencies")), "dev", locate)
    for name, group in _as_table(data.get("group")).items():
        requirements += _read_requirements(_as_table(_as_table(group).get("dependencies")), _group(name), locate)
    extras = _map_extras(_as_table(data.get("extras")))
    requirements = [_assign_extra(found, extras) for found in requirements]
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


def _map_extras(extras: Table) -> dict[str, str]:
    return {
        str(name).lower(): extra
        for extra, names in extras.items()
        for name in (names if isinstance(names, list) else [])
    }


def _assign_extra(found: Requirement, extras: dict[str, str]) -> Requirement:
    """Move an optional dependency to the extra that lists it; one that no extra lists is dropped."""
    if "optional" not in found.notes:
        return found
    extra = extras.get(found.name, "optional")
    return found.model_copy(update={"group": f"extra:{extra}"})


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
