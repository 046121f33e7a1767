"""Reads `setup.py` without running it."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import parse_requirement
from checker.ecosystems.python.declared.formats.requirements import read_lines, read_requirements
from checker.ecosystems.python.distributions.packages import build_imports
from checker.ecosystems.python.source.parsing import UNREADABLE, parse_in
from checker.ecosystems.python.source.static import Lines, Plain, Scope, Unknown, evaluate, read_file_call
from checker.ecosystems.python.stated import Origin, PythonStatement, Requirement, Specification, Strength
from checker.ecosystems.python.version_statement import statement

_CLASSIFIER = re.compile(r"Programming Language\s*::\s*Python\s*::\s*(\d\.\d+)")
#: What every build has, asked for or not.
_ALWAYS_THERE = frozenset({"pip", "setuptools"})

#: Where the name of a requirement ends.
_NAME = re.compile(r"[<>=]")

_EXTENSIONS = frozenset({"ext_modules", "cffi_modules", "rust_extensions", "cmake_source_dir"})
_FIELDS = {"install_requires": None, "requires": None, "setup_requires": "build", "tests_require": "test"}


def read_setup_py(tree: Tree, path: str) -> Specification | None:
    """Read a setup script; None for a file of that name that sets nothing up."""
    folder = posixpath.dirname(path) or "."
    text = tree.read(path)
    base = Specification(path=path, kind="setup.py", project=folder, installs_project=True)
    try:
        module = parse_in(tree, text)
    except UNREADABLE as error:
        return _read_literal_lists(text, path, base, error) if re.search(r"\bsetup\s*\(", text) else None
    call = _find_setup_call(tree, path, module)
    return None if call is None else call.make_specification(base, module)


def read_package_dir(tree: Tree, path: str) -> dict[str, str]:
    """Return what a setup script says of `package_dir`: package → folder; `''` is the root of all others."""
    try:
        module = parse_in(tree, tree.read(path))
    except UNREADABLE:
        return {}
    call = _find_setup_call(tree, path, module)
    places = None if call is None else call.get_value("package_dir")
    if not isinstance(places, dict):
        return {}
    return {name: folder or "." for name, folder in places.items() if isinstance(folder, str)}


def _find_setup_call(tree: Tree, path: str, module: ast.Module) -> _SetupCall | None:
    """Return the last call of `setup`, which takes effect; None without one."""
    scope = Scope(tree, posixpath.dirname(path) or ".")
    calls = list(_iterate_setup_calls(module, scope))
    return _SetupCall(tree, path, scope, calls[-1]) if calls else None


def _iterate_setup_calls(module: ast.Module, scope: Scope) -> Iterator[ast.Call]:
    """Walk the statements in order, learn names, and yield the calls of `setup`."""
    for node in _flatten_statements(module.body, scope):
        _learn_names(node, scope)
        for child in ast.walk(node) if isinstance(node, ast.Expr | ast.Assign) else ():
            if isinstance(child, ast.Call) and _name_called(child) == "setup":
                yield child


def _flatten_statements(body: list[ast.stmt], scope: Scope) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            scope.functions[node.name] = node
            if _contains_setup(node):
                yield from _flatten_statements(node.body, scope)
        elif isinstance(node, ast.If):
            yield from _flatten_statements(node.body, scope)
        elif isinstance(node, ast.Try):
            yield from _flatten_statements([*node.body, *node.finalbody], scope)
        elif isinstance(node, ast.With | ast.For):
            yield node
            yield from _flatten_statements(node.body, scope)
        else:
            yield node


def _contains_setup(node: ast.AST) -> bool:
    return any(isinstance(child, ast.Call) and _name_called(child) == "setup" for child in ast.walk(node))


def _name_called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _learn_names(node: ast.stmt, scope: Scope) -> None:
    try:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            scope.names.pop(node.targets[0].id, None)
            scope.names[node.targets[0].id] = evaluate(scope, node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            _set_item(node.targets[0], node.value, scope)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            sum_ = ast.BinOp(ast.Name(node.target.id), node.op, node.value)
            scope.names[node.target.id] = evaluate(scope, sum_)
        elif isinstance(node, ast.With):
            item = node.items[0]
            if isinstance(item.optional_vars, ast.Name):
                scope.names[item.optional_vars.id] = evaluate(scope, item.context_expr)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            _extend_list(node.value, scope)
    except Unknown:
        return


def _set_item(target: ast.Subscript, value: ast.expr, scope: Scope) -> None:
    holder = evaluate(scope, target.value)
    if isinstance(holder, dict):
        holder[str(evaluate(scope, target.slice))] = evaluate(scope, value)


def _extend_list(call: ast.Call, scope: Scope) -> None:
    """Follow `name.append(x)` and `name.extend(xs)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"append", "extend"} or not call.args:
        return
    holder, value = evaluate(scope, call.func.value), evaluate(scope, call.args[0])
    if isinstance(holder, list) and len(holder) < 5000:
        holder.extend(value if call.func.attr == "extend" and isinstance(value, list) else [value])


class _SetupCall:
    """The call of `setup`, and what its arguments say."""

    def __init__(self, tree: Tree, path: str, scope: Scope, call: ast.Call) -> None:
        self.tree, self.path, self.scope = tree, path, scope
        self.unknown: list[str] = []
        self.included: list[str] = []
        self.unreadable: list[str] = []
        self.arguments: dict[str, ast.expr] = {}
        self.known: dict[str, Plain] = {}
        for keyword in call.keywords:
            if keyword.arg is not None:
                self.arguments[keyword.arg] = keyword.value
            else:
                self._merge_keywords(keyword.value)

    def _merge_keywords(self, node: ast.expr) -> None:
        if isinstance(node, ast.Call) and _name_called(node) == "dict":
            self.arguments.update({k.arg: k.value for k in node.keywords if k.arg})
            return
        try:
            value = evaluate(self.scope, node)
        except Unknown:
            self.unknown.append("**")
            return
        self.known.update(value if isinstance(value, dict) else {})

    def get_value(self, name: str) -> Plain:
        if name not in self.arguments:
            return self.known.get(name)
        try:
            return evaluate(self.scope, self.arguments[name])
        except Unknown:
            pass
        node = self.arguments[name]
        if isinstance(node, ast.Call):
            try:
                return read_file_call(self.scope, node)
            except Unknown:
                pass
        self.unknown.append(name)
        literals = [c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
        return list(literals) if isinstance(node, ast.BinOp | ast.List) else None

    def find_line(self, name: str) -> int:
        node = self.arguments.get(name)
        return node.lineno if node is not None else 1

    def make_requirements(self, value: Plain, line: int, group: str | None) -> list[Requirement]:
        if isinstance(value, Lines):
            found = read_requirements(self.tree, value.path, self.scope.folder, group)
            self.included.extend((value.path, *found.included))
            self.unreadable.extend(found.unreadable)
            return list(found.requirements)
        items = value if isinstance(value, list) else [value]
        lines = [(line, row) for item in items if isinstance(item, str) for row in item.split("\n")]
        return list(read_lines(self.tree, self.path, lines, folder=self.scope.folder, group=group).requirements)

    def make_specification(self, base: Specification, module: ast.Module) -> Specification:
        found: list[Requirement] = []
        for name, group in _FIELDS.items():
            found.extend(self.make_requirements(self.get_value(name), self.find_line(name), group))
        extras = self.get_value("extras_require")
        for extra, value in extras.items() if isinstance(extras, dict) else ():
            group = f"extra:{extra.split(':')[0]}"
            found.extend(self.make_requirements(value, self.find_line("extras_require"), group))
        project = self.get_value("name")
        build = [r for r in found if r.group == "build"]
        return base.model_copy(
            update={
                "name": project if isinstance(project, str) else None,
                "requirements": tuple(r for r in found if r.group != "build"),
                "build_requires": (*build, *_build_imports(module, self.path)),
                "python": self._read_python(),
                "dynamic": any(field in self.unknown for field in ("install_requires", "**")),
                "extensions": any(field in self.arguments or field in self.known for field in _EXTENSIONS),
                "included": tuple(dict.fromkeys(self.included)),
                "unreadable": tuple(self.unreadable),
            }
        )

    def _read_python(self) -> tuple[PythonStatement, ...]:
        said = []
        value = self.get_value("python_requires")
        if isinstance(value, str):
            line = self.find_line("python_requires")
            evidence = _make_evidence("python_requires", self.path, line, value)
            said.append(statement(value, Strength.PINNED, evidence, Origin.METADATA))
        classifiers = self.get_value("classifiers")
        texts = classifiers if isinstance(classifiers, list) else str(classifiers or "").split("\n")
        for text in texts:
            if match := _CLASSIFIER.search(str(text)):
                evidence = _make_evidence("classifier", self.path, self.find_line("classifiers"), str(text))
                said.append(statement(match[1], Strength.WEAK, evidence, Origin.CLASSIFIER))
        return tuple(s for s in said if s)


def _make_evidence(claim: str, path: str, line: int, text: str) -> Evidence:
    return Evidence(claim=claim, source=path, line=line, text=text.strip()[:300])


def _build_imports(module: ast.Module, path: str) -> Iterator[Requirement]:
    """Yield what the script itself imports at its top, beyond the standard library and setuptools."""
    seen: set[str] = set()
    for node in module.body:
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        for name in names:
            top = name.partition(".")[0]
            distribution = _NAME.split(build_imports().get(top, ""))[0]
            if distribution and distribution not in {*_ALWAYS_THERE, *seen}:
                seen.add(distribution)
                evidence = _make_evidence("the setup script imports it", path, node.lineno, f"import {name}")
                found = parse_requirement(distribution, evidence, group="build")
                yield from [found] if found else []


def _read_literal_lists(text: str, path: str, base: Specification, error: Exception) -> Specification:
    """Read the literal lists of a script that is not valid Python 3."""
    found: list[Requirement] = []
    for name, group in _FIELDS.items():
        for match in re.finditer(rf"\b{name}\s*=\s*\[(?P<items>[^\]]*)\]", text):
            line = text.count("\n", 0, match.start()) + 1
            for item in re.findall(r"[\"']([^\"'\n]+)[\"']", match["items"]):
                read = parse_requirement(item, _make_evidence("requirement", path, line, item), group=group)
                found.extend([read] if read else [])
    place = getattr(error, "lineno", None)
    said = f"{path}{f':{place}' if place else ''}: not Python 3 ({getattr(error, 'msg', error)}); read by pattern"
    python = (
        statement("2.7", Strength.WEAK, _make_evidence("Python 2 syntax", path, place or 1, ""))
        if re.search(r"^[ \t]*print[ \t]+[\"'\w]|except[ \t]+\w+[ \t]*,[ \t]*\w+:", text, re.MULTILINE)
        else None
    )
    return base.model_copy(
        update={
            "requirements": tuple(r for r in found if r.group != "build"),
            "build_requires": tuple(r for r in found if r.group == "build"),
            "dynamic": True,
            "python": (python,) if python else (),
            "unreadable": (said,),
        }
    )
