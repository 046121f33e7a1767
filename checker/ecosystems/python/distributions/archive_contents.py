"""Lists the modules in a wheel or source distribution, and the names that a module binds, without running code."""

from __future__ import annotations

import ast
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import PurePosixPath

from checker.core.tree import MAX_TEXT as MOST_TEXT
from checker.core.tree import decode
from checker.core.values.base import Value
from checker.ecosystems.python.distributions.unpacking import (
    UNREADABLE,
    Budget,
    open_tar,
    read_from_tar,
    read_from_zip,
)
from checker.ecosystems.python.source.parsing import parse_syntax_tree

#: Parts of a dotted name that are distinguished; deeper modules count as their package.
DEPTH = 4

#: Modules listed of one file at most, the shallow ones first.
MOST_MODULES = 3000

#: Entries of a source distribution that are read at most.
MOST_MEMBERS = 5000

_CODE = (".py", ".so", ".pyd", ".pyx", ".pyi")
_SCHEMES = frozenset({"purelib", "platlib"})
_NO_MODULES = frozenset({"setup", "conftest", "versioneer", "docs", "doc", "test", "tests", "examples", "build"})


class Contents(Value):
    """The dotted modules of a file, shallow first; `complete` says whether there can be no others."""

    modules: tuple[str, ...]
    complete: bool = True


def read_wheel_contents(names: Iterable[str]) -> Contents:
    """Return the modules that can be imported from a wheel with these file names.

    A `.pth` file that is not one of setuptools' for namespaces may bring modules in ways that names do not show.
    """
    found: dict[str, None] = {}
    complete = True
    for name in names:
        path = _locate_installed(name)
        if path is None:
            continue
        if len(path.parts) == 1 and path.suffix == ".pth" and not path.name.endswith("-nspkg.pth"):
            complete = False
        module = _name_module(path)
        if module:
            found[module] = None
    ordered = sorted(found, key=lambda m: (m.count("."), m))
    return Contents(modules=tuple(ordered[:MOST_MODULES]), complete=complete and len(ordered) <= MOST_MODULES)


def _locate_installed(name: str) -> PurePosixPath | None:
    """Return where a wheel's file is installed, relative to `site-packages`; None for elsewhere."""
    top, _, rest = name.partition("/")
    if top.endswith(".dist-info"):
        return None
    if top.endswith(".data"):
        scheme, _, rest = rest.partition("/")
        return PurePosixPath(rest) if scheme in _SCHEMES and rest else None
    return PurePosixPath(name)


def _name_module(path: PurePosixPath) -> str:
    """Return the dotted name of a file's module, '' where the file is no module."""
    if path.suffix not in _CODE:
        return ""
    stem = path.name.partition(".")[0]
    parts = path.parts[:-1] if stem == "__init__" else (*path.parts[:-1], stem)
    if not parts or not all(part.isidentifier() for part in parts):
        return ""
    return ".".join(parts[:DEPTH])


def read_sdist_contents(data: bytes, filename: str) -> Contents | None:
    """Return what a source distribution says that it installs: its `top_level.txt`, else the packages seen.

    None where it cannot be read within bounds. A list of seen packages is never complete.
    """
    seen: dict[str, None] = {}
    try:
        for name, read in _iterate_members(data, filename):
            path = PurePosixPath(name)
            if path.name == "top_level.txt" and path.parent.suffix == ".egg-info":
                tops = [line.strip().replace("/", ".") for line in decode(read()).splitlines() if line.strip()]
                return Contents(modules=tuple(tops), complete=bool(tops))
            inner = path.parts[2:] if path.parts[1:2] == ("src",) else path.parts[1:]
            module = _name_module(PurePosixPath(*inner)) if inner else ""
            if module and module.partition(".")[0] not in _NO_MODULES:
                seen[module] = None
    except UNREADABLE:
        return None
    ordered = sorted(seen, key=lambda m: (m.count("."), m))[:MOST_MODULES]
    return Contents(modules=tuple(ordered), complete=False) if ordered else None


def read_sdist_texts(data: bytes, filename: str) -> dict[str, str] | None:
    """Return the Python files of a source distribution, by path; None where that takes more than the bounds."""
    try:
        return {name: decode(read()) for name, read in _iterate_members(data, filename) if name.endswith(".py")}
    except UNREADABLE:
        return None


def _iterate_members(data: bytes, filename: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Give name and reader of each file; a reader serves until the next one is asked for."""
    stream, budget = io.BytesIO(data), Budget()
    if filename.endswith(".zip"):
        with zipfile.ZipFile(stream) as archive:
            for info in archive.infolist()[:MOST_MEMBERS]:
                yield info.filename, partial(read_from_zip, archive, info, MOST_TEXT, budget)
        return
    with open_tar(stream) as tar:
        for number, member in enumerate(tar):
            if number >= MOST_MEMBERS:
                return
            if member.isfile():
                yield member.name, partial(read_from_tar, tar, member, MOST_TEXT, budget)


_REQUIRES = re.compile(r"^Requires-Dist:\s*([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE | re.IGNORECASE)


def read_required_names(metadata: str) -> tuple[str, ...]:
    """Return the distributions that core metadata requires, by name, extras' requirements included."""
    head = metadata.partition("\n\n")[0]
    return tuple(dict.fromkeys(match[1] for match in _REQUIRES.finditer(head)))


def bound_names(source: str) -> tuple[str, ...] | None:
    """Return the names that a module's source binds at its top level; None where it cannot be parsed.

    `*` is among them where the source may bind others: star imports, `__getattr__`, writes to `globals()`.
    """
    try:
        tree = parse_syntax_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: dict[str, None] = {}
    for name in _find_bindings(tree.body):
        found[name] = None
    if "__getattr__" in found or re.search(r"\b(?:globals|locals|vars|setattr|exec|sys\.modules)\b", source):
        found["*"] = None
    return tuple(found)


def _find_bindings(body: Iterable[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            continue
        for child in ast.walk(node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                yield child.id
            elif isinstance(child, ast.FunctionDef | ast.ClassDef):
                yield child.name
            elif isinstance(child, ast.Import | ast.ImportFrom):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in child.names)
