"""Judging rows of the table, and names that it does not know, by what an index holds."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from checker.ecosystems.python.distributions.verification import Question, guess_distribution, judge
from checker.ecosystems.python.import_value import Import, Where
from checker.ecosystems.python.tools import Holding

WHEN = datetime(2022, 1, 1, tzinfo=UTC)
HELD = Holding(
    name="rare-thing",
    exists=True,
    first=date(2020, 1, 1),
    releases=4,
    version="1.2",
    file="rare_thing-1.2-py3-none-any.whl",
    modules=("rare_thing", "rare_thing.sub"),
    names=("Thing", "work"),
)
ROW = Question(module="rare_thing", line="rare-thing")


def imports(full: str, *names: str) -> Import:
    return Import(module=full.partition(".")[0], full=full, names=names, path="a.py", line=1, where=Where.SCRIPT)


def guess(*found: Import) -> Question:
    return Question(module="rare_thing", line="rare-thing", imports=found, guess=True)


def test_a_row_that_the_index_bears_out() -> None:
    answer = judge(ROW, HELD, WHEN)
    assert answer.holds is True
    assert answer.evidence[0].source == "index"
    assert "rare-thing 1.2" in answer.evidence[0].claim
    assert answer.evidence[0].text == "rare_thing-1.2-py3-none-any.whl: rare_thing"


@pytest.mark.parametrize(
    ("module", "modules"),
    [
        ("google.protobuf", ("google.protobuf",)),
        ("google", ("google.protobuf",)),
        ("ruamel.yaml", ("ruamel.yaml", "ruamel.yaml.main")),
        ("tensorflow.contrib", ("tensorflow", "tensorflow.python")),
    ],
)
def test_parts_of_packages(module: str, modules: tuple[str, ...]) -> None:
    row = Question(module=module, line="any")
    assert judge(row, HELD.model_copy(update={"modules": modules}), WHEN).holds is True


def test_a_companion_of_the_package_that_holds_the_module() -> None:
    row = Question(module="torch.utils.tensorboard", line="tensorboard")
    held = HELD.model_copy(update={"name": "tensorboard", "modules": ("tensorboard",)})
    assert judge(row, held, WHEN).holds is True
    assert judge(row, held.model_copy(update={"modules": ("other",)}), WHEN).holds is False


def test_a_distribution_that_is_asked_for_by_its_name() -> None:
    held = HELD.model_copy(update={"modules": ("thing",)})
    assert judge(ROW, held, WHEN).holds is False
    assert judge(ROW.model_copy(update={"by_name": True}), held, WHEN).holds is True
    other = ROW.model_copy(update={"by_name": True, "module": "thing2"})
    assert judge(other, held, WHEN).holds is False


@pytest.mark.parametrize(
    ("changes", "holds", "reason"),
    [
        ({"modules": ("other", "_private")}, False, "it holds other, _private, and no rare_thing"),
        ({"modules": ("rare_things",)}, False, "no rare_thing"),
        ({"exists": False, "version": ""}, False, "no distribution rare-thing"),
        ({"version": "", "first": date(2023, 1, 1)}, False, "first published on 2023-01-01, after the code"),
        ({"version": ""}, False, "no release of rare-thing fits rare-thing on 2022-01-01"),
        ({"modules": None}, None, "nothing tells all"),
        ({"modules": ("other",), "complete": False}, None, "nothing tells all"),
        ({"modules": (), "releases": 9}, None, "nothing tells all"),
        ({"modules": None, "releases": 1}, False, "one release only"),
        ({"modules": ("other",), "requires": ("rare-thing",)}, True, "comes along"),
    ],
)
def test_rows_against_the_index(changes: dict[str, object], holds: bool | None, reason: str) -> None:
    answer = judge(ROW, HELD.model_copy(update=changes), WHEN)
    assert answer.holds is holds
    assert reason in answer.reason
    assert answer.evidence


def test_no_answer_is_no_verdict() -> None:
    answer = judge(ROW, None, WHEN)
    assert answer.holds is None
    assert not answer.evidence


def test_what_our_index_lacks_may_be_on_the_repositorys_own() -> None:
    absent = Holding(name="rare-thing", exists=False)
    assert judge(ROW, absent, WHEN, other_indexes=True).holds is None
    assert judge(guess(), absent, WHEN, other_indexes=True).holds is False


@pytest.mark.parametrize(
    "found",
    [
        (imports("rare_thing"),),
        (imports("rare_thing", "Thing"), imports("rare_thing.sub", "anything")),
        (imports("rare_thing", "sub", "*"),),
    ],
)
def test_a_guess_that_everything_speaks_for(found: tuple[Import, ...]) -> None:
    assert judge(guess(*found), HELD, WHEN).holds is True


def test_the_sources_of_a_project_of_many_releases_tell_what_it_holds() -> None:
    sources = HELD.model_copy(update={"file": "rare-thing-1.9.tar.gz", "releases": 9, "names": None})
    assert judge(guess(imports("rare_thing", "Thing")), sources, WHEN).holds is True


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exists": False, "version": ""}, "no distribution"),
        ({"modules": None}, "no modules, and no rare_thing"),
        ({"modules": ("other",)}, "it holds other, and no rare_thing"),
        ({"modules": ("rare_thing.sub",)}, "no rare_thing"),
        ({"file": "rare-thing-1.2.tar.gz", "releases": 4}, "no wheel"),
        ({"file": "rare-thing-1.2.tar.gz", "releases": 9, "modules": ("other",)}, "it holds other"),
        ({"first": None}, "nobody tells"),
        ({"first": date(2023, 1, 1)}, "after the code"),
        ({"releases": 2}, "2 release(s) only"),
    ],
)
def test_a_guess_that_something_speaks_against(changes: dict[str, object], reason: str) -> None:
    answer = judge(guess(imports("rare_thing")), HELD.model_copy(update=changes), WHEN)
    assert answer.holds is False
    assert reason in answer.reason


@pytest.mark.parametrize(
    ("item", "lacking"),
    [
        (imports("rare_thing", "Thing", "Missing"), "rare_thing.Missing"),
        (imports("rare_thing.other", "x"), "rare_thing.other"),
    ],
)
def test_a_guess_must_hold_what_the_code_takes_from_it(item: Import, lacking: str) -> None:
    assert f"it has no {lacking}" in judge(guess(item), HELD, WHEN).reason
    anything = HELD.model_copy(update={"names": ("*",)})
    assert judge(guess(item), anything, WHEN).holds is (item.full == "rare_thing")


@pytest.mark.parametrize(
    "module",
    ["utils", "model", "numpyy", "nunpy", "reqeusts", "torchh", "json5s", "jsonn", "apex", "x", "a.b", "Config"],
)
def test_look_alikes_and_general_names_are_not_looked_up(module: str) -> None:
    assert guess_distribution(module) is None


def test_a_name_like_no_other() -> None:
    assert guess_distribution("rarely_used_thing") == "rarely-used-thing"
