"""Reads tasks that are functions of Python: sessions of nox in a `noxfile.py`, tasks of invoke in a `tasks.py`.

`session.run("python", "main.py", *session.posargs)` → `python main.py …`. Sources: nox's documentation,
"Configuration & API", and invoke's, "Getting started".
"""

from __future__ import annotations

import ast
import posixpath
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.python.declared.runners.text import (
    MAX_TASKS,
    choose_interpreter,
    find_file,
    read_text,
    take_option,
    take_rest,
)
from checker.ecosystems.python.source.parsing import parse_module

MAX_COMMANDS = 100

#: Characters of a value that is put together, and words of a list.
MAX_VALUE = 2_000
MAX_WORDS = 200

#: What sessions of nox call → the command that it stands for.
_NOX: Mapping[str, tuple[str, ...]] = {
    "install": ("pip", "install"),
    "conda_install": ("conda", "install"),
    "run": (),
    "run_always": (),
    "run_install": (),
}

#: What knows a value: a text, or the words of a list.
_Known = str | tuple[str, ...]

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class _Values:
    """What names stand for in a function: values of the module, of its parameters, then its own."""

    known: dict[str, _Known] = field(default_factory=dict)
    given: tuple[str, ...] = ()

    def read(self, node: ast.expr | None) -> _Known | None:
        """Return what an expression is, as far as it is plain; None where it is not."""
        match node:
            case ast.Constant(value=value):
                found: _Known | None = value if isinstance(value, str) else str(value)
            case ast.Name(id=name):
                found = self.known.get(name)
            case ast.Attribute(attr="posargs"):
                found = self.given
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                found = tuple(islice(self.read_words(elements), MAX_WORDS))
            case ast.BoolOp(op=ast.Or(), values=values):
                plain = (value for value in values if not isinstance(value, ast.BoolOp))
                found = next((said for value in plain if (said := self.read(value))), ())
            case ast.IfExp(body=body) if not isinstance(body, ast.IfExp):
                found = self.read(body)
            case ast.JoinedStr():
                found = self._join(node)
            case _:
                found = None
        return found

    def read_words(self, nodes: Sequence[ast.expr]) -> Iterator[str]:
        """Yield the words that arguments are; what is not plain is left out."""
        for node in nodes:
            said = self.read(node.value if isinstance(node, ast.Starred) else node)
            if isinstance(said, str):
                yield said
            elif said is not None:
                yield from said

    def _join(self, node: ast.JoinedStr) -> str | None:
        parts = [self.read(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values]
        text = "".join(part for part in parts if isinstance(part, str))
        return text if all(isinstance(part, str) for part in parts) and len(text) <= MAX_VALUE else None

    def assign(self, node: ast.stmt) -> None:
        """Keep what an assignment of one name says."""
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target: ast.expr = node.targets[0]
        elif isinstance(node, ast.AnnAssign):
            target = node.target
        else:
            return
        said = self.read(node.value)
        if isinstance(target, ast.Name) and said is not None:
            self.known[target.id] = said


# ---------------------------------------------------------------- nox


def read_nox_commands(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read the sessions that nox is asked for, else those that its options name, else all."""
    named = take_option(words, "-f", "--noxfile") or "noxfile.py"
    path = find_file(tree, (named,), command.cwd)
    module = parse_module(tree, tree.read(path)) if path is not None else None
    if module is None or path is None:
        return
    values = _read_values(module, take_rest(words))
    asked = take_option(words, "-s", "--session", "--sessions", "-e")
    chosen = {asked, asked.partition("-")[0]} if asked else _list_default(module, values)
    for node in _list_functions(module):
        name = _name_session(node)
        if name and (not chosen or name in chosen):
            yield from _read_session(tree, path, node, values)


def list_sessions(tree: Tree, path: str) -> list[list[Command]]:
    """Return the commands of each session of a noxfile."""
    module = parse_module(tree, tree.read(path))
    if module is None:
        return []
    values = _read_values(module, ())
    nodes = [node for node in _list_functions(module) if _name_session(node)]
    return [list(islice(_read_session(tree, path, node, values), MAX_COMMANDS)) for node in nodes]


def _list_functions(module: ast.Module) -> Iterator[_Function]:
    yield from (node for node in module.body if isinstance(node, _Function))


def _read_values(module: ast.Module, given: Sequence[str]) -> _Values:
    values = _Values(given=tuple(given))
    for node in module.body:
        values.assign(node)
    return values


def _list_default(module: ast.Module, values: _Values) -> set[str]:
    """Return the sessions that run where none is named: `nox.options.sessions = ["fit"]`."""
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).endswith("options.sessions"):
            said = values.read(node.value)
            return {said} if isinstance(said, str) else set(said or ())
    return set()


def _name_session(node: _Function) -> str:
    for each in node.decorator_list:
        called = each.func if isinstance(each, ast.Call) else each
        if ast.unparse(called).endswith("session"):
            named = _find_keyword(each, "name")
            return named.value if isinstance(named, ast.Constant) and isinstance(named.value, str) else node.name
    return ""


def _find_keyword(node: ast.expr, name: str) -> ast.expr | None:
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return next((keyword.value for keyword in keywords if keyword.arg == name), None)


def _find_python(node: _Function, values: _Values) -> str:
    """Return the one interpreter that a session asks for; of several none is the reader's."""
    said = next(
        (values.read(found) for each in node.decorator_list if (found := _find_keyword(each, "python"))), ""
    )
    listed = (said,) if isinstance(said, str) else said or ()
    return listed[0] if len(listed) == 1 else ""


def _read_session(tree: Tree, path: str, session: _Function, values: _Values) -> Iterator[Command]:
    inside = _Values(dict(values.known), values.given)
    _bind_parameters(session, inside)
    yield from choose_interpreter(tree, _find_python(session, values), path, session.lineno)
    env: dict[str, str] = {}
    folder = "."
    for node in _walk_in_order(session):
        if isinstance(node, ast.stmt):
            inside.assign(node)
            env |= _read_setting(node, inside)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = [*inside.read_words(node.args)]
            if node.func.attr in {"chdir", "cd"} and len(given) == 1:
                folder = given[0]
            elif node.func.attr in _NOX and given:
                own = _read_pairs(_find_keyword(node, "env"), inside)
                text = shlex.join([*_NOX[node.func.attr], *given])
                yield from read_text(
                    tree, text, path, node.lineno, env=(*env.items(), *own.items()), folder=folder
                )


def _bind_parameters(session: _Function, values: _Values) -> None:
    """Give each parameter of a session the first value that it is run with: `parametrize("n", [1, 2])`."""
    for each in session.decorator_list:
        if isinstance(each, ast.Call) and ast.unparse(each.func).endswith("parametrize") and len(each.args) == 2:
            name, said = values.read(each.args[0]), values.read(each.args[1])
            if isinstance(name, str) and isinstance(said, tuple) and said:
                values.known[name] = said[0]


def _walk_in_order(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function in the order in which they stand."""
    left = [*ast.iter_child_nodes(function)][::-1]
    while left:
        node = left.pop()
        yield node
        left += [*ast.iter_child_nodes(node)][::-1]


def _read_setting(node: ast.stmt, values: _Values) -> dict[str, str]:
    """Return what `session.env["A"] = "b"` sets."""
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    if not (isinstance(node, ast.Assign) and isinstance(target, ast.Subscript)):
        return {}
    name, said = values.read(target.slice), values.read(node.value)
    is_env = isinstance(target.value, ast.Attribute) and target.value.attr == "env"
    return {name: said} if is_env and isinstance(name, str) and isinstance(said, str) else {}


def _read_pairs(node: ast.expr | None, values: _Values) -> dict[str, str]:
    if not isinstance(node, ast.Dict):
        return {}
    pairs = ((values.read(key), values.read(value)) for key, value in zip(node.keys, node.values, strict=True))
    return {name: said for name, said in pairs if isinstance(name, str) and isinstance(said, str)}


# ---------------------------------------------------------------- invoke


def read_invoke_commands(tree: Tree, command: Command, words: Sequence[str]) -> Iterator[Command]:
    """Read the tasks that invoke is asked for, those that they want before them first."""
    path = find_file(tree, ("tasks.py", "tasks/__init__.py"), command.cwd)
    module = parse_module(tree, tree.read(path)) if path is not None else None
    if module is None or path is None:
        return
    tasks = {node.name: node for node in _list_functions(module) if _find_task(node) is not None}
    known = {name.replace("_", "-"): name for name in tasks} | {name: name for name in tasks}
    values = _read_values(module, ())
    for at, word in enumerate(words):
        if word in known:
            given = _Values({**values.known, **_read_options(words[at + 1 :], known)})
            yield from _read_task(tree, path, (known[word], tasks), given, set())


def _read_options(words: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the options behind a task's name, up to the next task: `--steps 3`, `--steps=3`."""
    found: dict[str, str] = {}
    for at, word in enumerate(words):
        if word in known:
            break
        name, joined, value = word.partition("=")
        if name.startswith("--") and (joined or words[at + 1 : at + 2]):
            found[name[2:].replace("-", "_")] = value if joined else words[at + 1]
    return found


def _find_task(node: _Function) -> ast.expr | None:
    return next((each for each in node.decorator_list if _name_decorator(each).endswith("task")), None)


def _name_decorator(node: ast.expr) -> str:
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def _read_task(
    tree: Tree,
    path: str,
    which: tuple[str, Mapping[str, _Function]],
    values: _Values,
    seen: set[str],
) -> Iterator[Command]:
    """Read a task, `which` of those that there are, with the `values` that it is given."""
    name, tasks = which
    seen.add(name)
    decorator = _find_task(tasks[name])
    before = [*decorator.args] if isinstance(decorator, ast.Call) else []
    listed = _find_keyword(decorator, "pre") if decorator is not None else None
    before += listed.elts if isinstance(listed, ast.List | ast.Tuple) else []
    for each in before:
        if isinstance(each, ast.Name) and each.id in tasks and each.id not in seen and len(seen) < MAX_TASKS:
            yield from _read_task(tree, path, (each.id, tasks), values, seen)
    inside = _Values({**_list_defaults(tasks[name], values), **values.known})
    folder = "." if posixpath.basename(path) == "tasks.py" else ".."
    for node in _walk_in_order(tasks[name]):
        if isinstance(node, ast.stmt):
            inside.assign(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            text = inside.read(node.args[0])
            if node.func.attr == "cd" and isinstance(text, str):
                folder = text
            elif node.func.attr in {"run", "sudo"} and isinstance(text, str):
                own = _read_pairs(_find_keyword(node, "env"), inside)
                yield from read_text(tree, text, path, node.lineno, env=tuple(own.items()), folder=folder)


def _list_defaults(function: _Function, values: _Values) -> dict[str, _Known]:
    named = function.args.args[len(function.args.args) - len(function.args.defaults) :]
    pairs = ((arg.arg, values.read(value)) for arg, value in zip(named, function.args.defaults, strict=True))
    return {name: said for name, said in pairs if said is not None}
