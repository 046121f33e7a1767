"""Reads interpreters from machine-read files: version files, CI, tox, nox, hosting, notebooks."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator

from checker.core.json_text import parse_json
from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.binder import find_binder_folder
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.instructions.yaml import (
    Node,
    Text,
    YamlProblem,
    find,
    find_scalars,
    load,
    read_mapping,
    read_sequence,
)
from checker.ecosystems.python.declared.formats.toml import get_table, read_toml
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.source.parsing import parse_module
from checker.ecosystems.python.stated import PythonStatement, Strength
from checker.ecosystems.python.version_statement import statement

#: Notebooks whose kernel is looked at.
MAX_NOTEBOOKS = 60

#: Share of all traces below which an interpreter is not believed: a stray file of a colleague.
MIN_SHARE = 0.15

_CI = re.compile(
    r"^(?:\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.travis\.ya?ml|\.circleci/config\.ya?ml"
    r"|azure-pipelines[\w.-]*\.ya?ml|\.drone\.ya?ml|\.cirrus\.ya?ml|bitbucket-pipelines\.yml|\.appveyor\.yml)$"
)
_VERSION = re.compile(
    r"^\s*(?:python[-@]?|cpython[-@]?|pypy[-@]?)?(?P<version>[23]\.\d{1,2})(?:\.[\dx*]+)?(?:-dev)?\s*$"
)
_IMAGE = re.compile(r"(?:^|/)python:(?P<version>[23]\.\d{1,2})")
_TOX = re.compile(r"(?<![a-z])py(?P<major>[23])\.?(?P<minor>\d{1,2})(?!\d)")
_TOX_BRACES = re.compile(r"py\{(?P<list>[^{}]*)\}")
_COMPILED = re.compile(
    r"\.cpython-(?P<major>3)(?P<minor>\d{1,2})(?:-[\w-]+)?\.(?:pyc|so|pyd)$|\.cp(\d)(\d+)-[\w]+\.pyd$"
)
_SITE = re.compile(r"[/\\](?:lib[/\\])?python(?P<version>3\.\d{1,2})[/\\](?:site|dist)-packages")
_CI_KEYS = (
    "python-version",
    "python",
    "versionSpec",
    "python_version",
    "PYTHON_VERSION",
    "python-versions",
    "PYTHON",
)


def _make_statements(
    text: str, strength: Strength, claim: str, path: str, *, line: int | None, quote: str
) -> list[PythonStatement]:
    evidence = Evidence(claim=claim, source=path, line=line, text=" ".join(quote.split())[:300])
    found = statement(text, strength, evidence)
    return [found] if found else []


def _read_version_file(tree: Tree, path: str) -> Iterator[PythonStatement]:
    for number, line in enumerate(tree.read(path).split("\n")[:20], 1):
        if match := _VERSION.match(line):
            yield from _make_statements(
                match["version"], Strength.PINNED, "version file", path, line=number, quote=line
            )
            return


def _read_tool_versions(tree: Tree, path: str) -> Iterator[PythonStatement]:
    for number, line in enumerate(tree.read(path).split("\n")[:200], 1):
        if match := re.match(r"^\s*python(?:\s*=)?\s*\"?([23]\.\d{1,2})", line):
            yield from _make_statements(match[1], Strength.PINNED, "version file", path, line=number, quote=line)


def _read_tox(tree: Tree, path: str) -> Iterator[PythonStatement]:
    text = tree.read(path)
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
        listed = config.get("tox", "envlist", fallback="") or config.get("tox", "env_list", fallback="")
    except configparser.Error:
        return
    line = text.count("\n", 0, max(text.find("envlist"), 0)) + 1
    names = _TOX_BRACES.sub(
        lambda m: " ".join(f"py{part.strip().removeprefix('py')}" for part in m["list"].split(",")), listed
    )
    for match in _TOX.finditer(names):
        yield from _make_statements(
            f"{match['major']}.{match['minor']}", Strength.TESTED, "tested by tox", path, line=line, quote=listed
        )


def _read_nox(tree: Tree, path: str) -> Iterator[PythonStatement]:
    module = parse_module(tree, tree.read(path))
    for node in ast.walk(module) if module is not None else ():
        if not isinstance(node, ast.Call):
            continue
        for keyword in node.keywords:
            if keyword.arg == "python":
                for item in ast.walk(keyword.value):
                    if isinstance(item, ast.Constant) and isinstance(item.value, str):
                        yield from _make_statements(
                            item.value, Strength.TESTED, "tested by nox", path, line=node.lineno, quote=item.value
                        )


def _parse_yaml(tree: Tree, path: str) -> Node:
    try:
        return load(tree.read(path))
    except YamlProblem:
        return {}


def _read_readthedocs(tree: Tree, path: str) -> Iterator[PythonStatement]:
    root = read_mapping(_parse_yaml(tree, path))
    for value in (
        read_mapping(read_mapping(root.get("build")).get("tools")).get("python"),
        read_mapping(root.get("python")).get("version"),
    ):
        if isinstance(value, Text) and (match := _VERSION.match(value)):
            yield from _make_statements(
                match["version"], Strength.TESTED, "documentation build", path, line=value.line, quote=value
            )


def _read_ci(tree: Tree, path: str) -> Iterator[PythonStatement]:
    root = _parse_yaml(tree, path)
    for key in _CI_KEYS:
        for node in find(root, key):
            for text in find_scalars(node):
                if match := _VERSION.match(text):
                    yield from _make_statements(
                        match["version"],
                        Strength.TESTED,
                        "continuous integration",
                        path,
                        line=text.line,
                        quote=text,
                    )
    for key in ("image", "docker"):
        for node in find(root, key):
            for text in find_scalars(node):
                if match := _IMAGE.search(text):
                    yield from _make_statements(
                        match["version"], Strength.TESTED, "image of CI", path, line=text.line, quote=text
                    )


def _read_cog(tree: Tree, path: str) -> Iterator[PythonStatement]:
    value = read_mapping(read_mapping(_parse_yaml(tree, path)).get("build")).get("python_version")
    if isinstance(value, Text):
        yield from _make_statements(value, Strength.PINNED, "Cog's build", path, line=value.line, quote=value)


def _read_space(tree: Tree, path: str) -> Iterator[PythonStatement]:
    """Read the front matter of a hosted demo's README."""
    head = tree.read(path)[:4000]
    if head.startswith("---") and (
        match := re.search(r"^python_version:\s*[\"']?(\d\.\d{1,2})", head, re.MULTILINE)
    ):
        line = head.count("\n", 0, match.start()) + 1
        yield from _make_statements(match[1], Strength.PINNED, "front matter", path, line=line, quote=match[0])


def _read_settings(tree: Tree, path: str) -> Iterator[PythonStatement]:
    """Read the interpreter from the settings of type checkers, formatters and linters."""
    data = read_toml(tree.read(path))
    if isinstance(data, str):
        return
    tools = get_table(data, "tool")
    for name, value in (
        ("mypy", get_table(tools, "mypy").get("python_version")),
        ("ruff", get_table(tools, "ruff").get("target-version")),
    ):
        if isinstance(value, str) and (match := re.search(r"(?:py)?([23])\.?(\d{1,2})$", value)):
            yield from _make_statements(
                f"{match[1]}.{match[2]}", Strength.WEAK, f"setting of {name}", path, line=None, quote=value
            )


#: Which file is read by what.
_FILES: tuple[tuple[Callable[[str], bool], Callable[[Tree, str], Iterator[PythonStatement]]], ...] = (
    (lambda p: posixpath.basename(p) in {".python-version", "runtime.txt", "python-version"}, _read_version_file),
    (lambda p: posixpath.basename(p) in {".tool-versions", "mise.toml", ".mise.toml"}, _read_tool_versions),
    (lambda p: posixpath.basename(p) == "tox.ini", _read_tox),
    (lambda p: posixpath.basename(p) == "noxfile.py", _read_nox),
    (lambda p: re.fullmatch(r"\.?readthedocs\.ya?ml", posixpath.basename(p)) is not None, _read_readthedocs),
    (lambda p: bool(_CI.match(p)), _read_ci),
    (lambda p: posixpath.basename(p) == "cog.yaml", _read_cog),
    (lambda p: p.lower() == "readme.md", _read_space),
    (lambda p: p == "pyproject.toml", _read_settings),
)


def read_interpreter_files(tree: Tree) -> Iterator[PythonStatement]:
    """Yield what all such files of a tree state, shallow files first."""
    for path in tree.files:
        if path.count("/") > 3:
            break
        if path == "runtime.txt" and find_binder_folder(tree) is not None:
            continue  # the convention that this file belongs to reads the folder's alone
        for wanted, read in _FILES:
            if wanted(path):
                yield from read(tree, path)


def find_traces(tree: Tree) -> Iterator[PythonStatement]:
    """Yield the interpreters that left compiled files or notebooks in the tree, most frequent first."""
    counts: Counter[str] = Counter()
    first: dict[str, tuple[str, str]] = {}
    for version, path, text in (*_find_compiled(tree), *_find_notebooks(tree)):
        counts[version] += 1
        first.setdefault(version, (path, text))
    for version, count in counts.most_common():
        if count < MIN_SHARE * counts.total():
            continue
        path, text = first[version]
        claim = f"trace of the author's interpreter ({count} of {counts.total()})"
        yield from _make_statements(version, Strength.USED, claim, path, line=None, quote=text)


def _find_compiled(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for path in tree.files:
        if match := _COMPILED.search(path):
            yield f"{match['major'] or match[3]}.{match['minor'] or match[4]}", path, posixpath.basename(path)
    for folder in sorted(tree.folders, key=lambda f: (f.count("/"), f))[:3000]:
        cache = tree.root / folder / "__pycache__"
        if cache.is_dir() and not cache.is_symlink():
            for file in sorted(cache.iterdir())[:500]:
                if (match := _COMPILED.search(file.name)) and match["minor"]:
                    path = posixpath.normpath(posixpath.join(folder, "__pycache__", file.name))
                    yield f"3.{match['minor']}", path, file.name


def _find_notebooks(tree: Tree) -> Iterator[tuple[str, str, str]]:
    for path in [p for p in tree.files if p.endswith(".ipynb")][:MAX_NOTEBOOKS]:
        text = tree.read(path)
        version = _read_kernel(text)
        if version:
            yield version, path, f"kernel of Python {version}"
        elif match := _SITE.search(text.replace("\\\\", "\\")):
            yield match["version"], path, match[0]


def _read_kernel(text: str) -> str | None:
    try:
        data = parse_json(text)
    except ValueError:
        return None
    info = get_table(data, "metadata", "language_info")
    version = info.get("version")
    if info.get("name", "python") != "python" or not isinstance(version, str):
        return None
    match = re.match(r"^([23]\.\d{1,2})", version)
    return match[1] if match else None


def list_ci_commands(tree: Tree) -> Iterator[Command]:
    """Yield the commands that CI files run."""
    for path in tree.files:
        if path.count("/") > 2 or not _CI.match(path):
            continue
        directory = Directory(tree, ".", PROJECT_FILES)
        root = _parse_yaml(tree, path)
        for key in ("run", "script", "install", "before_install", "before_script", "command", "bash"):
            for node in find(root, key):
                for text in read_sequence(node) if not isinstance(node, dict) else ():
                    if isinstance(text, Text):
                        yield from read_commands_of(
                            tree, text, path, start=text.line, directory=directory, language="ci"
                        )
