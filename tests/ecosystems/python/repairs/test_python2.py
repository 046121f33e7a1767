"""Code for Python 2: the repository's own files are converted with 2to3, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from repair_plans import CONTEXT, failed, plan

from checker.core.values.edits import ConvertPython2, MoveInterpreter
from checker.core.values.plans import Phase
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.next_plan import make_context
from checker.ecosystems.python.planning.steps import convert_python2
from checker.ecosystems.python.repairs import load_rules
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.survey import survey
from checker.judging.repair_engine import Context, plan_next_repair

MOMENT = datetime(2016, 5, 1, tzinfo=UTC)
FACTS = Knowledge(repository="ada/lamp", code_date=MOMENT, today=MOMENT, interpreters=("3.6",))
PLAIN = replace(CONTEXT, holds_python2=False)
PRINT = "SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?\n"
NAME = """Traceback (most recent call last):
  File "{}", line 1, in <module>
NameError: name 'unicode' is not defined
"""


def repaired(log: str, context: Context, interpreter: str = "3.8"):
    return plan_next_repair(load_rules(), failed(plan(interpreter=interpreter), log, Phase.START), context)


def test_a_tree_of_python_2_is_converted_once_before_anything_imports_it() -> None:
    after = repaired(PRINT, CONTEXT)
    assert after is not None
    assert spec_of(after).convert_python2
    (step,) = convert_python2(after)
    assert step.phase is Phase.PREPARE
    assert "lib2to3" in step.argv
    again = plan_next_repair(load_rules(), failed(after, PRINT, Phase.START), CONTEXT)
    assert again is None or again.repairs == after.repairs


def test_an_interpreter_without_2to3_gives_way_to_one_that_has_it() -> None:
    after = repaired(PRINT, CONTEXT, "3.13")
    assert after is not None
    (repair,) = after.repairs
    assert [type(edit) for edit in repair.edits] == [MoveInterpreter, ConvertPython2]
    assert after.interpreter in {"3.8", "3.9", "3.10", "3.11", "3.12"}


@pytest.mark.parametrize(
    ("path", "converted"),
    [("/code/src/fit.py", True), ("fit.py", True), ("/env/venv/lib/python3.8/site-packages/old.py", False)],
)
def test_a_name_of_python_2_tells_by_the_file_that_uses_it(path: str, converted: bool) -> None:
    after = repaired(NAME.format(path), PLAIN)
    assert (after is not None and spec_of(after).convert_python2) is converted


@pytest.mark.parametrize(
    ("text", "holds"),
    [("print 'x'\n", True), ("import urllib2\n", True), ("print('x')\n", False), ("x = = 1\n", False)],
)
def test_which_trees_hold_python_2(make_tree, text: str, holds: bool) -> None:
    seen = survey(make_tree({"fit.py": text}))
    assert make_context(seen, FACTS, failed(plan(), "", Phase.START)).holds_python2 is holds
