"""Knows which files, classes and functions pytest collects: by its own rule, or as the repository's settings say.

Source: docs.pytest.org, "Conventions for Python test discovery" and "Configuration Options".
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch

from checker.core.values.base import Value
from checker.ecosystems.python.code.fixtures import load_fixtures

#: Folders and patterns of one setting.
MAX_PATTERNS = 100

_WORD = re.compile(r"[^\s,'\"\[\]]+")


class TestRules(Value):
    """What is collected: names of files as shell patterns, of classes and functions as beginnings or patterns.

    `has_doctests` holds where examples in the documentation of modules are tests as well. `paths` are where the
    runner looks by itself, `skipped` the folders that it does not enter; both are relative to the project.
    """

    __test__ = False

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    classes: tuple[str, ...] = ("Test",)
    functions: tuple[str, ...] = ("test",)
    has_doctests: bool = False
    paths: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    def leads_to(self, path: str) -> bool:
        """Whether the runner comes by a file of the project where it is given no path."""
        folders = path.split("/")[:-1]
        ways = [("/".join(folders[: at + 1]), folder) for at, folder in enumerate(folders)]
        is_skipped = any(
            fnmatch(way if "/" in each else name, each) for each in self.skipped for way, name in ways
        )
        places = (place.strip("./") for place in self.paths)
        return not is_skipped and (not self.paths or any(_lies_in(path, place) for place in places))

    def names_file(self, name: str) -> bool:
        """Whether a file of that name is looked into."""
        return any(fnmatch(name, pattern) for pattern in self.files)

    def collect_from(self, module: ast.Module) -> bool:
        """Whether a file holds a test that asks only for what pytest and its plugins provide."""
        return any(self._is_collected(node) for node in module.body)

    def _is_collected(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return _is_named(node.name, self.functions) and _can_be_called(node)
        if isinstance(node, ast.If | ast.Try):
            return any(self._is_collected(inner) for inner in node.body)
        if not isinstance(node, ast.ClassDef):
            return any(_is_named(name, self.functions) for name in _list_names_of_functions(node))
        is_case = any(_get_last_name(base).endswith("TestCase") for base in node.bases)
        if not is_case and not _is_named(node.name, self.classes):
            return False
        functions = ("test",) if is_case else self.functions
        methods = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
        if not is_case and any(each.name == "__init__" for each in methods):
            return False
        own = any(_is_named(each.name, functions) for each in methods)
        return own or (not is_case and bool(node.bases)) or any(self._is_collected(n) for n in node.body)


def _list_names_of_functions(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement gives to functions: `test_a = lambda: 1`, `from tests import test_a`."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.ImportFrom) and "test" in (node.module or ""):
        yield from (each.asname or each.name for each in node.names if each.name[:1].islower())


def read_rules(settings: Iterable[str], arguments: Sequence[str] = ()) -> TestRules:
    """Read the rules from settings (`name = value` a line) and from the arguments of the author's command."""
    text = "\n".join(settings)
    said = {name: _read_names(text, f"python_{name}") for name in ("files", "classes", "functions")}
    rules = TestRules.model_validate({name: value for name, value in said.items() if value})
    more = {
        "has_doctests": "--doctest-modules" in f"{text} {' '.join(arguments)}",
        "paths": _read_names(text, "testpaths")[:MAX_PATTERNS],
        "skipped": _read_names(text, "norecursedirs")[:MAX_PATTERNS],
    }
    return rules.model_copy(update=more)


def _lies_in(path: str, place: str) -> bool:
    """Whether a file is one, or lies in a folder, that a pattern of `testpaths` names."""
    parts = path.split("/")
    return any(fnmatch("/".join(parts[:at]), place) for at in range(1, len(parts) + 1)) or not place


def _read_names(text: str, name: str) -> tuple[str, ...]:
    found = re.search(rf"(?m)^{name} = (?P<value>[^\n]*(?:\n(?!\w+ = )[^\n]*){{0,20}})", text)
    return tuple(_WORD.findall(found["value"])) if found else ()


def _is_named(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name, pattern) if "*" in pattern else name.startswith(pattern) for pattern in patterns)


def _get_last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _can_be_called(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a test asks only for what pytest, its plugins or its decorators provide."""
    wanted = [*node.args.posonlyargs, *node.args.args]
    named = [each.arg for each in wanted[: len(wanted) - len(node.args.defaults)]]
    keywords = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    named += [each.arg for each, default in keywords if default is None]
    return bool(node.decorator_list) or {"self", *load_fixtures()}.issuperset(named)
