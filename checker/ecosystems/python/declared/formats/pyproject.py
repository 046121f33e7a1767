"""Reads `pyproject.toml`: the project table, dependency groups, and tables of build back ends and managers."""

from __future__ import annotations

import posixpath
import re

from checker.core.tree import Tree, join
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.folders import Folder, find_meaning
from checker.ecosystems.python.declared.formats import poetry
from checker.ecosystems.python.declared.formats.requirement_line import parse_requirement
from checker.ecosystems.python.declared.formats.requirements import read_lines, read_requirements
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml
from checker.ecosystems.python.declared.formats.uv_workspace import find_member, find_sources, list_members
from checker.ecosystems.python.declared.pixi.reader import merge as merge_pixi
from checker.ecosystems.python.stated import (
    Option,
    Origin,
    Problem,
    PythonStatement,
    Requirement,
    Specification,
    Strength,
)
from checker.ecosystems.python.version_statement import statement

_CLASSIFIER = re.compile(r"Programming Language\s*::\s*Python\s*::\s*(\d\.\d+)")
_DEV_GROUPS = {"dev", "develop", "development", "lint", "linting", "typing", "docs", "doc"}

#: Groups inside groups that are followed, and groups that are read in all, those that others include as well.
MAX_DEPTH, MAX_GROUPS = 50, 10_000

#: Characters that are gone through for the lines on which requirements stand; of what follows it is not said.
MAX_SEARCHED = 1_000_000_000


def group_name(name: str) -> str:
    """Return the group that a dependency group belongs to: `test`, `dev`, or an extra of its name."""
    lowered = name.lower()
    return (
        "test" if find_meaning(lowered) is Folder.TESTS else "dev" if lowered in _DEV_GROUPS else f"extra:{name}"
    )


def read_pyproject(tree: Tree, path: str) -> Specification | None:
    """Read a `pyproject.toml`; None for one that only configures tools."""
    text = tree.read(path)
    folder = posixpath.dirname(path) or "."
    data = read_toml(text)
    base = Specification(path=path, kind="pyproject", project=folder)
    if isinstance(data, str):
        wanted = re.search(r"^\[(?:project|tool\.poetry|build-system)", text, re.MULTILINE)
        return base.model_copy(update={"unreadable": (f"{path}: {data}",), "dynamic": True}) if wanted else None
    if not _has_declarations(data):
        return None
    return _Reader(tree, path, folder, text, data).make_specification(base)


def read_script_table(tree: Tree, path: str, text: str, data: Table) -> Specification:
    """Read what a script, `text`, states in a comment (PEP 723); it installs no project."""
    folder = posixpath.dirname(path) or "."
    table = {"project": {key: data[key] for key in ("dependencies", "requires-python") if key in data}}
    read = _Reader(tree, path, folder, text, table | {"tool": get_table(data, "tool")})
    found = read.make_specification(Specification(path=path, kind="script"))
    return found.model_copy(update={"installs_project": False, "dynamic": False})


def _has_declarations(data: Table) -> bool:
    tools = get_table(data, "tool")
    return any(key in data for key in ("project", "build-system", "dependency-groups")) or any(
        (
            get_table(tools, "poetry"),
            get_table(tools, "flit", "metadata"),
            get_table(tools, "pixi"),
            get_table(tools, "uv"),
            get_table(tools, "pdm", "dev-dependencies"),
            get_table(tools, "hatch", "envs"),
        )
    )


class _Reader:
    """Reads the tables of one file; every requirement gets the line on which its text stands."""

    def __init__(self, tree: Tree, path: str, folder: str, text: str, data: Table) -> None:
        self.tree, self.path, self.folder, self.text, self.data = tree, path, folder, text, data
        self.included: list[str] = []
        self.unreadable: list[str] = []
        self.groups_left = MAX_GROUPS
        self.searched = 0

    def make_evidence(self, claim: str, text: str) -> Evidence:
        at = self.text.find(text.split("\n", maxsplit=1)[0]) if self.searched < MAX_SEARCHED else -1
        self.searched += at if at >= 0 else len(self.text)
        return Evidence(
            claim=claim,
            source=self.path,
            line=self.text.count("\n", 0, at) + 1 if at >= 0 else 1,
            text=text.strip()[:300],
        )

    def read_lines(self, values: list[str], group: str | None) -> list[Requirement]:
        found: list[Requirement] = []
        for value in values:
            numbered = [(self.make_evidence("requirement", value).line or 1, value)]
            found += read_lines(self.tree, self.path, numbered, folder=self.folder, group=group).requirements
        return found

    def make_specification(self, base: Specification) -> Specification:
        project, tools = get_table(self.data, "project"), get_table(self.data, "tool")
        requirements = [*self._read_project(project), *self._read_groups(), *self._read_tools(tools)]
        build = self.read_lines(list_strings(get_table(self.data, "build-system").get("requires")), "build")
        specification = base.model_copy(
            update={
                "name": project.get("name") if isinstance(project.get("name"), str) else None,
                "requirements": tuple(self._apply_sources(requirements)),
                "build_requires": tuple(build),
                "python": self._read_python(project, tools),
                "options": self._read_options(tools),
                "dynamic": self._is_dynamic(project, tools),
                "installs_project": self._installs_project(project, tools),
                "included": tuple(self.included),
                "unreadable": tuple(self.unreadable),
            }
        )
        if get_table(tools, "pixi"):
            specification = merge_pixi(self.tree, specification, get_table(tools, "pixi"), self.make_evidence)
        if get_table(tools, "poetry"):
            return poetry.merge(specification, get_table(tools, "poetry"), self.make_evidence)
        return specification

    def _read_project(self, project: Table) -> list[Requirement]:
        found = self.read_lines(list_strings(project.get("dependencies")), None)
        for extra, values in get_table(project, "optional-dependencies").items():
            found += self.read_lines(list_strings(values), f"extra:{extra}")
        return found

    def _read_groups(self) -> list[Requirement]:
        groups = get_table(self.data, "dependency-groups")
        found: list[Requirement] = []
        for name in groups:
            found += self._list(name, self.read_lines(self._group(groups, name, (), set()), group_name(name)))
        return found

    @staticmethod
    def _list(name: str, found: list[Requirement]) -> list[Requirement]:
        """Note by what name a group of dependencies lists requirements."""
        return [item.model_copy(update={"listed": name}) for item in found]

    def _group(self, groups: Table, name: str, trail: tuple[str, ...], done: set[str]) -> list[str]:
        """Return what a group lists, and what those list that it includes: each of them once."""
        if name in trail:
            self.unreadable.append(f"{self.path}: dependency group {name} includes itself")
            return []
        if name in done or len(trail) > MAX_DEPTH or self.groups_left <= 0:
            return []
        done.add(name)
        self.groups_left -= 1
        values = groups.get(name)
        found = list_strings(values)
        for item in values if isinstance(values, list) else ():
            if isinstance(item, dict) and isinstance(item.get("include-group"), str):
                found += self._group(groups, item["include-group"], (*trail, name), done)
        return found

    def _read_tools(self, tools: Table) -> list[Requirement]:
        found = self._read_setuptools(tools)
        for name, values in get_table(tools, "pdm", "dev-dependencies").items():
            found += self._list(name, self.read_lines(list_strings(values), group_name(name)))
        for name, environment in get_table(tools, "hatch", "envs").items():
            values = list_strings(get_table(environment).get("dependencies"))
            values += list_strings(get_table(environment).get("extra-dependencies"))
            group = "dev" if name == "default" else group_name(name)
            found += self._list(f"env {name}", self.read_lines(values, group))
        flit = get_table(tools, "flit", "metadata")
        found += self.read_lines(list_strings(flit.get("requires")), None)
        for extra, values in get_table(flit, "requires-extra").items():
            found += self.read_lines(list_strings(values), f"extra:{extra}")
        for manager in ("uv", "rye"):
            values = list_strings(get_table(tools, manager).get("dev-dependencies"))
            found += self._list("dev", self.read_lines(values, "dev"))
        found += self._read_workspace(get_table(tools, "uv", "workspace"))
        return found

    def _read_workspace(self, workspace: Table) -> list[Requirement]:
        """Return the members of a workspace, where its root is no project itself: uv installs all of them."""
        if not workspace or "project" in self.data:
            return []
        members = list_members(self.tree, self.folder, workspace)
        return self.read_lines([f"./{posixpath.relpath(member, self.folder)}" for member in members], None)

    def _read_setuptools(self, tools: Table) -> list[Requirement]:
        dynamic = get_table(tools, "setuptools", "dynamic")
        found = self._read_files(get_table(dynamic, "dependencies").get("file"), None)
        for extra, value in get_table(dynamic, "optional-dependencies").items():
            found += self._read_files(get_table(value).get("file"), f"extra:{extra}")
        hook = get_table(tools, "hatch", "metadata", "hooks", "requirements_txt")
        found += self._read_files(hook.get("files"), None)
        for extra, files in get_table(hook, "optional-dependencies").items():
            found += self._read_files(files, f"extra:{extra}")
        return found

    def _read_files(self, value: object, group: str | None) -> list[Requirement]:
        found: list[Requirement] = []
        for name in list_strings(value):
            path = posixpath.normpath(posixpath.join(self.folder, name))
            if path not in self.tree:
                self.unreadable.append(f"{self.path}: reads {name}, which is not in the repository")
                continue
            self.included.append(path)
            found += read_requirements(self.tree, path, self.folder, group).requirements
        return found

    def _apply_sources(self, requirements: list[Requirement]) -> list[Requirement]:
        """Apply uv's sources: a name that comes from git, a path or a URL instead of the index."""
        sources = find_sources(self.tree, self.folder, self.data)
        return [self._apply_source(found, *sources.get(found.name, (self.folder, None))) for found in requirements]

    def _apply_source(self, found: Requirement, folder: str, source: object) -> Requirement:
        """Apply a source that the file in `folder` names."""
        first = (
            next((item for item in source if isinstance(item, dict)), {}) if isinstance(source, list) else source
        )
        entry = get_table(first)
        if isinstance(git := entry.get("git"), str):
            rev = next((entry[key] for key in ("rev", "tag", "branch") if isinstance(entry.get(key), str)), "")
            line = parse_requirement(
                f"{found.name} @ git+{git}{'@' + rev if rev else ''}", found.evidence, group=found.group
            )
            return line or found
        if isinstance(path := entry.get("path"), str):
            local: str | None = posixpath.normpath(posixpath.join(folder, path))
        elif entry.get("workspace") is True:
            local = find_member(self.tree, folder, found.name)
        else:
            return found
        text = found.text if local else ""  # nobody else's package of that name is meant
        return found.model_copy(update={"text": text, "problem": Problem.LOCAL_PATH, "local": local})

    def _read_python(self, project: Table, tools: Table) -> tuple[PythonStatement, ...]:
        wanted = [project.get("requires-python"), get_table(tools, "flit", "metadata").get("requires-python")]
        said = [
            statement(text, Strength.PINNED, self.make_evidence("requires-python", text), Origin.METADATA)
            for text in wanted
            if isinstance(text, str)
        ]
        said += [
            statement(match[1], Strength.WEAK, self.make_evidence("classifier", text), Origin.CLASSIFIER)
            for text in list_strings(project.get("classifiers"))
            if (match := _CLASSIFIER.search(text))
        ]
        return tuple(s for s in said if s)

    def _installs_project(self, project: Table, tools: Table) -> bool:
        """Whether an installation builds the project, as far as its own managers say.

        `package-mode = false` (Poetry), `package = false` (uv), `distribution = false` (PDM): it is code to run.
        uv builds nothing that names no build system, unless `package = true` says so.
        """
        said = get_table(tools, "uv").get("package")
        off = (get_table(tools, "poetry").get("package-mode"), said, get_table(tools, "pdm").get("distribution"))
        if any(value is False for value in off):
            return False
        by_uv = "uv" in tools or join(self.folder, "uv.lock") in self.tree
        if by_uv and said is not True and "build-system" not in self.data:
            return False
        return bool(project) or self._has_build_target() or bool(get_table(tools, "poetry"))

    def _is_dynamic(self, project: Table, tools: Table) -> bool:
        if project:
            return "dependencies" in list_strings(project.get("dynamic")) and not self.included
        return (
            self._has_build_target()
            and not get_table(tools, "poetry")
            and not get_table(tools, "flit", "metadata")
        )

    def _has_build_target(self) -> bool:
        """Whether a build system is named that has something to build.

        setuptools reads what it builds from a `setup.py` or `setup.cfg`; without them and without `[project]` it
        makes an empty package that has no name: the file holds the settings of tools.
        """
        system = get_table(self.data, "build-system")
        backend = system.get("build-backend", "setuptools")
        beside = any(join(self.folder, name) in self.tree for name in ("setup.py", "setup.cfg"))
        return "build-system" in self.data and (beside or not str(backend).startswith("setuptools"))

    def _read_options(self, tools: Table) -> tuple[Option, ...]:
        listed = [get_table(tools, "uv").get("index"), get_table(tools, "pdm").get("source")]
        entries = [entry for entries in listed if isinstance(entries, list) for entry in entries]
        urls = [url for entry in entries if isinstance(url := get_table(entry).get("url"), str)]
        return tuple(
            Option(name="extra-index-url", value=url, evidence=self.make_evidence("index", url)) for url in urls
        )
