"""Shares with their confidence intervals; pure."""

from __future__ import annotations

import math

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


def format_share(value: Share) -> str:
    """Return a share as `42 of 57: 73.7 % (61.0–83.4)`; the bracket is Wilson's interval of 95 %."""
    if value.part is None or value.interval is None:
        return f"{value.count} of {value.of}"
    low, high = value.interval
    return f"{value.count} of {value.of}: {value.part:.1%} ({low * 100:.1f}–{high * 100:.1f})".replace("%", " %")
