"""Which imports a file holds, and which of them it can do without."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from checker.core.tree import Tree
from checker.ecosystems.python.source.import_scan import Found, scan_source
from checker.ecosystems.python.source.stdlib import is_python2_name, is_standard

NO_FILES = Tree(Path("there-is-none"))


def found(text: str, python: str = "3.8") -> dict[str, Found]:
    return {item.module: item for item in scan_source(NO_FILES, dedent(text), python)[0]}


def test_plain_forms() -> None:
    items = found("import a.b, c as d\nfrom e.f import g, h\nfrom . import i\nfrom ..j import k\n")
    assert items["a.b"].line == 1
    assert "c" in items
    assert items["e.f"].names == ("g", "h")
    assert items[""].level == 1
    assert items["j"].level == 2


@pytest.mark.parametrize(
    "caught", ["ImportError", "ModuleNotFoundError", "Exception", "(ImportError, OSError)", ""]
)
def test_guarded_import_is_optional(caught: str) -> None:
    handler = f"except {caught}:" if caught else "except:"
    assert found(f"try:\n    import apex\n{handler}\n    apex = None\n")["apex"].optional == "guarded"


@pytest.mark.parametrize("ending", ["raise", "raise ImportError('x')", "sys.exit(1)", "exit()", "os._exit(1)"])
def test_guard_that_ends_the_program_guards_nothing(ending: str) -> None:
    assert not found(f"try:\n    import apex\nexcept ImportError:\n    print('no')\n    {ending}\n")[
        "apex"
    ].optional


def test_guard_that_raises_under_a_condition_still_guards() -> None:
    text = "try:\n    import apex\nexcept ImportError:\n    if strict:\n        raise\n"
    assert found(text)["apex"].optional == "guarded"


def test_guard_against_something_else_guards_nothing() -> None:
    assert not found("try:\n    import apex\nexcept ValueError:\n    pass\n")["apex"].optional


def test_alternatives_know_each_other() -> None:
    items = found("try:\n    import ujson\nexcept ImportError:\n    import simplejson\n")
    assert items["ujson"].optional == "alternative"
    assert items["ujson"].instead == ("simplejson",)
    assert items["simplejson"].optional == "fallback"
    assert items["simplejson"].instead == ("ujson",)


def test_suppressed_typing_and_skipped() -> None:
    items = found(
        """
        with contextlib.suppress(ImportError):
            import a
        if TYPE_CHECKING:
            import b
        pytest.importorskip("c")
        if is_d_available():
            import d
        if importlib.util.find_spec("e") is not None:
            import e
        """
    )
    assert [items[name].optional for name in "abcde"] == [
        "suppressed",
        "typing only",
        "skipped without",
        "where installed",
        "where installed",
    ]


@pytest.mark.parametrize(
    ("condition", "python", "taken"),
    [
        ("sys.version_info >= (3, 8)", "3.8", True),
        ("sys.version_info >= (3, 8)", "3.7", False),
        ("sys.version_info[0] < 3", "3.8", False),
        ("sys.version_info.major == 2", "3.8", False),
        ("not sys.version_info < (3,)", "3.8", True),
        ("sys.platform == 'win32'", "3.8", False),
        ("sys.platform.startswith('linux')", "3.8", True),
        ("sys.platform in ('darwin', 'win32')", "3.8", False),
        ("os.name == 'nt'", "3.8", False),
        ("platform.system() != 'Windows'", "3.8", True),
        ("six.PY2 or sys.platform == 'win32'", "3.8", False),
        ("0", "3.8", False),
    ],
)
def test_branch_for_another_interpreter(condition: str, python: str, taken: bool) -> None:
    items = found(f"if {condition}:\n    import yes\nelse:\n    import no\n", python)
    assert bool(items["yes"].optional) is not taken
    assert bool(items["no"].optional) is taken


def test_lazy_is_still_wanted() -> None:
    items = found(
        """
        def f():
            import a
        class C:
            import b
        if args.c:
            import c
        if __name__ == '__main__':
            import d
        """
    )
    assert {name: (item.lazy, item.optional) for name, item in items.items()} == {
        "a": (True, ""),
        "b": (False, ""),
        "c": (True, ""),
        "d": (False, ""),
    }


def test_dynamic_imports_by_literal() -> None:
    items = found(
        """
        m = importlib.import_module('a.b')
        n = __import__('c')
        k = import_module(name)
        j = import_module('d e')
        """
    )
    assert set(items) == {"a.b", "c"}
    assert items["a.b"].dynamic


def test_every_kind_of_block_is_read() -> None:
    items = found(
        """
        for x in y:
            import a
        else:
            import b
        while True:
            import c
        match z:
            case 1:
                import d
        try:
            pass
        except KeyError:
            import e
        else:
            import f
        finally:
            import g
        async def h():
            async with i:
                import j
        """
    )
    assert set(items) == {"a", "b", "c", "d", "e", "f", "g", "j"}


def test_python_2_is_read_line_by_line_and_named() -> None:
    imports, broken = scan_source(
        NO_FILES, "import urllib2, numpy as np\nfrom scipy.misc import imread\nprint 'x'\n"
    )
    assert [item.module for item in imports] == ["urllib2", "numpy", "scipy.misc"]
    assert broken is not None
    assert (broken.kind, broken.line) == ("python 2", 3)


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("import a\n<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n", "merge markers", 2),
        ("import a\nx = = 1\n", "syntax", 2),
        ("import a\ntry:\n    f()\nexcept E, e:\n    pass\n", "python 2", 4),
        ("import a\nexec 'x'\n", "python 2", 2),
    ],
)
def test_broken_files_say_where(text: str, kind: str, line: int) -> None:
    imports, broken = scan_source(NO_FILES, text)
    assert [item.module for item in imports] == ["a"]
    assert broken is not None
    assert (broken.kind, broken.line) == (kind, line)


@pytest.mark.parametrize("text", ["\x00", "(" * 5000, "x" * 100_000 + "\n" + "[" * 300])
def test_hostile_text_does_not_crash(text: str) -> None:
    assert scan_source(NO_FILES, text)[0] == ()


@pytest.mark.parametrize(
    ("name", "python", "standard"),
    [
        ("json", "3.8", True),
        ("bisect", "3.6", True),
        ("distutils", "3.11", True),
        ("distutils.util", "3.12", False),
        ("imp", "3.12", False),
        ("asyncore", "3.11", True),
        ("dataclasses", "3.6", False),
        ("dataclasses", "3.7", True),
        ("importlib", "3.6", True),
        ("importlib.metadata", "3.7", False),
        ("tomllib", "3.10", False),
        ("zoneinfo", "3.9", True),
        ("cgi", "3.13", False),
        ("numpy", "3.8", False),
        ("_thread", "3.8", True),
        ("_distutils_hack", "3.8", False),
    ],
)
def test_standard_library_by_version(name: str, python: str, standard: bool) -> None:
    assert is_standard(name, python) is standard


def test_python_2_names() -> None:
    assert is_python2_name("urllib2")
    assert is_python2_name("ConfigParser")
    assert not is_python2_name("configparser")


def test_the_table_agrees_with_this_interpreter() -> None:
    import sys

    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    public = {name for name in sys.stdlib_module_names if not name.startswith("_")}
    assert {name for name in public if not is_standard(name, here)} == set()
