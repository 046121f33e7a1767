"""Every regular expression of the project: those that its modules compile, and those that its source names."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import checker
import workers

ROOTS = [Path(checker.__file__).parent, Path(workers.__file__).parent]

#: Methods that try an expression at one place only.
_ANCHORED = frozenset({"match", "fullmatch"})
_METHODS = _ANCHORED | {"search", "findall", "finditer", "sub", "subn", "split"}


@dataclass(frozen=True)
class Expression:
    """A pattern with its flags; `anchored` where it is only ever tried at one place of a text."""

    pattern: str
    flags: int
    anchored: bool
    place: str

    def compile(self) -> re.Pattern[Any]:
        return re.compile(self.pattern, self.flags)


def list_expressions() -> list[Expression]:
    """Return each expression once; found in a process of its own, where every module is imported anew."""
    program = [sys.executable, "-P", str(Path(__file__))]
    environment = {**os.environ, "PYTHONPATH": str(ROOTS[0].parent)}
    done = subprocess.run(program, env=environment, capture_output=True, check=True, text=True)
    return [Expression(**row) for row in json.loads(done.stdout)]


def _list_here() -> list[Expression]:
    """Return each expression once; one that is searched for somewhere counts as that."""
    found: dict[tuple[str, int], Expression] = {}
    for each in (*_find_in_source(), *_find_in_modules()):
        key = (each.pattern, re.compile(each.pattern, each.flags).flags)
        if key not in found or (found[key].anchored and not each.anchored):
            found[key] = each
    return list(found.values())


def _find_in_source() -> Iterator[Expression]:
    """Yield what calls of `re` are given as constants, probes of the sandbox included."""
    trees = {path: ast.parse(path.read_text("utf-8")) for root in ROOTS for path in sorted(root.rglob("*.py"))}
    everywhere = _find_uses(list(trees.values()))
    for path, tree in trees.items():
        here = _find_uses([tree])
        for node in ast.walk(tree):
            named = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if isinstance(named, ast.Call) and _name_method(named) == "compile" and _is_constant(named):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                name = target.id if isinstance(target, ast.Name) else ""
                uses = here[name] if name.startswith("_") else everywhere[name]
                anchored = bool(uses) and uses <= _ANCHORED
                yield _make(named, anchored, f"{path.parent.name}/{path.name}:{node.lineno}")
            elif isinstance(node, ast.Call) and _name_method(node) in _METHODS and _is_constant(node):
                anchored = _name_method(node) in _ANCHORED
                yield _make(node, anchored, f"{path.parent.name}/{path.name}:{node.lineno}")


def _find_uses(trees: list[ast.Module]) -> dict[str, set[str]]:
    """Return name → methods called on it; `?` where it is used in another way."""
    uses: dict[str, set[str]] = defaultdict(set)
    for tree in trees:
        called = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _METHODS:
                uses[node.value.id].add(node.attr)
                called.add(id(node.value))
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in called:
                uses[node.id].add("?")
    return uses


def _name_method(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re":
        return function.attr
    return ""


def _is_constant(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)


def _make(call: ast.Call, anchored: bool, place: str) -> Expression:
    position = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(_name_method(call), 2)
    given = [k.value for k in call.keywords if k.arg == "flags"] + call.args[position : position + 1]
    flags = int(eval(ast.unparse(given[0]), {"re": re})) if given else 0
    assert isinstance(call.args[0], ast.Constant)
    return Expression(call.args[0].value, flags, anchored, place)


def _find_in_modules() -> Iterator[Expression]:
    """Yield what is compiled while every module is imported and every table of data is loaded."""
    seen: list[tuple[str, int, str]] = []
    real = re.compile

    def note(pattern: Any, flags: Any = 0) -> Any:
        caller = sys._getframe(1)
        if isinstance(pattern, str) and any(map(caller.f_code.co_filename.startswith, map(str, ROOTS))):
            seen.append((pattern, int(flags), f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}"))
        return real(pattern, flags)

    re.compile = note  # type: ignore[assignment]
    try:
        for name in [name for name in sys.modules if name.partition(".")[0] in {"checker", "workers"}]:
            del sys.modules[name]
        for package in ("checker", "workers"):
            for module in walk_packages(import_module(package).__path__, f"{package}."):
                if ".probes" not in module.name and not module.name.endswith("__main__"):
                    import_module(module.name)
        load_tables()
    finally:
        re.compile = real
    known = {each.pattern for each in _find_in_source()}
    for pattern, flags, place in seen:
        if pattern not in known:
            yield Expression(pattern, flags, False, place)


def load_tables() -> None:
    """Compile what the data files hold: call whatever loads without arguments, and the tables by their names."""
    for name, module in list(sys.modules.items()):
        for member in vars(module).values() if name.startswith("checker.") else ():
            if hasattr(member, "cache_info") and not inspect.signature(member).parameters:
                member()
    tables = {"checker.judging.table": "read_table", "checker.ecosystems.python.repairs.rows": "read_rows"}
    for name, function in tables.items():
        folder = Path(str(sys.modules[name].__file__)).parent / "data"
        for path in sorted(folder.glob("*.toml")):
            with suppress(ValueError):  # a list of another kind
                getattr(sys.modules[name], function)(path.stem)


if __name__ == "__main__":
    print(json.dumps([asdict(each) for each in _list_here()]))
