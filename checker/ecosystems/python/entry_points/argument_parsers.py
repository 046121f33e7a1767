"""Tells how a script reads its command line, and with it how it can be asked for its usage."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import PurePosixPath

from checker.core.data_files import load_rows
from checker.core.tree import Tree, join
from checker.core.values.base import Value
from checker.ecosystems.python.source.parsing import parse_module


class Parser(StrEnum):
    """What reads a script's command line; `argv` is the script itself, `none` nothing at all."""

    ARGPARSE = "argparse"
    CLICK = "click"
    TYPER = "typer"
    FIRE = "fire"
    HYDRA = "hydra"
    ABSL = "absl"
    TYRO = "tyro"
    HF = "transformers"
    JSONARGPARSE = "jsonargparse"
    OPTPARSE = "optparse"
    DOCOPT = "docopt"
    CONFIG = "config"
    ARGV = "argv"
    NONE = "none"


class Row(Value):
    """One row of data/parsers.toml, explained there."""

    name: Parser
    pattern: str
    usage: tuple[str, ...] | None = None
    example: str


@cache
def read_rows() -> Mapping[str, Row]:
    """Return all rows in their order."""
    return load_rows(__package__, "parsers.toml", Row)


def find(name: str) -> Row | None:
    """Return the row of a parser ("click")."""
    return read_rows().get(name)


def find_usage(parser: Parser) -> tuple[str, ...] | None:
    """Return what to append to a command so that it prints its usage; None where nothing prints it."""
    row = find(parser)
    return None if row is None else row.usage


_MAIN = re.compile(r"^[ \t]*if[ \t]*(?:\([ \t]*)?__name__\s*==\s*['\"]__main__['\"]", re.MULTILINE)
_POSITIONAL = re.compile(r"\.add_argument\(\s*['\"](?!-)(?P<name>\w[\w-]*)['\"](?P<rest>[^)]*)\)")
_DISTRIBUTED = re.compile(
    r"init_process_group\(|\benviron(?:\[|\.get\()\s?[\"'](?:LOCAL_)?RANK[\"']|torch\.distributed\.launch|init_dist\(|init_distributed|deepspeed\.initialize\(|hvd\.init\("
)
_CUDA_AT_IMPORT = re.compile(r"^(?:torch\.cuda\.(?:set_device|init)|.*\.cuda\(\))", re.MULTILINE)
_WEAK = frozenset({Parser.NONE, Parser.ARGV, Parser.CONFIG})
_IMPORTED = re.compile(r"^[ \t]*from[ \t]+(\.*+)([\w.]+)[ \t]+import|^[ \t]*import[ \t]+()([\w.]+)", re.MULTILINE)
_TELLING = re.compile(r"(?i)(opt|arg|config|cfg|param|setting|main|cli|util|train|parser|flags|command)")

#: What reads the command line of whoever imports it.
_PARSES_AT_IMPORT = re.compile(r"^(?!def |class |\s)[^\n#]{0,120}\bparse_(?:known_)?args\(", re.MULTILINE)

#: Statements that define or prepare.
_QUIET = (
    ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign
    | ast.AnnAssign | ast.Try | ast.If | ast.Pass | ast.Assert
)  # fmt: skip


class ScriptFacts(Value):
    """What a script's source says about starting it.

    `runs` holds where it has a main guard or statements on its own level that do something, and is no part of a
    workflow that hands it its files; `positionals` are required arguments by their order; `defaults` is False
    where it cannot start without arguments.
    """

    path: str
    parser: Parser
    guarded: bool
    runs: bool
    positionals: tuple[str, ...] = ()
    required_options: tuple[str, ...] = ()
    distributed: bool = False
    cuda_at_import: bool = False

    @property
    def usage(self) -> tuple[str, ...] | None:
        """What to append to the command to have its usage printed."""
        return find_usage(self.parser)


def read_script(tree: Tree, path: str, parser_hint: Parser = Parser.NONE) -> ScriptFacts:
    """Read from a script's source how it is started; `parser_hint` counts where the source shows no parser."""
    text = tree.read(path)
    found = find_parser(text)
    required = re.findall(r"\.add_argument\(\s*(['\"])(--[\w-]+)\1[^)]*required\s*=\s*True", text)
    optional = re.compile(r"nargs\s*=\s*['\"][?*]|default\s*=")
    positionals = [match["name"] for match in _POSITIONAL.finditer(text) if not optional.search(match["rest"])]
    return ScriptFacts(
        path=path,
        parser=parser_hint if found in _WEAK and parser_hint is not Parser.NONE else found,
        guarded=bool(_MAIN.search(text)),
        runs=(bool(_MAIN.search(text)) or has_effects(tree, text)) and not is_workflow_script(text),
        positionals=tuple(positionals[:20]),
        required_options=tuple(option for _, option in required[:20]),
        distributed=bool(_DISTRIBUTED.search(text)),
        cuda_at_import=bool(_CUDA_AT_IMPORT.search(text)),
    )


_HANDED = re.compile(r"(?<![\w.])snakemake\.(?:input|output|params|wildcards|config|threads|log|resources|rule)\b")
_ALONE_AS_WELL = re.compile(r"import[^\n]{0,200}\bsnakemake\b|['\"]snakemake['\"] (?:not )?in\b|except NameError")


def is_workflow_script(text: str) -> bool:
    """Whether a script works with what Snakemake hands it, which nobody else does: it is started by no command."""
    return _HANDED.search(text) is not None and _ALONE_AS_WELL.search(text) is None


def find_parser(text: str) -> Parser:
    """Return what reads the command line according to a source text."""
    return next((row.name for row in read_rows().values() if re.search(row.pattern, text)), Parser.NONE)


def has_effects(tree: Tree, text: str) -> bool:
    """Whether a source text does something besides defining when it is run."""
    module = parse_module(tree, text)
    if module is None:
        return False
    for node in module.body:
        if isinstance(node, _QUIET):
            continue
        if isinstance(node, ast.Expr):
            call = node.value
            if not isinstance(call, ast.Call):
                continue
            name = ast.unparse(call.func)
            if re.search(
                r"(path\.|warnings|seed|logging|environ|matplotlib|plt\.rc|register|set_\w+|append)", name
            ):
                continue
        return True
    return False


def find_imported_parser(tree: Tree, path: str, text: str, *, further: bool = True) -> Parser:
    """Find the parser one step away: `from options import TestOptions`, `from utils.config import get_args`.

    A package that only passes on what its modules hold (`from .options import *`) is looked through.
    """
    for candidate, telling in _find_imported(tree, path, text):
        held = tree.read(candidate)
        found = read_script(tree, candidate).parser if telling or _PARSES_AT_IMPORT.search(held) else None
        if further and found in _WEAK and candidate.endswith("__init__.py"):
            found = find_imported_parser(tree, candidate, held, further=False)
        if found is not None and found not in _WEAK:
            return found
    return Parser.NONE


#: Files that are read for the options of one script.
MOST_OPTION_FILES = 12


def read_option_files(tree: Tree, path: str, text: str) -> Iterator[str]:
    """Yield the text of files that declare options for a script: those that it imports, and those that these do.

    Only files whose name says so: `options/base_options.py`, `parameters.py`.
    """
    waiting, seen = [(path, text)], {path}
    while waiting:
        for candidate, telling in _find_imported(tree, *waiting.pop(0)):
            if telling and candidate not in seen and len(seen) <= MOST_OPTION_FILES:
                held = tree.read(candidate)
                seen.add(candidate)
                waiting.append((candidate, held))
                yield held


def _find_imported(tree: Tree, path: str, text: str) -> Iterator[tuple[str, bool]]:
    """Yield the files of the tree that a file imports, and whether their names speak of options."""
    folder = PurePosixPath(path).parent
    bases = [str(folder), *(str(parent) for parent in folder.parents)]
    for match in _IMPORTED.finditer(text):
        name = (match[2] or match[4] or "").replace(".", "/")
        telling = _TELLING.search(name) is not None
        for candidate in _list_candidates(name, bases if telling else bases[:1]):
            if candidate in tree and candidate != path:
                yield candidate, telling


def _list_candidates(name: str, bases: Iterable[str]) -> Iterator[str]:
    for base in bases:
        for tail in (f"{name}.py", f"{name}/__init__.py", f"{name}/base_options.py"):
            yield join(base, tail)
        yield join(base, f"{posixpath.dirname(name)}/base_options.py")
