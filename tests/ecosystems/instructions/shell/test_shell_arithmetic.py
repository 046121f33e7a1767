"""Numbers that a shell works out before it starts a program."""

from __future__ import annotations

import pytest

from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.walker import split_commands


def last_command(text: str, arguments: tuple[str, ...] = ()) -> str:
    """Return the last command of a script."""
    return " ".join(split_commands(text, Environment(arguments), is_typed=False)[-1].argv)


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("for e in 10 20\ndo\npython fit.py --seed $((e+3))\ndone", (), "python fit.py --seed 13"),
        ("K=4\npython fit.py --k $(( $K * (2 + 1) - 5 )) --l $((${K} / 3))", (), "python fit.py --k 7 --l 1"),
        ("K=4; ((K += 2)); let K=K\npython fit.py --k $((K++)) --l $K", (), "python fit.py --k 6 --l 7"),
        ("PORT=$((12000 + $RANDOM % 20000))\npython fit.py --port $PORT", (), "python fit.py --port 12001"),
        ("now=`date +'%s'`\npython fit.py --tag $now", (), "python fit.py --tag 20000101"),
        ('python fit.py --tag "run_$(date +%Y-%m-%d)"', (), "python fit.py --tag run_20000101"),
        ("python fit.py --tag $(whoami)", (), "python fit.py --tag $(whoami)"),
        ("python fit.py --seed $RANDOM", (), "python fit.py --seed 1"),
        ("python fit.py --gpu $(($1 - 1))", ("3",), "python fit.py --gpu 2"),
        ("python fit.py --k $((unknown + 1))", (), "python fit.py --k $((unknown + 1))"),
        ("python fit.py --k $((1 / 0))", (), "python fit.py --k $((1 / 0))"),
        ("python fit.py --k $((-7 / 2)) --l $((-7 % 3))", (), "python fit.py --k -3 --l -1"),
        ("python fit.py --k $((2 ** 9))", (), "python fit.py --k $((2 ** 9))"),
        ("python fit.py --k $((9999999 * 9999999))", (), "python fit.py --k $((9999999 * 9999999))"),
    ],
)
def test_what_is_known_is_worked_out(text: str, arguments: tuple[str, ...], expected: str) -> None:
    assert last_command(text, arguments) == expected


@pytest.mark.parametrize("piece", ["(", "1+", "$((", "-", "a*", "9", "$(("])
def test_hostile_expressions_end_soon(piece: str) -> None:
    text = f"echo $(({piece * 30_000}))"
    assert split_commands(text) == split_commands(text)
