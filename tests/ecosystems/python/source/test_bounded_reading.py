"""Source that grows when it is read: values are bounded, guards within guards are read once, sums are followed."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from checker.core.tree import Tree
from checker.ecosystems.python.declared.formats.setup_py import read_setup_py
from checker.ecosystems.python.source.import_scan import scan_source

#: Statements that make a value larger, each time they stand there.
GROWING = {
    "text in a text": 'a = f"{a}{a}"',
    "formatted": 'a = "%s%s" % (a, a)',
    "formatted by name": 'a = {"a": a, **{"b": "%(a)s%(a)s" % {"a": a}}}["b"]',
    "many places": f"a = {'%s' * 50!r} % ({'a,' * 50})",
    "joined": 'a = "/".join([a, a])',
    "added": "a = a + a",
    "added in place": "a += a",
    "a path": "a = a / a",
    "os.path": "a = os.path.join(a, a)",
    "a list": "b = [*b, *b]",
    "lists in lists": 'b = [b, b]; a = f"{b}"',
    "extended": "b.extend(b)",
    "holds itself": 'b.append(b); a = f"{b}{b}"',
    "a dictionary": 'd = dict(x=d, y=d); a = f"{d}"',
    "comprehension": "b = [[x, x, b] for x in b]",
    "nested comprehension": "b = [f'{x}{y}' for x in [f'{z}{b}' for z in b]]",
    "split": 'b = a.split("x"); a = f"{b}"',
    "a file": 'a = open("long.txt").read(); a = f"{a}{a}{a}"',
    "lines of a file": 'b = open("long.txt").readlines(); b = [*b, *b]',
    "width": 'a = "%1500000000d" % 1',
    "width by name": 'a = "%(a)1500000000d" % {"a": 1}',
    "width taken": 'a = "%*d" % (1500000000, 1)',
    "width in a text": 'a = f"{1:>1500000000}"',
    "repeated": "a = a * 1500000000; b = b * 1500000000",
    "format": 'a = "{:>1500000000}".format(a)',
    "replace": 'a = a.replace("x", a)',
    "range": "b = [a for x in range(1500000000)]",
    "just": "a = a.ljust(1500000000)",
}


@pytest.mark.parametrize("growing", GROWING.values(), ids=GROWING)
def test_a_value_of_a_setup_script_stays_small(tmp_path: Path, growing: str) -> None:
    (tmp_path / "long.txt").write_text("numpy\n" * 200_000)
    start = f'import os\nfrom setuptools import setup\na = "{"x" * 1000}"\nb = ["x", a]\nd = {{"x": a}}\n'
    end = 'setup(name="n", install_requires=["scipy"], **a, **d)\n'
    (tmp_path / "setup.py").write_text(start + f"{growing}\n" * 60 + end)
    tracemalloc.start()
    began = time.process_time()
    try:
        found = read_setup_py(Tree(tmp_path), "setup.py")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is not None
    assert [requirement.name for requirement in found.requirements] == ["scipy"]
    assert peak < 150_000_000
    assert time.process_time() - began < 20  # seconds, of minutes and hours before


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (" + ".join(['"sci"', '"py"'] + ['""'] * 1_200), "scipy"),
        ("(" * 80 + '"scipy"' + ")" * 80, "scipy"),
        ('"sci%s" % "py"', "scipy"),
        ('"%s%%s" % "sci" % "py"', "scipy"),
        ('"scipy", "\\ud800"', None),
        (f'"scipy", "a" + str({hex(10**5000)})', None),
    ],
)
def test_long_sums_are_followed_and_what_cannot_be_written_is_unknown(
    tmp_path: Path, value: str, name: str | None
) -> None:
    (tmp_path / "setup.py").write_text(f"from setuptools import setup\nsetup(install_requires=[{value}])\n")
    found = read_setup_py(Tree(tmp_path), "setup.py")
    assert found is not None
    assert name is None or [requirement.name for requirement in found.requirements] == [name]
    found.model_dump_json()


def _nest(depth: int, line: str = "import inner") -> str:
    """Return guards within guards, as deep as Python allows."""
    opening = [" " * level + "try:" for level in range(depth)]
    closing = [f"{' ' * level}except ImportError:\n{' ' * level} import other{level}" for level in range(depth)]
    return "\n".join([*opening, " " * depth + line, *reversed(closing)]) + "\n"


def _nest_handlers(depth: int) -> str:
    rows = [
        " " * level + f"try:\n{' ' * level} import m{level}\n{' ' * level}except ImportError:"
        for level in range(depth)
    ]
    return "\n".join(rows) + "\n" + " " * depth + "import last\n"


@pytest.mark.parametrize("make", [_nest, _nest_handlers])
def test_guards_within_guards_are_read_in_time(tmp_path: Path, make: object) -> None:
    text = make(90)  # type: ignore[operator]
    began = time.process_time()
    found, broken = scan_source(Tree(tmp_path), text)
    assert time.process_time() - began < 5
    assert broken is None
    assert len(found) == 91


def test_a_guard_names_its_alternatives_at_every_depth(tmp_path: Path) -> None:
    found, _ = scan_source(Tree(tmp_path), _nest(3))
    seen = {item.module: (item.optional, item.instead) for item in found}
    assert seen["inner"] == ("alternative", ("other2",))
    assert seen["other0"] == ("fallback", ("inner", "other2", "other1"))


def test_the_lines_of_broken_source_are_counted_once(tmp_path: Path) -> None:
    text = "import numpy\n" * 60_000 + "print 'x'\n"
    began = time.process_time()
    found, broken = scan_source(Tree(tmp_path), text)
    assert time.process_time() - began < 10
    assert broken is not None
    assert found[-1].line == 60_000
