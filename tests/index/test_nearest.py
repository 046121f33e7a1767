"""The nearest release with a part: found wherever the part came or went once, within the bound on files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.index.nearest import MOST, find_nearest


class Looked:
    """Releases of which some have a part; counts those that were looked into."""

    def __init__(self, having: range) -> None:
        self.having = having
        self.asked: set[int] = set()

    def __call__(self, release: int) -> bool | None:
        self.asked.add(release)
        return release in self.having or None


@given(st.integers(2, 2000).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1), st.integers(0, 3000))))
def test_a_part_that_went_is_found_in_the_newest_release_that_had_it(given: tuple[int, int, int]) -> None:
    count, gone, later = given
    at = gone + later % (count - gone)
    looked = Looked(range(gone))
    assert find_nearest(range(count), at, looked) == (gone - 1, False)
    assert len(looked.asked) <= MOST


@given(st.integers(2, 2000).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))))
def test_a_part_that_came_later_is_found_in_the_first_release_that_has_it(given: tuple[int, int]) -> None:
    count, came = given
    at = max(0, came - 3)
    assert find_nearest(range(count), at, Looked(range(came, count))) == (came, True)


def test_a_part_that_came_and_went_between_two_strides_is_found() -> None:
    assert find_nearest(range(200), 199, Looked(range(80, 110))) == (109, False)


@pytest.mark.parametrize("count", [1, 2, 5000])
def test_a_part_that_no_release_has_costs_no_more_than_the_bound(count: int) -> None:
    looked = Looked(range(0))
    assert find_nearest(range(count), count - 1, looked) is None
    assert len(looked.asked) <= MOST
