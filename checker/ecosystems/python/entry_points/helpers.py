"""Tells the main program from others, and both from helpers: plots, converters, what needs nothing installed."""

from __future__ import annotations

import ast
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from checker.core.tree import MAX_TEXT, Tree, join, once_per_tree
from checker.core.values.plans import Program, Standing
from checker.ecosystems.instructions.folders import Folder, find_meaning, find_meanings
from checker.ecosystems.instructions.roles import BEFORE_THE_START, HELPING, Role, find_role, is_program
from checker.ecosystems.python.code.local_modules import LocalModules
from checker.ecosystems.python.code.third_party import ThirdPartyModule
from checker.ecosystems.python.entry_points.argument_parsers import has_effects
from checker.ecosystems.python.entry_points.entry_point import EntryKind, EntryPoint
from checker.ecosystems.python.import_value import Import
from checker.ecosystems.python.source.parsing import parse_module

#: Files followed from one script: past them it is taken to need something.
MOST_FILES = 400

#: What starts the rest of the code as a process of its own, or prints how, so that it need not import it.
_STARTS_OTHERS = re.compile(
    r"\bsubprocess\b|\bos\.(?:system|popen|exec|spawn)|\bmultiprocessing\b|\brunpy\b"
    r"|\"\s*[!%](?:\w+=\S+ )*(?:python|bash|sh|run)\b"
    r"|\b(?:print|write)\([^\n]{0,80}\bpython[\d.]* [^\n]{0,80}\.py\b"
)


def leave_out_helpers(
    entries: Sequence[EntryPoint],
    imports: Iterable[Import],
    local: LocalModules,
    wanted: Iterable[ThirdPartyModule],
) -> tuple[EntryPoint, ...]:
    """Return the entry points without helpers: scripts that reach no module of others, by their own imports.

    That a script which renames files ends well does not show that the model beside it runs. Where all that can be
    started is such, or nothing of others is wanted at all, everything is kept; so are the program itself, by its
    name, and what is no file of Python.
    """
    outside = {item.path for module in wanted for item in module.imports}
    if not outside:
        return tuple(entries)
    by_file: dict[str, list[Import]] = defaultdict(list)
    for item in imports:
        by_file[item.path].append(item)
    helpers = {entry.script for entry in entries if _may_help(entry)}
    helpers = {script for script in helpers if not _has_third_party_import(script, outside, by_file, local)}
    kept = [entry for entry in entries if entry.script not in helpers]
    if not any(entry.kind is not EntryKind.NOTEBOOK for entry in kept):
        back = [entry for entry in entries if entry.script in helpers and entry.kind is not EntryKind.NOTEBOOK]
        kept += back if not kept or any(entry.declared for entry in back) else []
    return tuple(kept) or tuple(entries)


def _may_help(entry: EntryPoint) -> bool:
    return entry.script.endswith((".py", ".ipynb")) and not is_program(entry.script)


def _has_third_party_import(
    script: str, outside: set[str], by_file: Mapping[str, Sequence[Import]], local: LocalModules
) -> bool:
    """Whether a script comes to a file that imports other people's modules, through files of the repository."""
    waiting, seen = [script], {script}
    while waiting:
        path = waiting.pop()
        if path in outside or len(seen) > MOST_FILES or _starts_others(local.tree, path):
            return True
        for item in by_file.get(path, ()):
            place = local.locate(item)
            if place is None or not place.found:
                continue
            for near in _list_files(place.path, item, local):
                if near not in seen:
                    seen.add(near)
                    waiting.append(near)
    return False


@once_per_tree
def _starts_others(tree: Tree, path: str) -> bool:
    """Whether a file starts others as processes; of a long notebook only the beginning is searched."""
    return _STARTS_OTHERS.search(tree.read(path)[:MAX_TEXT]) is not None


def _list_files(path: str, item: Import, local: LocalModules) -> Iterable[str]:
    """Return the file of a module, and those of the names taken from it that may be modules as well."""
    yield path
    folder = posixpath.dirname(path) if posixpath.basename(path) == "__init__.py" else path
    for name in item.names:
        for candidate in (f"{folder}/{name}.py", f"{folder}/{name}/__init__.py"):
            if candidate in local.tree:
                yield candidate


def leave_out_preparation(entries: Sequence[EntryPoint]) -> tuple[EntryPoint, ...]:
    """Return the entry points without those that only bring data into place, unless there are no others.

    Raw data converted, or asked for, is no sign that the program that uses it can be started. What pages show and
    what was only found are looked at apart: a program that no page names is no reason to leave a command out.
    """
    programs = {entry.declared for entry in entries if _is_program(entry)}
    return tuple(entry for entry in entries if entry.declared not in programs or not _is_preparation(entry.script))


def _is_program(entry: EntryPoint) -> bool:
    return entry.kind is not EntryKind.NOTEBOOK and not _is_preparation(entry.script)


def _is_preparation(script: str) -> bool:
    """Whether a script brings data into place, by its name or its folder (`data/burgers/main.py`).

    Narrower than what is ranked last: that is tried later, this is not tried at all.
    """
    if not script.endswith(".py"):
        return False
    own = find_meaning(posixpath.basename(posixpath.dirname(script)))
    made_there = own is Folder.PREPARATION or Folder.DATA in find_meanings(script)
    return made_there or find_role(script) in BEFORE_THE_START


#: What a script imports that opens windows.
_WINDOWS = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:[tT]kinter|PyQt\d|PySide\d?|wx)\b", re.MULTILINE)


def name_programs(tree: Tree, entries: Iterable[EntryPoint]) -> dict[str, Program]:
    """Return the programs that entry points start, by their script or name, each with its standing.

    The main program is the one that the pages' commands start most often, of equals the first on its page, helpers
    aside; where no page has a command, the first to be tried. Helpers are known by their names, by the windows
    that they open, as they only import, and as notebooks that no page gives where pages give commands. Where all
    are such, none is one.
    """
    own: dict[str, list[EntryPoint]] = defaultdict(list)
    for entry in entries:
        own[name_program(entry)].append(entry)
    given = {name for name, mine in own.items() if any(entry.declared for entry in mine)}
    commands = any(own[name][0].kind is not EntryKind.NOTEBOOK for name in given)
    helpers = {name for name, mine in own.items() if _serves(tree, mine[0], commands and name not in given)}
    helpers = helpers if helpers != own.keys() else set()
    able = [name for name in own if name not in helpers]
    main = min(able, key=lambda name: _rank_as_main(name, own[name]), default="")
    standings = {name: Standing.HELPER if name in helpers else Standing.OTHER for name in own} | {
        main: Standing.MAIN
    }
    return {name: Program(name=name, standing=standings[name]) for name in own}


def name_program(entry: EntryPoint) -> str:
    """Return by what a program is known: its file, else its command."""
    return entry.script or entry.name


def _serves(tree: Tree, entry: EntryPoint, is_beside: bool) -> bool:
    """Whether an entry point helps another; `is_beside`: pages give commands, and this is not among them."""
    if find_role(name_program(entry)) in HELPING or (is_beside and entry.kind is EntryKind.NOTEBOOK):
        return True
    if is_before_the_start(tree, entry):
        return True
    return not is_program(entry.script) and _WINDOWS.search(tree.read(entry.script)[:MAX_TEXT]) is not None


def is_before_the_start(tree: Tree, entry: EntryPoint) -> bool:
    """Whether an entry point only makes ready for others, or looks whether all is there."""
    return find_role(name_program(entry)) in BEFORE_THE_START or only_imports(tree, entry.script)


#: Names of scripts that may do no more than look whether all is there.
_LOOKS = re.compile(
    r"(?i)(?:\A|[_-])(?:tests?|check|verify|sanity|smoke|try|imports?|install\w{0,6}|env\w{0,12})(?=[_.-]|\d)"
)


@once_per_tree
def only_imports(tree: Tree, script: str) -> bool:
    """Whether a script only looks whether modules are there, also by its name: `import net` in `test.py`.

    A module of the tree that works as it is imported makes it a program.
    """
    looks = script.endswith(".py") and _LOOKS.search(posixpath.basename(script)) is not None
    module = parse_module(tree, tree.read(script)) if looks else None
    if module is None or not module.body or not all(map(_only_looks, module.body)):
        return False
    folder = posixpath.dirname(script)
    names = [name.replace(".", "/") for node in ast.walk(module) for name in _list_names(node)]
    files = (join(folder, f"{name}{tail}") for name in names for tail in (".py", "/__init__.py"))
    return bool(names) and not any(file in tree and has_effects(tree, tree.read(file)) for file in files)


def _list_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


#: Calls that ask what is there.
_ASKS = re.compile(
    r"(?:\A|[\w)]\.)(?:is_available|device_count|get_device_name|version|format|join|str|import_module)\Z"
)
_SAYS = frozenset({"print", "sys.exit", "exit"})


def _only_looks(node: ast.stmt) -> bool:
    """Whether a statement imports, prints what was imported, or says that an import failed."""
    if isinstance(node, ast.Try | ast.If | ast.With):
        handled = [line for each in getattr(node, "handlers", ()) for line in each.body]
        return all(map(_only_looks, [*node.body, *handled, *getattr(node, "orelse", ())]))
    if isinstance(node, ast.Assert):
        return not _list_calls(node)
    if not isinstance(node, ast.Expr):
        return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass)
    if isinstance(node.value, ast.Call):
        plain = not any(isinstance(each, ast.Subscript) for each in ast.walk(node))
        return plain and ast.unparse(node.value.func) in _SAYS and not _list_calls(*node.value.args)
    return isinstance(node.value, ast.Constant)


def _list_calls(*nodes: ast.AST) -> list[str]:
    """Return what is called within syntax, but for what only asks what is there."""
    called = (ast.unparse(n.func) for node in nodes for n in ast.walk(node) if isinstance(n, ast.Call))
    return [name for name in called if not _ASKS.search(name)]


def _rank_as_main(name: str, mine: Sequence[EntryPoint]) -> tuple[bool, bool, bool, int, Places]:
    """Return the lower the better: given by a page, no tool by its name, called most, the first of its page.

    Within a shell script that a page has its reader start, the first of it. Where no page gives it, a name of a
    program's goes before others.
    """
    places = [_list_places(entry) for entry in mine if entry.declared and entry.evidence]
    called = max(entry.called for entry in mine)
    is_tool = find_role(name) is Role.TOOL
    return not places, is_tool, not (places or is_program(name)), -called, min(places, default=())


#: Where a command stands: on a page, and in the scripts through which it is started.
Places = tuple[tuple[str, int], ...]


def _list_places(entry: EntryPoint) -> Places:
    return tuple((place.source, place.line or 0) for place in entry.evidence)
