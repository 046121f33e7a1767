"""Every regular expression of the project takes time in proportion to its text, whatever a stranger writes."""

from __future__ import annotations

import warnings

import pytest
from expressions import Expression, list_expressions
from growing_texts import find_exponent, make_growing

#: More than in proportion, less than its square: a bound inside an expression is reached late.
MOST = 1.4

#: How often a text is measured again before it counts: the machine may have been busy.
TRIES = 3


def find_superlinear(expression: Expression) -> tuple[float, str] | None:
    """Return the worst exponent and the beginning of its text, where one is above the limit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = expression.compile()
    for make in make_growing(expression.pattern, expression.flags):
        exponents = []
        while len(exponents) < TRIES and (not exponents or exponents[-1] > MOST):
            exponents.append(find_exponent(compiled, make, anchored=expression.anchored))
        if exponents[-1] > MOST:
            return min(exponents), make(3)[:80]
    return None


@pytest.mark.slow
def test_no_expression_is_more_than_linear() -> None:
    expressions = list_expressions()
    assert len(expressions) > 900
    slow = [(each.place, each.pattern[:120], *found) for each in expressions if (found := find_superlinear(each))]
    assert slow == [], "\n".join(map(str, slow))


@pytest.mark.parametrize(
    "pattern", [r"^\s*x", r"(a+)+b", r"\w+\s*=", r"<pre>(.*?)</pre>", r"\s+$", r"(?:a|ab|b)*c", r"[\w.]*-\d"]
)
def test_such_expressions_would_be_found(pattern: str) -> None:
    assert find_superlinear(Expression(pattern, 8, False, "")) is not None


@pytest.mark.parametrize(
    ("pattern", "anchored"),
    [(r"^[ \t]*x", False), (r"(?<!\w)\w+\s*=", False), (r"\s*x", True), (r"(?>a+)+b", True), (r"a{1,30}b", False)],
)
def test_such_expressions_would_not(pattern: str, anchored: bool) -> None:
    assert find_superlinear(Expression(pattern, 8, anchored, "")) is None
