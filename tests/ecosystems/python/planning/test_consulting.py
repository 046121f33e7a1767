"""From the imports of a tree to a verified plan: a real lookup against an index of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import python_language as python
from lookup_index import LookupIndex, serve_lookups
from small_trees import make_tree

from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.knowledge import Answer, Knowledge
from checker.ecosystems.python.planning.consult import MOST_QUESTIONS, consult
from checker.ecosystems.python.planning.resolver_input import find_requirement
from checker.index.uv import Downloads

FACTS = Knowledge(
    repository="someone/something",
    code_date=datetime(2022, 1, 1, tzinfo=UTC),
    today=datetime(2024, 1, 1, tzinfo=UTC),
    interpreters=("3.8", "3.10"),
)


@pytest.fixture
def index() -> Iterator[LookupIndex]:
    with serve_lookups() as index:
        index.add_wheel("numpy", "1.20", "2021-01-01", "numpy/__init__.py")
        index.add_wheel("pillow", "8.0", "2021-01-01", "other/__init__.py")
        index.add_wheel("einops", "0.6", "2023-01-01", "einops/__init__.py")
        for version in ("0.1", "0.2", "0.3"):
            index.add_wheel("rareword", version, "2021-01-01", files={"rareword.py": "def find(): ...\n"})
            index.add_wheel("samename", version, "2021-01-01", files={"samename.py": "def theirs(): ...\n"})
        yield index


@pytest.fixture
def toolbox(index: LookupIndex, tmp_path: Path) -> Downloads:
    home = tmp_path / "home"
    return Downloads(Settings(home=home, indexes=IndexSettings(default=index.url), index_lookups=True))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    code = """
        import einops
        import numpy as np
        from PIL import Image
        from rareword import find
        from samename import ours
        import never_committed_thing
    """
    return make_tree(tmp_path / "tree", {"main.py": code})


def first_attempt(tree: Tree) -> Attempt:
    return Attempt(plan=python.make_plans(tree, FACTS)[1])


def test_what_the_index_says_decides(tree: Tree, toolbox: Downloads) -> None:
    before = first_attempt(tree)
    facts = consult(tree, FACTS, [before], toolbox)
    plan = python.repair(tree, facts, [before])
    assert plan is not None
    assert plan.requirements == ("numpy", "rareword")
    repairs = {repair.changed: repair.evidence for repair in plan.repairs}
    assert set(repairs) == {"added numpy", "added rareword"}
    assert repairs["added rareword"][-1].text == "rareword-0.3-py3-none-any.whl: rareword"
    assert repairs["added rareword"][0].source == "main.py"
    refused = {evidence.claim: evidence.text for evidence in plan.evidence if evidence.source == "index"}
    assert refused == {
        "not added for PIL: pillow": "it holds other, and no PIL",
        "not added for einops: einops": "einops was first published on 2023-01-01, after the code",
        "not added for never_committed_thing: never-committed-thing": (
            "the index has no distribution never-committed-thing"
        ),
        "not added for samename: samename": "it has no samename.ours, which the code takes from it",
    }


@pytest.mark.parametrize(("day", "line"), [("2023-08-15", "gym-retro"), ("2021-08-15", "stable-retro")])
def test_what_did_not_exist_yet_gives_way_to_what_brought_the_module_then(
    toolbox: Downloads, index: LookupIndex, tmp_path: Path, day: str, line: str
) -> None:
    index.add_wheel("stable-retro", "0.9", day, "retro/__init__.py")
    index.add_wheel("gym-retro", "0.8", "2020-05-01", "retro/__init__.py")
    tree = make_tree(tmp_path / "tree", {"main.py": "import retro\n"})
    before = first_attempt(tree)
    plan = python.repair(tree, consult(tree, FACTS, [before], toolbox), [before])
    assert plan is not None
    assert plan.requirements == (line,)


@pytest.mark.parametrize(
    "answers", [(), (Answer(module="igraph", line="igraph", holds=None, reason="not asked"),)]
)
def test_without_an_answer_the_first_row_is_taken(answers: tuple[Answer, ...]) -> None:
    assert find_requirement("igraph", answers) == "igraph"


def test_a_rule_that_asks_for_a_module_gets_what_brought_it_then() -> None:
    late = Answer(module="igraph", line="igraph", holds=False, reason="first published after the code")
    assert find_requirement("igraph", [late]) == "python-igraph"
    neither = Answer(module="igraph", line="python-igraph", holds=False, reason="it is gone")
    assert find_requirement("igraph", [late, neither]) is None


def test_a_second_check_asks_nothing(tree: Tree, toolbox: Downloads, index: LookupIndex) -> None:
    before = first_attempt(tree)
    facts = consult(tree, FACTS, [before], toolbox)
    count = len(index.asked)
    assert consult(tree, FACTS, [before], toolbox) == facts
    assert consult(tree, facts, [before], toolbox) is facts
    assert len(index.asked) == count


def test_without_an_answer_the_table_is_believed(tree: Tree, toolbox: Downloads, index: LookupIndex) -> None:
    before = first_attempt(tree)
    unasked = python.repair(tree, FACTS, [before])
    index.faults = {"simple": 503}
    facts = consult(tree, FACTS, [before], toolbox)
    assert {answer.holds for answer in facts.answers} == {None}
    assert python.repair(tree, facts, [before]) == unasked
    assert unasked is not None
    assert unasked.requirements == ("pillow", "einops", "numpy")


def test_a_repair_by_the_log_is_verified_too(tmp_path: Path, toolbox: Downloads) -> None:
    tree = make_tree(tmp_path / "tree", {"main.py": "print(1)\n"})
    step = Step(name="answer", phase=Phase.ANSWER, argv=("python", "main.py"))
    log = "\n".join(f"ModuleNotFoundError: No module named '{name}'" for name in ("numpy", "PIL", "numpy.linalg"))
    failed = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log)
    plan = BuildPlan(ecosystem="python", way=Way.REPAIRED, interpreter="3.8", cutoff=FACTS.code_date)
    attempt = Attempt(plan=plan, results=(failed,))
    facts = consult(tree, FACTS, [attempt], toolbox)
    assert [(answer.module, answer.holds) for answer in facts.answers] == [("numpy", True), ("PIL", False)]
    repaired = python.repair(tree, facts, [attempt])
    assert repaired is not None
    assert repaired.requirements == ("numpy",)
    assert repaired.repairs[0].evidence[-1].text == "numpy-1.20-py3-none-any.whl: numpy"
    again = python.repair(tree, facts, [Attempt(plan=repaired, results=(failed,))])
    assert again is not None and again.requirements == ("numpy",)
    assert again.repairs[-1].name == "earlier_release_for_module"


def test_what_a_log_asks_for_by_name_need_not_be_a_module(
    tmp_path: Path, toolbox: Downloads, index: LookupIndex
) -> None:
    index.add_wheel("pyopengl", "3.1", "2021-01-01", "OpenGL/__init__.py")
    tree = make_tree(tmp_path / "tree", {"main.py": "print(1)\n"})
    step = Step(name="answer", phase=Phase.ANSWER, argv=("python", "main.py"))
    plan = BuildPlan(ecosystem="python", way=Way.REPAIRED, interpreter="3.8", cutoff=FACTS.code_date)
    told = {}
    for log in ("ImportError: Please install PyOpenGL", "ModuleNotFoundError: No module named 'pyopengl'"):
        failed = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log)
        answers = consult(tree, FACTS, [Attempt(plan=plan, results=(failed,))], toolbox).answers
        told[log[:6]] = [(answer.line, answer.holds) for answer in answers]
    assert told == {"Import": [("pyopengl", True)], "Module": [("pyopengl", False)]}


def test_lookups_are_bounded(tmp_path: Path, toolbox: Downloads, index: LookupIndex) -> None:
    names = [f"rarely_used_{letter}{number}" for letter in "abcdefghij" for number in range(10)]
    tree = make_tree(tmp_path / "tree", {"main.py": "".join(f"import {name}\n" for name in names)})
    facts = consult(tree, FACTS, [first_attempt(tree)], toolbox)
    assert len(facts.answers) == len(index.asked) == MOST_QUESTIONS
    assert consult(tree, facts, [first_attempt(tree)], toolbox) is facts


NO_VERSION = "error: No solution found when resolving dependencies\n  cause: Because {} and you require {}\n"


@pytest.mark.parametrize(
    ("asked", "said", "taken"),
    [
        ("rareword==0.2.5", "there is no version of rareword==0.2.5", "rareword==0.2"),
        ("rareword>=0.5,<0.6", "there are no versions of rareword", "rareword==0.3"),
        ("unheard==1.0", "there is no version of unheard==1.0", "unheard==1.0.*"),
    ],
)
def test_the_nearest_version_that_the_index_gives_out_is_taken(
    tmp_path: Path, toolbox: Downloads, asked: str, said: str, taken: str
) -> None:
    tree = make_tree(tmp_path / "pinned", {"requirements.txt": f"{asked}\n", "main.py": "print(1)\n"})
    plan = python.make_plans(tree, FACTS)[1].with_(way=Way.REPAIRED)
    step = Step(name="resolve", phase=Phase.RESOLVE, argv=("uv",))
    log = NO_VERSION.format(said, asked)
    failed = Attempt(plan=plan, results=(StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log),))
    facts = consult(tree, FACTS, [failed], toolbox)
    repaired = python.repair(tree, facts, [failed])
    assert repaired is not None
    assert repaired.requirements == (taken,)
    again = consult(tree, facts, [failed], toolbox)
    assert again.releases == facts.releases, "what is known is not asked again"


# ---------------------------------------------------------------- names reveal versions


def lacking(log: str, *, asked: str = "einops", locked: str = "einops==0.8") -> Attempt:
    """Return a repaired attempt that crashed for a part of einops."""
    step = Step(name="start", phase=Phase.START, argv=("python", "main.py"))
    failed = StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log)
    plan = BuildPlan(
        ecosystem="python", way=Way.REPAIRED, interpreter="3.8", requirements=(asked,), lock=(locked,)
    )
    return Attempt(plan=plan, results=(failed,))


@pytest.fixture
def lamps(tmp_path: Path) -> Iterator[tuple[Downloads, Tree]]:
    with serve_lookups() as index:
        for minor in range(1, 10):
            name = "glow" if minor <= 5 else "shine"
            text = f"def {name}(power{', colour=None' if minor >= 9 else ''}): ...\n"
            index.add_wheel("einops", f"0.{minor}", f"2021-0{minor}-01", files={"einops/__init__.py": text})
        settings = Settings(home=tmp_path / "home", indexes=IndexSettings(default=index.url))
        yield Downloads(settings), make_tree(tmp_path / "tree", {"main.py": "from einops import glow, shine\n"})


@pytest.mark.parametrize(
    ("log", "line"),
    [
        ("AttributeError: module 'einops' has no attribute 'glow'", "einops<=0.5"),
        (
            "ImportError: cannot import name 'glow' from 'einops' (/env/venv/lib/python3.8/site-packages/x.py)",
            "einops<=0.5",
        ),
        ("TypeError: shine() got an unexpected keyword argument 'colour'", "einops>=0.9"),
        ("ImportError: Lamps requires einops 0.9 or higher.", "einops>=0.9"),
    ],
)
def test_a_missing_part_gives_the_nearest_release_that_has_it(
    lamps: tuple[Downloads, Tree], log: str, line: str
) -> None:
    toolbox, tree = lamps
    before = lacking(log)
    plan = python.repair(tree, consult(tree, FACTS, [before], toolbox), [before])
    assert plan is not None
    assert plan.requirements == (line,)


@pytest.mark.parametrize(
    "before",
    [
        lacking("AttributeError: module 'einops' has no attribute 'glow'", asked="einops==0.8"),
        lacking("AttributeError: module 'einops' has no attribute 'never_there'"),
        lacking("AttributeError: module 'main' has no attribute 'glow'"),
    ],
    ids=["pinned", "in no release", "own module"],
)
def test_no_release_is_chosen_where_none_helps_or_the_author_chose(
    lamps: tuple[Downloads, Tree], before: Attempt
) -> None:
    toolbox, tree = lamps
    plan = python.repair(tree, consult(tree, FACTS, [before], toolbox), [before])
    assert plan is None or plan.requirements == before.plan.requirements
