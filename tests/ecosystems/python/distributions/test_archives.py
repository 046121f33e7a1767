"""What wheels and source distributions hold, read from small ones made on the spot."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from lookup_index import archive, tarball

from checker.ecosystems.python.distributions.archive_contents import (
    MOST_MODULES,
    bound_names,
    read_required_names,
    read_sdist_contents,
    read_wheel_contents,
)
from checker.ecosystems.python.distributions.unpacking import MOST_UNPACKED


@pytest.mark.parametrize(
    ("names", "modules"),
    [
        (("a/__init__.py", "a/b.py", "c.py", "d.cpython-38-x86_64-linux-gnu.so"), ("a", "c", "d", "a.b")),
        (("google/protobuf/__init__.py", "x-1-nspkg.pth"), ("google.protobuf",)),
        (("old-1.data/purelib/old/__init__.py", "old-1.data/scripts/run.py"), ("old",)),
        (("old-1.data/platlib/fast.so", "old-1.data/data/share/x.py"), ("fast",)),
        (("a-1.dist-info/METADATA", "a/data.txt", "bad name/x.py", "README.md"), ()),
        (("a/b/c/d/e/f.py",), ("a.b.c.d",)),
    ],
)
def test_modules_of_a_wheel(names: tuple[str, ...], modules: tuple[str, ...]) -> None:
    found = read_wheel_contents(names)
    assert found.modules == modules
    assert found.complete


def test_what_names_do_not_show() -> None:
    assert not read_wheel_contents(["a.py", "paths.pth"]).complete
    many = read_wheel_contents([f"m{n}.py" for n in range(MOST_MODULES + 1)])
    assert (len(many.modules), many.complete) == (MOST_MODULES, False)


def test_modules_of_a_source_distribution() -> None:
    told = {
        "x-1/setup.py": "raise SystemExit",
        "x-1/x.egg-info/top_level.txt": "real\n_real\n",
        "x-1/other.py": "",
    }
    found = read_sdist_contents(tarball(told), "x-1.tar.gz")
    assert found is not None
    assert (found.modules, found.complete) == (("real", "_real"), True)
    zipped = read_sdist_contents(
        archive({"x-1/setup.py": "", "x-1/pkg/__init__.py": "", "x-1/mod.py": ""}), "x-1.zip"
    )
    assert zipped is not None
    assert (zipped.modules, zipped.complete) == (("mod", "pkg"), False)
    assert read_sdist_contents(tarball({"x-1/README": ""}), "x-1.tar.gz") is None


def test_broken_and_hostile_archives() -> None:
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as packed:
        entry = tarfile.TarInfo("x-1/zeros")
        entry.size = 2 * MOST_UNPACKED
        packed.write(entry.tobuf())
        for _ in range(2 * MOST_UNPACKED >> 20):
            packed.write(bytes(1 << 20))
    whole = tarball({"x-1/x/__init__.py": "x" * 5000})
    for data in (bomb.getvalue(), b"", b"PK", whole[: len(whole) // 2]):
        assert read_sdist_contents(data, "x-1.tar.gz") is None
        assert read_sdist_contents(data, "x-1.zip") is None


def test_requirements_of_metadata() -> None:
    text = "Name: a\nRequires-Dist: b-c (>=1)\nRequires-Dist: d ; extra == 'x'\n\nRequires-Dist: prose\n"
    assert read_required_names(text) == ("b-c", "d")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import os.path\nfrom a import b as c\nX, Y = 1, 2\n", {"os", "c", "X", "Y"}),
        ("try:\n    import fast\nexcept ImportError:\n    fast = None\nif 1:\n    def f(): ...\n", {"fast", "f"}),
        ("def f():\n    inner = 1\nclass C:\n    attribute = 1\n", {"f", "C"}),
        ("from .all import *\n", {"*"}),
        ("def __getattr__(name): ...\n", {"__getattr__", "*"}),
        ("globals()['x'] = 1\n", {"*"}),
        ("", set()),
    ],
)
def test_names_that_a_module_binds(source: str, names: set[str]) -> None:
    found = bound_names(source)
    assert found is not None
    assert set(found) == names


@pytest.mark.parametrize("source", ["print 'two'\n", "x = \0\n", "(" * 5000])
def test_source_that_cannot_be_parsed(source: str) -> None:
    assert bound_names(source) is None
