"""Python as an ecosystem: what `checker.ecosystems.base.Ecosystem` asks for, one name each."""

from __future__ import annotations

from collections.abc import Sequence

from checker.core.results import Attempt, Missing
from checker.core.tree import Tree
from checker.ecosystems.python.detection import detect
from checker.ecosystems.python.distributions.table import covers, may_bring
from checker.ecosystems.python.import_value import Import
from checker.ecosystems.python.outcomes.interpret import interpret
from checker.ecosystems.python.planning.consult import consult
from checker.ecosystems.python.planning.missing import missing_files, missing_modules
from checker.ecosystems.python.planning.next_plan import repair
from checker.ecosystems.python.planning.plan import plans
from checker.ecosystems.python.planning.resolve import prepare
from checker.ecosystems.python.survey import survey

name = "python"


def missing(tree: Tree, attempts: Sequence[Attempt]) -> tuple[Missing, ...]:
    """List modules that exist nowhere, and files that the author's commands name and that were never committed."""
    seen = survey(tree)
    installed = {line for attempt in attempts for line in (*attempt.plan.requirements, *attempt.plan.lock)}
    python = next((a.plan.interpreter for a in reversed(attempts) if a.plan.interpreter), "3.8")

    def covered(item: Import) -> bool:
        return covers(installed, item) or may_bring(installed, item.module)

    modules = missing_modules(seen.local, seen.scan.imports, covered, python)
    return (*modules, *missing_files(tree, seen.statements.commands))


__all__ = ["consult", "detect", "interpret", "missing", "name", "plans", "prepare", "repair"]
