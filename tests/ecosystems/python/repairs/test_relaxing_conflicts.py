"""Which requirements give way where they contradict each other: the least harmful, and no more than needed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.repairs.relax import Relaxed, rate_harm, relax

IMPORTED = frozenset({"torch", "scipy", "pandas", "requests"})


def conflicts(*pairs: tuple[str, str]):
    """Make a resolver that refuses requirement lines of which two are at odds as they stand."""

    def resolves(lines: object) -> bool:
        held = set(lines)  # type: ignore[call-overload]
        return not any(one in held and other in held for one, other in pairs)

    return resolves


def test_relaxing_changes_the_least_harmful_of_two_that_conflict() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "black==21.4", "leftover==1.2", "pandas==1.2.0")
    cases = {
        ("torch==1.7.1", "black==21.4"): ("black==21.4", "black"),
        ("torch==1.7.1", "leftover==1.2"): ("leftover==1.2", "leftover"),
        ("torch==1.7.1", "scipy==1.5.2"): ("scipy==1.5.2", "scipy==1.5.*"),
    }
    for pair, change in cases.items():
        found = relax(lines, conflicts(pair), imported=IMPORTED)
        assert found is not None
        assert found.changes == (change,)


def test_relaxing_several_conflicts_changes_no_more_than_needed() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "pandas==1.2.0", *(f"other{i}==1.0" for i in range(20)))
    found = relax(
        lines, conflicts(("torch==1.7.1", "scipy==1.5.2"), ("pandas==1.2.0", "other3==1.0")), imported=IMPORTED
    )
    assert found is not None
    assert dict(found.changes) == {"scipy==1.5.2": "scipy==1.5.*", "other3==1.0": "other3"}
    assert found.trials <= 40


def test_what_the_author_states_outweighs_what_was_added() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "guess")
    resolves = conflicts(("torch==1.7.1", "guess"), ("torch==1.7.*", "guess"))
    found = relax(lines, resolves, imported=IMPORTED, added=frozenset({"guess"}))
    assert found is not None
    assert found.changes == (("guess", ""),)


def test_the_version_of_an_addition_gives_way_before_the_addition() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "guess==1.0")
    resolves = conflicts(("torch==1.7.1", "guess==1.0"), ("torch==1.7.*", "guess==1.0"))
    found = relax(lines, resolves, imported=IMPORTED, added=frozenset({"guess"}))
    assert found is not None
    assert found.changes == (("guess==1.0", "guess"),)


def test_an_address_does_not_give_way_to_a_name() -> None:
    lines = ("own @ git+https://code.example/lab/own.git", "scipy==1.5.2")
    found = relax(lines, conflicts((lines[0], lines[1])), imported=IMPORTED)
    assert found is not None
    assert found.changes == (("scipy==1.5.2", "scipy==1.5.*"),)


def test_what_resolves_is_left_alone_and_what_never_does_is_given_up() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2")
    assert relax(lines, lambda _: True) == Relaxed(lines, (), 1)
    assert relax(lines, lambda _: False) is None


class Explaining:
    """A resolver that refuses what `conflicts` refuses, and says of the last refusal which two are at odds."""

    def __init__(self, lines: tuple[str, ...], *pairs: tuple[str, str]) -> None:
        self.pairs, self.held = pairs, set(lines)

    def resolves(self, lines: object) -> bool:
        self.held = set(lines)  # type: ignore[call-overload]
        return not self.blamed()

    def blamed(self) -> frozenset[str]:
        found = next(((one, other) for one, other in self.pairs if {one, other} <= self.held), ())
        return frozenset(plan_edits.name_of(line) for line in found)


def test_what_the_resolver_blames_is_searched_alone() -> None:
    lines = ("tree==1.0", "tree>=2", "torch==1.7.1", *(f"other{i}==1.0" for i in range(200)), "last==1.0")
    both = (("tree==1.0", "tree>=2"), ("torch==1.7.1", "last==1.0"))
    for pairs, changes in ((both[:1], {"tree==1.0": "tree"}), (both, {"tree==1.0": "tree", "last==1.0": "last"})):
        resolver = Explaining(lines, *pairs)
        found = relax(lines, resolver.resolves, blamed=resolver.blamed, imported=IMPORTED, trials=24)
        assert found is not None
        assert dict(found.changes) == changes
        assert found.trials <= 12


@pytest.mark.parametrize("explained", [False, True])
@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] != p[1]), max_size=5))
def test_relaxing_always_resolves_and_every_change_is_needed(explained: bool, pairs: set[tuple[int, int]]) -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "pandas==1.2.0", *(f"other{i}==1.0" for i in range(5)))
    resolver = Explaining(lines, *((lines[a], lines[b]) for a, b in pairs))
    resolves = resolver.resolves
    blamed = resolver.blamed if explained else frozenset
    found = relax(lines, resolves, blamed=blamed, imported=IMPORTED, trials=200)
    assert found is not None
    assert resolves(found.requirements)
    for old, new in found.changes:
        back = [old if line == new else line for line in found.requirements]
        assert not resolves(back) or not new


def test_frameworks_give_way_last() -> None:
    harms = [rate_harm(line, IMPORTED) for line in ("pytest==6", "leftover==1", "scipy==1.5.2", "torch==1.7.1")]
    assert harms == [0, 1, 2, 3]
