"""Finds every import in the code of a repository: which module, where, and whether it is optional."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.folders import FOREIGN, Folder, find_meaning, find_meanings
from checker.ecosystems.instructions.scripts import find_scripts
from checker.ecosystems.python.code.test_rules import TestRules
from checker.ecosystems.python.import_value import Import, Where
from checker.ecosystems.python.source.import_scan import Broken, Found, scan_source
from checker.ecosystems.python.source.notebooks import read_notebook
from checker.ecosystems.python.source.parsing import parse_module

#: What `venv` and `virtualenv` put into a folder that they make; `env/` without is a simulation's code more often
#: than an environment.
_ENVIRONMENT_MARKS = ("pyvenv.cfg", "bin/activate", "Scripts/activate", "Scripts/activate.bat")

#: Where an interpreter keeps its own library: `.conda/lib/python3.8/`, committed with the code.
_INTERPRETER = re.compile(r"(?:^|/)(?:lib/python[23]\.\d{1,2}|conda-meta)/")

_SETUP_FILES = frozenset({"setup.py", "conftest.py", "noxfile.py", "fabfile.py", "tasks.py", "versioneer.py"})
_TEST_TOOLS = re.compile(r"^[ \t]*(?:import|from) (?:pytest|unittest|nose|absl\.testing)\b", re.MULTILINE)
_TEST_FUNCTIONS = re.compile(r"^[ \t]*(?:async[ \t]+)?def test_", re.MULTILINE)
_OTHER_TESTS = re.compile(r"^[ \t]*(?:async[ \t]+)?def test\w*\(", re.MULTILINE)
_COMMAND_LINE = re.compile(r"\bArgumentParser\(|\bparse_args\(")
_MAIN = re.compile(r"^if\s+__name__\s*==\s*['\"]__main__['\"]", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{.*\}\}")


class BrokenFile(Value):
    """A file that does not parse: `kind` is `python 2`, `merge markers`, `syntax` or `notebook`."""

    path: str
    kind: str
    line: int
    message: str


class ImportScan(Value):
    """All imports of a project, the files that do not parse, and the commands its notebooks hold."""

    imports: tuple[Import, ...] = ()
    broken: tuple[BrokenFile, ...] = ()
    statements: tuple[Command, ...] = ()


def find_imports(tree: Tree, project: str = ".", python: str = "3.8") -> tuple[Import, ...]:
    """Return the imports of all Python files and notebooks below `project`, for the interpreter `python`."""
    return scan_project(tree, project, python).imports


def scan_project(tree: Tree, project: str = ".", python: str = "3.8") -> ImportScan:
    """Read all Python files and notebooks below the folder `project` of the tree; runs nothing."""
    imports: list[Import] = []
    broken: list[BrokenFile] = []
    statements: list[Command] = []
    for path in list_python_files(tree, project):
        if path.endswith(".ipynb"):
            code = read_notebook(tree, path)
            statements.extend(code.statements)
            if code.error:
                broken.append(BrokenFile(path=path, kind="notebook", line=1, message=code.error))
            if code.language != "python":
                continue
            pieces = list(code.cells)
        else:
            pieces = [tree.read(path)]
        offset = 0
        where = place_of(tree, path, pieces[0] if pieces else "")
        for piece in pieces:
            found, problem = scan_source(tree, piece, python)
            imports.extend(_make_imports(found, path, offset, where, problem is None))
            if problem is not None:
                broken.append(_make_broken_file(problem, path, offset))
            offset += piece.count("\n") + 2
    return ImportScan(imports=tuple(imports), broken=tuple(broken), statements=tuple(statements))


def list_python_files(tree: Tree, project: str = ".") -> Iterator[str]:
    """Yield the Python files and notebooks below `project`, without environments that were committed along."""
    prefix = "" if project in {".", ""} else project.rstrip("/") + "/"
    scripts = find_scripts(tree)
    for path in tree.files:
        is_python = path.endswith((".py", ".pyw", ".ipynb")) or scripts.get(path) == "Python"
        if not path.startswith(prefix) or not is_python:
            continue
        if not _is_in_environment(path, tree) and not _TEMPLATE.search(path):
            yield path


def _is_in_environment(path: str, tree: Tree) -> bool:
    """Whether a file belongs to an environment that was committed: its packages, and its standard library."""
    folders = PurePosixPath(path).parts[:-1]
    if Folder.ENVIRONMENT in find_meanings(path) or _INTERPRETER.search(path) is not None:
        return True
    if "env" not in folders:
        return False
    made = "/".join(folders[: folders.index("env") + 1])
    return any(f"{made}/{mark}" in tree for mark in _ENVIRONMENT_MARKS)


def is_apart(path: str) -> bool:
    """Whether a file is another's code, or the machinery of a host and of editors (`.github/scripts`)."""
    hidden = any(part.startswith(".") for part in PurePosixPath(path).parts[:-1])
    return hidden or _INTERPRETER.search(path) is not None or not FOREIGN.isdisjoint(find_meanings(path))


def place_of(tree: Tree, path: str, text: str) -> Where:
    """Say what kind of file a path is; in doubt a file is a script of the repository."""
    pure = PurePosixPath(path)
    meanings = find_meanings(path)
    packaged = f"{pure.parent}/__init__.py" in tree
    rules = (
        (is_apart(path), Where.VENDORED),
        (pure.name == "conftest.py", Where.TEST),
        (pure.name in _SETUP_FILES or _BUILDS.search(text) is not None, Where.SETUP),
        (find_meaning(pure.parts[0]) is Folder.DOCS and len(pure.parts) > 1, Where.DOCS),
        (_is_test(tree, pure.name, text, in_folder=Folder.TESTS in meanings), Where.TEST),
        (pure.suffix == ".ipynb", Where.NOTEBOOK),
        (Folder.EXAMPLES in meanings, Where.EXAMPLE),
        (packaged and not _MAIN.search(text), Where.PACKAGE),
    )
    return next((where for holds, where in rules if holds), Where.SCRIPT)


#: What a script has that describes a build, under whatever name: a project's own `build.py`.
_BUILDS = re.compile(
    r"^from (?:setuptools|(?:numpy\.)?distutils\.core) import [^\n]*\b(?:setup|Distribution)\b"
    r"|^(?:setuptools\.)?setup\(\s*name\s*=",
    re.MULTILINE,
)


def _has_conftest(tree: Tree) -> bool:
    """Whether the repository has a place for fixtures of its own."""
    return any(PurePosixPath(path).name == "conftest.py" for path in tree.files)


def _is_test(tree: Tree, name: str, text: str, *, in_folder: bool) -> bool:
    """Whether a file holds tests: research code calls its evaluation `test.py` too, so the content decides."""
    if not (name.startswith("test_") or name.endswith("_test.py") or in_folder):
        return False
    if _TEST_TOOLS.search(text):
        return True
    if not _TEST_FUNCTIONS.search(text):
        # `def test()` is what evaluations are called as well: not where the file is started as a program.
        return bool(_OTHER_TESTS.search(text) and not _MAIN.search(text)) and can_be_collected(tree, text)
    return in_folder or (not _COMMAND_LINE.search(text) and can_be_collected(tree, text))


def can_be_collected(tree: Tree, text: str) -> bool:
    """Whether pytest could call the tests of a file: `test_model(model, loader)` is an evaluation.

    Unless something hands it a model: a test tool that the file imports, or fixtures of the repository's own.
    """
    return bool(_TEST_TOOLS.search(text)) or _asks_for_nothing(tree, text) or _has_conftest(tree)


def _asks_for_nothing(tree: Tree, text: str) -> bool:
    """Whether one of the tests of a file needs only arguments that pytest or one of its plugins provides."""
    module = parse_module(tree, text)
    if module is None:
        return True
    return TestRules().collect_from(module)


def _make_imports(
    found: tuple[Found, ...], path: str, offset: int, where: Where, parsed: bool
) -> Iterator[Import]:
    for item in found:
        yield Import(
            module="" if item.level else item.module.partition(".")[0],
            full=item.module,
            names=item.names,
            level=item.level,
            path=path,
            line=item.line + offset,
            optional=bool(item.optional),
            reason=item.optional,
            lazy=item.lazy,
            dynamic=item.dynamic,
            instead=item.instead,
            where=where,
            parsed=parsed,
        )


def _make_broken_file(problem: Broken, path: str, offset: int) -> BrokenFile:
    return BrokenFile(path=path, kind=problem.kind, line=problem.line + offset, message=problem.message)
