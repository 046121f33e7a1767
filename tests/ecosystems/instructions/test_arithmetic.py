"""Numbers that a shell works out before it starts a program."""

from __future__ import annotations

import pytest

from checker.ecosystems.instructions.shell_arithmetic import work_out
from checker.ecosystems.instructions.shell_variables import expand


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("for e in 10 20\ndo\npython fit.py --seed $((e+3))", (), "python fit.py --seed 13"),
        ("K=4\npython fit.py --k $(( $K * (2 + 1) - 5 )) --l $((${K} / 3))", (), "python fit.py --k 7 --l 1"),
        ("PORT=$((12000 + $RANDOM % 20000))\npython fit.py --port $PORT", (), "python fit.py --port 12001"),
        ("now=`date +'%s'`\npython fit.py --tag $now", (), "python fit.py --tag 20000101"),
        ('python fit.py --tag "run_$(date +%Y-%m-%d)"', (), 'python fit.py --tag "run_20000101"'),
        ("python fit.py --tag $(whoami)", (), "python fit.py --tag $(whoami)"),
        ("python fit.py --seed $RANDOM", (), "python fit.py --seed 1"),
        ("python fit.py --gpu $(($1 - 1))", ("3",), "python fit.py --gpu 2"),
        ("python fit.py --k $((unknown + 1))", (), "python fit.py --k $((unknown + 1))"),
        ("python fit.py --k $((1 / 0))", (), "python fit.py --k $((1 / 0))"),
    ],
)
def test_what_is_known_is_worked_out(text: str, arguments: tuple[str, ...], expected: str) -> None:
    assert expand(text, arguments).splitlines()[-1] == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("-7 / 2", "-3"), ("-7 % 3", "-1"), ("7", "7"), ("2 ** 9", None), ("9999999 * 9999999", None), ("", None)],
)
def test_numbers_are_those_of_a_shell(expression: str, expected: str | None) -> None:
    assert work_out(expression, {}) == expected


@pytest.mark.parametrize("piece", ["(", "1+", "$((", "-", "a*", "9", "$(("])
def test_hostile_expressions_end_soon(piece: str) -> None:
    text = f"$(({piece * 30_000}))"
    assert expand(text, ()) == expand(text, ())
    work_out(piece * 30_000, {"a": "1"})
