"""Intervals against published values, spreads against counting by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.core.shares import Share, wilson
from tools.bench.figures import ratio, spread


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        # Newcombe 1998, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (5, 10, 0.2366, 0.7634),
    ],
)
def test_wilson_gives_the_published_values(count: int, of: int, low: float, high: float) -> None:
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share_and_mirrors(pair: tuple[int, int]) -> None:
    count, of = pair
    low, high = wilson(count, of) or (2.0, 2.0)
    assert 0 <= low <= count / of <= high <= 1
    assert wilson(of - count, of) == pytest.approx((1 - high, 1 - low))


def test_nothing_has_no_interval() -> None:
    assert wilson(0, 0) is None
    assert Share(count=0, of=0).part is None


@pytest.mark.parametrize("pair", [(-1, 3), (4, 3)])
def test_what_is_no_share_is_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(*pair)


def test_spread_of_seconds() -> None:
    found = spread([4.0, 1.0, 3.0, 2.0, 10.0])
    assert found is not None
    assert (found.lower, found.median, found.upper, found.total, found.number) == (2.0, 3.0, 4.0, 20.0, 5)


def test_spread_of_one_and_of_none() -> None:
    one = spread([7.0])
    assert one is not None
    assert (one.lower, one.median, one.upper) == (7.0, 7.0, 7.0)
    assert spread([]) is None


def test_a_ratio_needs_both() -> None:
    assert ratio(6.0, 3.0) == 2.0
    assert ratio(None, 3.0) is None
    assert ratio(3.0, 0.0) is None
