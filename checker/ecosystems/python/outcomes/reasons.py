"""Explains why Python code stopped: the tables' judgement, and what the tree knows of modules and libraries."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.core.values.plans import Evidence, Phase
from checker.core.values.results import Blame, Cause, StepResult
from checker.ecosystems.python.code.built_modules import find_built_modules
from checker.ecosystems.python.code.defined_names import is_of_its_own
from checker.ecosystems.python.outcomes.modules import (
    find_module_cause,
    find_own_library,
    is_built_by_gpu_tools,
    is_in_tree,
)
from checker.ecosystems.system_packages import find_for_command
from checker.judging.causes import CAUSES, make_cause
from checker.judging.failure_text import select_telling_texts, strip_frames
from checker.judging.import_report import read_import_errors
from checker.judging.judge import FailureText, Judgement, judge
from checker.judging.paths import judge_path

_NO_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named ['\"]?(?P<name>[A-Za-z_][\w.]*)")
_FRAME = re.compile(r'^[ \t]*File "(?P<file>[^"\n]+)", line \d+', re.MULTILINE)

#: Rows that say that a module is missing, and not why.
_MODULE_ROWS = frozenset({"module", "module_part"})


@dataclass(frozen=True)
class Reason:
    """Why something stopped. `is_limit`: it had worked as far as a check can take it; `claim` is for evidence.

    `modules` are those that were not found, where that is why.
    """

    name: str
    is_limit: bool
    claim: str = ""
    judgement: Judgement | None = None
    rule: str = ""
    modules: tuple[str, ...] = ()

    @property
    def is_general(self) -> bool:
        """Whether it says that an error was raised, and no more."""
        return self.judgement is not None and self.judgement.row.general

    @property
    def is_about_path(self) -> bool:
        """Whether it is about a path that could not be opened."""
        return self.judgement is not None and bool(self.judgement.path)

    def make_cause(self, *evidence: Evidence) -> Cause:
        """Return the cause with its evidence."""
        if self.judgement is not None and self.judgement.row.cause == self.name:
            return self.judgement.make_cause(*evidence, modules=self.modules)
        rule = self.judgement.row.name if self.judgement else self.rule
        return make_cause(self.name, *evidence, rule=rule, modules=self.modules)

    def quote(self, log: str) -> Evidence:
        """Return the line that decided as evidence."""
        if self.judgement is None:
            return Evidence(claim=self.claim, source="log", text=log.strip()[-300:])
        quoted = self.judgement.quote(log)
        return quoted.model_copy(update={"claim": self.claim}) if self.claim else quoted


def make_reason(name: str, claim: str = "") -> Reason:
    """Return the reason of that name, where no row of a table gave it away."""
    return Reason(name, is_limit=CAUSES[name].limit, claim=claim)


def explain(said: Iterable[FailureText], tree: Tree, phase: Phase = Phase.START) -> Reason | None:
    """Return what the most telling of several texts means; one that says no more than `error` gives way."""
    general: Reason | None = None
    for each in said:
        found = _explain_one(each, tree, phase)
        if found is not None and not found.is_general:
            return found
        general = general or found
    return general


def explain_step(result: StepResult, tree: Tree) -> Reason | None:
    """Return what the log of a step means that ran code of the repository.

    Modules are imported apart from one another: one that the repository owes explains before one that only the
    check cannot have.
    """
    phase, apart = result.step.phase, [FailureText(text) for text in read_import_errors(result)]
    owed = (reason for text in apart if (reason := explain([text], tree, phase)) and _is_owed(reason))
    return next(owed, None) or explain([*apart, *map(FailureText, select_telling_texts(result.log))], tree, phase)


def _is_owed(reason: Reason) -> bool:
    return not reason.is_general and CAUSES[reason.name].blame is Blame.REPOSITORY


def _explain_one(said: FailureText, tree: Tree, phase: Phase) -> Reason | None:
    found = judge([said], phase, tree)
    message = strip_frames(said.text)
    if is_built_by_gpu_tools(message, tree):
        claim = f"loads what is built of CUDA code: {message.strip()}"
        return Reason("needs_gpu_toolchain", is_limit=False, claim=claim[:300])
    if found is None:
        return None
    absent = _NO_MODULE.search(message)
    if absent is not None and (found.row.name in _MODULE_ROWS or is_in_tree(absent["name"], tree)):
        return _explain_module(absent["name"].rstrip("."), said.text, tree, found)
    return _explain_found(found, message, said.text, tree)


def _explain_found(found: Judgement, message: str, whole: str, tree: Tree) -> Reason:
    """Explain a judgement that is not about a module which is not found, by what the tree knows."""
    if found.row.cause == "missing_compiler_or_command" and (name := _find_foreign_program(found, tree)):
        return Reason("needs_program", is_limit=False, claim=f"wants the program {name}", judgement=found)
    if found.row.cause == "missing_system_library" and (cause := find_own_library(message, tree)):
        return Reason(cause, is_limit=False, claim=f"loads {found.line.strip()}"[:300], judgement=found)
    if found.row.name == "module_file" and (script := _SCRIPT.search(message)) is not None:
        named = judge_path(script[1], tree)
        cause = found.row.cause if named.limit else named.cause
        return Reason(cause, is_limit=False, claim=f"wants {script[1]}", judgement=found)
    if found.row.name == "own_module_lacks":
        return _explain_lacking(found, tree)
    is_there = found.path.removeprefix(f"{SOURCE}/").removeprefix("./") in tree
    is_refused = is_there and _NOT_ABSENT.search(message) is not None
    if is_refused or (found.row.name == "changed_interface" and is_of_its_own(message, whole, tree)):
        return make_reason("crash", found.line.strip()[:300])
    claim = f"wants {found.path}" if found.path else ""
    return Reason(found.row.cause, found.row.limit, claim, found)


_NOT_ABSENT = re.compile(r"Permission denied|Is a directory|Not a directory")
_SCRIPT = re.compile(r"can't open file '([^'\n]{1,300})'")

_PROGRAM = re.compile(
    r"No such file or directory: '([\w.+-]{1,40})'|([\w.+-]{1,40}): (?:command )?not found[ \t]*$", re.M
)


def _find_foreign_program(found: Judgement, tree: Tree) -> str:
    """Return the program that is not there, where neither the tree nor a known package holds it; '' else."""
    named = _PROGRAM.search(found.match[0])
    name = (named[1] or named[2]) if named is not None else ""
    held = any(path.rpartition("/")[2] == name or f"/{name}." in f"/{path}" for path in tree.files)
    return "" if held or find_for_command(name) or name.endswith((".py", ".sh")) else name


def _explain_module(name: str, text: str, tree: Tree, found: Judgement) -> Reason:
    why = find_module_cause(name, tree)
    if why == "missing_in_repository" and _is_asked_by_package(text):
        why = "undeclared_dependency"  # only what the repository's own code imports can be missing in it
    return Reason(why, is_limit=False, claim=f"no module named {name}", judgement=found, modules=(name,))


def _explain_lacking(found: Judgement, tree: Tree) -> Reason:
    """Explain a name that a module of the tree lacks: not compiled, never committed, or asked for in a circle."""
    name, file = found.match["name"], found.match["file"]
    folder = posixpath.dirname(file)
    dotted = f"{folder}/{name}".strip("/").replace("/", ".")
    claim = f"{file} has no {name}"
    if any(made.serves(dotted) for made in find_built_modules(tree)):
        return Reason("not_built", is_limit=False, claim=claim, judgement=found)
    there = f"{folder}/{name}.py".lstrip("/") in tree or f"{folder}/{name}".lstrip("/") in tree.folders
    is_inside = posixpath.basename(file) != "__init__.py"
    if found.match["partial"] and (is_inside or there or re.search(rf"\b{name}\b", tree.read(file))):
        return Reason("import_error", is_limit=False, claim=found.line.strip()[:300], judgement=found)
    return Reason(found.row.cause, found.row.limit, claim, found)


def _is_asked_by_package(text: str) -> bool:
    """Whether the innermost frame of a traceback, import machinery aside, lies in an installed package."""
    files = [found["file"] for found in _FRAME.finditer(text)]
    asking = [file for file in files if not file.startswith("<") and "/importlib/" not in file]
    return bool(asking) and "/site-packages/" in asking[-1]
