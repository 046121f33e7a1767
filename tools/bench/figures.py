"""Shares with their confidence intervals, and spreads of seconds; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import median, quantiles

from checker.core.values.base import Value

Z95 = 1.959963984540054
"""Quantile of the normal distribution for intervals of 95 %."""


class Share(Value):
    """How many out of how many."""

    count: int
    of: int

    @property
    def part(self) -> float | None:
        """The share from 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval of 95 %; None of nothing."""
        return wilson(self.count, self.of)


def wilson(count: int, of: int, z: float = Z95) -> tuple[float, float] | None:
    """Return Wilson's score interval of a share, without continuity correction; None of nothing.

    Raises:
        ValueError: the count is not between 0 and `of`.

    """
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
    if of == 0:
        return None
    part, weight = count / of, z * z / of
    middle = (part + weight / 2) / (1 + weight)
    reach = z / (1 + weight) * math.sqrt(part * (1 - part) / of + weight / (4 * of))
    return 0.0 if count == 0 else middle - reach, 1.0 if count == of else middle + reach


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
