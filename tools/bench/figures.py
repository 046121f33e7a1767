"""Spreads of seconds, and ratios; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import median, quantiles

from checker.core.values.base import Value


class Spread(Value):
    """Median and quartiles (linear, inclusive), the sum, and how many there were; in the unit that went in."""

    number: int
    lower: float
    median: float
    upper: float
    total: float


def spread(values: Iterable[float]) -> Spread | None:
    """Return the spread of some values; None of none."""
    found = sorted(values)
    if not found:
        return None
    low, _, high = quantiles(found, n=4, method="inclusive") if len(found) > 1 else found * 3
    return Spread(number=len(found), lower=low, median=median(found), upper=high, total=math.fsum(found))


def ratio(one: float | None, other: float | None) -> float | None:
    """Return how many times `other` goes into `one`; None where either is unknown or nothing."""
    return one / other if one is not None and other else None
