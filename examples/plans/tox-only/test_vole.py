from hypothesis import given, strategies
from vole import double


@given(strategies.integers())
def test_double(number):
    assert double(number) == number + number
