"""Python as an ecosystem: what `checker.ecosystems.base.Ecosystem` asks for."""

from __future__ import annotations

from collections.abc import Sequence

from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Evidence
from checker.core.values.results import Attempt, Missing, StepResult
from checker.ecosystems.base import Detection, Facts, Prepared, RunStep, close_nothing
from checker.ecosystems.instructions.binder import find_binder_folder, follows_binder
from checker.ecosystems.instructions.main_language import MOST_OF_A_FILE, Part, find_other_main
from checker.ecosystems.instructions.scripts import find_scripts, is_made_of_scripts
from checker.ecosystems.python.code.imports import is_apart
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.declared.vendored import find_forked_library
from checker.ecosystems.python.distributions.table import covers, may_bring
from checker.ecosystems.python.entry_points.entry_point import Origin
from checker.ecosystems.python.import_value import Import
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.outcomes.interpret import interpret
from checker.ecosystems.python.planning.consult import consult
from checker.ecosystems.python.planning.missing import find_missing_files, find_missing_modules
from checker.ecosystems.python.planning.next_plan import repair
from checker.ecosystems.python.planning.plan import make_plans
from checker.ecosystems.python.planning.printed_commands import plan_printed_commands
from checker.ecosystems.python.planning.resolve import prepare
from checker.ecosystems.python.repairs.diagnosis import name_drift
from checker.ecosystems.python.source.notebooks import read_notebook
from checker.ecosystems.python.source.parsing import forget_syntax
from checker.ecosystems.python.survey import survey
from checker.ecosystems.python.tools import Tools

name = "python"


class PythonProject:
    """A tree with Python code: the tree keeps what was read, the project what the index said."""

    def __init__(self, tree: Tree, detection: Detection, knowledge: Knowledge) -> None:
        self.tree = tree
        self.detection = detection
        self.knowledge = knowledge

    def make_plans(self) -> tuple[BuildPlan, ...]:
        """Plan the main project as published and at its date."""
        made = make_plans(self.tree, self.knowledge)
        forget_syntax(self.tree)
        return made

    def prepare(self, plan: BuildPlan, tools: Tools, run: RunStep) -> Prepared:
        """Resolve in the sandbox, and fetch wheels with the trusted uv."""
        return prepare(plan, tools.python, run)

    def ask(self, attempts: Sequence[Attempt], tools: Tools) -> None:
        """Ask the index about the distributions that the next repair may add."""
        self.knowledge = consult(self.tree, self.knowledge, attempts, tools.python)

    def repair(self, attempts: Sequence[Attempt]) -> BuildPlan | None:
        """Return the next repaired plan."""
        return repair(self.tree, self.knowledge, attempts)

    def interpret(self, result: StepResult, plan: BuildPlan) -> StepResult:
        """Judge a step by its reports and its log, and what only crashed by the repairs' tables."""
        judged = name_drift(interpret(self.tree, result, plan))
        return judged.model_copy(update={"further": plan_printed_commands(self.tree, judged, plan)})

    def find_missing(self, attempts: Sequence[Attempt]) -> tuple[Missing, ...]:
        """List what the code imports or the author's commands name, and that was never committed."""
        return find_missing(self.tree, attempts, self.knowledge.repository)

    close = close_nothing


def open(tree: Tree, facts: Facts) -> PythonProject | None:
    """Open a tree that holds scripts, packages or notebooks."""
    detection = _detect(tree)
    if detection is None:
        return None
    known = Knowledge(
        repository=facts.repository,
        code_date=facts.code_date,
        today=facts.today,
        interpreters=facts.list_versions(name),
    )
    return PythonProject(tree, detection, known)


def find_missing(tree: Tree, attempts: Sequence[Attempt], repository: str = "") -> tuple[Missing, ...]:
    """List modules that exist nowhere, and files that the author's commands name and that were never committed.

    What a library lacks that the project is a fork of is its authors' affair.
    """
    seen = survey(tree)
    forked = find_forked_library(tree, seen.project.folder, repository)
    imports = [
        item for item in seen.scan.imports if not forked or not item.path.startswith((f"{forked}/", "tests/"))
    ]
    installed = {line for attempt in attempts for line in (*attempt.plan.requirements, *attempt.plan.lock)}
    python = next((a.plan.interpreter for a in reversed(attempts) if a.plan.interpreter), "3.8")

    def covered(item: Import) -> bool:
        return covers(installed, item) or may_bring(installed, item.module)

    modules = find_missing_modules(seen.local, imports, covered, python)
    return (*modules, *find_missing_files(tree, seen.statements.commands))


def _detect(tree: Tree) -> Detection | None:
    """Count Python's files; an environment of Python's makes scripts of a shell's count, where they are all."""
    scripts = find_scripts(tree)
    files = sum(_is_python(tree, path) or scripts.get(path) == "Python" for path in tree.files)
    if not files and not is_made_of_scripts(tree):
        return None
    seen = survey(tree)
    stated = [spec for spec in seen.specifications if spec.runtime or spec.dynamic or spec.installs_project]
    if not files and not any(spec.kind != "readme" for spec in stated) and not follows_binder(tree):
        return None
    files = files or sum(language == "Shell" for language in scripts.values())
    evidence = tuple(Evidence(claim=f"states dependencies ({spec.kind})", source=spec.path) for spec in stated)
    evidence = evidence or tuple(r.evidence for r in seen.runtime[:1])
    is_declared = bool(stated) or any(name in tree for name in PROJECT_FILES)
    by_convention = follows_binder(tree) or find_binder_folder(tree) is not None
    beside = None if by_convention else _find_other_main(tree, is_declared=is_declared)
    return Detection(ecosystem=name, files=files, declared=bool(evidence), evidence=evidence, beside=beside)


def _is_python(tree: Tree, path: str) -> bool:
    """Whether a file is a module or a notebook of Python's; one that cannot be read counts."""
    return path.endswith(".py") or (path.endswith(".ipynb") and read_notebook(tree, path).language == "python")


def _find_other_main(tree: Tree, *, is_declared: bool) -> Evidence | None:
    """Say that Python only helps a program in another language, by what its pages start and how much there is."""
    seen = survey(tree)
    own = [path for path in tree.files if _is_python(tree, path) and not is_apart(path)]
    characters = sum(
        len(read_notebook(tree, path).text) if path.endswith(".ipynb") else min(tree.size(path), MOST_OF_A_FILE)
        for path in own
    )
    is_started = any(entry.origin is Origin.PAGE for entry in seen.entry_points)
    part = Part(language="Python", characters=characters, is_started=is_started, is_declared=is_declared)
    return find_other_main(tree, part)
