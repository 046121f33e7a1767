"""Whether a repository holds code is judged by its content: pages, placeholders, promises, archives."""

from __future__ import annotations

import io
import json
import lzma
import tarfile
import tempfile
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.core.data_files import read_toml
from checker.core.tree import Tree
from checker.judging.presence import archives, choose_branches, describe_contents, look_for_code
from checker.judging.presence.archives import list_members
from checker.judging.presence.look import PATTERNS

PAGE = "<html><h2>Abstract</h2><script src='static/js/index.js'></script><h2>BibTeX</h2></html>"
SCRIPT = "document.querySelector('video').play();\n"
SOON = "# Waves\n\n**Code coming soon!**\n"


NAMES = [
    "README.md",
    "main.py",
    "a/__init__.py",
    "index.html",
    "js/a.js",
    "demo.ipynb",
    "run",
    "a.zip",
    "b.tar.gz",
]
TEXTS = [PAGE, SCRIPT, SOON, "", "#!/bin/sh\n", "pass\n", '"""', "[" * 5000, '{"cells": 1}', "x = 1\n"]


def notebook(*sources: str) -> str:
    cells = [{"cell_type": "code", "source": [source]} for source in sources]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": ["# Title"]}, *cells]})


def plant(root: Path, files: dict[str, str | bytes]) -> Tree:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
    return Tree(root)


def pack_zip(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_dot_", "."), text)
    return data.getvalue()


def pack_tar(mode: str, name: str, text: bytes) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=mode) as archive:  # type: ignore[call-overload]
        member = tarfile.TarInfo(name)
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return data.getvalue()


CODE: dict[str, dict[str, str | bytes]] = {
    "a module": {"README.md": "# x", "main.py": "x = 1\nprint(x)\n"},
    "a script without a suffix": {"verify": "#!/usr/bin/env python3\nimport numpy\n"},
    "a shell script without a suffix": {"run": "#!/bin/bash -e\npython -c 'print(1)'\n"},
    "a script with options for env": {"go": "#!/usr/bin/env -S Rscript --vanilla\ncat(1)\n"},
    "imports alone, where nothing is promised": {"main.py": "import numpy\n"},
    "a notebook": {"demo.ipynb": notebook("x = 1\n")},
    "a notebook in text": {"demo.ipynb": "{ not json"},
    "a program beside a promise": {"README.md": SOON, "train.py": "def f(x):\n    y = x + 1\n    return y\n"},
    "code beside a page": {"index.html": PAGE, "static/js/index.js": SCRIPT, "src/fit.py": "x = 1\n"},
    "a program of JavaScript": {"package.json": "{}", "index.html": PAGE, "index.js": SCRIPT},
    "a program in the browser": {"index.html": "<p>Draw a wave.</p>", "wave.js": "let a = 1;\n" * 400},
    "a program in the browser, of a paper": ({"index.html": PAGE, "src/wave.js": "let a = 1;\n" * 2000}),
    "a workflow": {"README.md": "# x", "workflow/Snakefile": "rule a:\n  shell: 'x'\n"},
    "a language of few": {"README.md": "# x", "a.mzn": "var int: x;\n"},
    "C with nothing but a main": {"main.c": '#include <stdio.h>\nint main() { puts("hi"); return 0; }\n'},
}


@pytest.mark.parametrize("files", CODE.values(), ids=CODE)
def test_code_is_found(files: dict[str, str | bytes], tmp_path: Path) -> None:
    found = look_for_code(plant(tmp_path, files))
    assert found.languages
    assert describe_contents(found.contents) == ""


NO_CODE: dict[str, tuple[dict[str, str | bytes], str]] = {
    "a readme and a licence": ({"README.md": "# x", "LICENSE": "MIT"}, ""),
    "data": ({"README.md": "# x", "data/a.csv": "1,2", "b.json": "{}", "c.npy": b"\0", "LICENSE": "MIT"}, ""),
    "a page": ({"index.html": PAGE, "static/js/index.js": SCRIPT, "static/css/a.css": "p{}"}, "a web page"),
    "a page in docs": ({"README.md": "# x", "docs/index.html": PAGE, "docs/js/app.js": SCRIPT}, "docs/index.html"),
    "a page without words": (
        {"index.html": "<p>Waves</p>", "js/a.js": SCRIPT, "js/jquery.js": "x\n" * 9000},
        "a web",
    ),
    "a page with much of others": (
        {"index.html": PAGE, "static/js/app.js": "x\n" * 5000, "bundle.js": "x\n" * 5000, "main.js": SCRIPT},
        "a web page",
    ),
    "a page of Jekyll": (
        {"_config.yml": "title: x", "_plugins/a.rb": "puts 1\n" * 30, "index.md": "# x"},
        "_config",
    ),
    "documentation": (
        {"docs/conf.py": "html_theme = 'x'\n", "docs/index.rst": "x\n", "docs/_config.yml": ""},
        "a web",
    ),
    "a promise": ({"README.md": SOON}, "Code coming soon"),
    "a promise and an empty file": ({"README.md": SOON, "main.py": ""}, "Code coming soon"),
    "a promise and a place for code": (
        {
            "README.md": "Code will be released upon acceptance.",
            "main.py": "import torch\n\n\ndef main():\n    pass\n",
        },
        "released upon acceptance",
    ),
    "a promise and a print": (
        {"README.md": "We are cleaning the code and will release it soon.", "a/main.py": "print('hello')\n"},
        "release it soon",
    ),
    "a promise in the file itself": ({"main.py": "# Code coming soon\nimport torch\n"}, "Code coming soon"),
    "empty files": (
        {"README.md": "# x", "net/__init__.py": "", "main.py": '"""Waves."""\n# TODO\npass\n'},
        "nothing",
    ),
    "scripts of the code host": ({"README.md": "# x", ".github/scripts/a.py": "x = 1\n"}, ""),
    "a promise and a package": (
        {"README.md": SOON, "setup.py": "from setuptools import setup\nsetup()\n"},
        "soon",
    ),
    "an empty notebook": ({"demo.ipynb": notebook()}, "nothing"),
    "a class that keeps a place": (
        {
            "README.md": SOON,
            "model.py": "import torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n"
            "        super().__init__()\n\n    def forward(self, x):\n        raise NotImplementedError\n",
        },
        "soon",
    ),
    "a promise in Chinese": (
        {"README.md": "# 波\n代码即将开源，敬请期待。", "main.py": "import torch\n"},
        "即将开源",
    ),
    "a promise of three letters": ({"README.md": "# x\n\n**Code:** TBD\n", "a.py": 'print("TBD")\n'}, "TBD"),
    "a promise in a list": (
        {"README.md": "- [x] paper\n- [ ] Release the code\n", "a.py": "import x\n"},
        "Release",
    ),
    "a page of Hugo": ({"hugo.toml": "title = 'x'", "content/a.md": "# x", "static/js/a.js": SCRIPT}, "hugo.toml"),
    "C that is empty": ({"README.md": SOON, "main.c": "#include <stdio.h>\nint main() { return 0; }\n"}, "soon"),
}


@pytest.mark.parametrize(("files", "said"), NO_CODE.values(), ids=NO_CODE)
def test_what_is_no_code(files: dict[str, str | bytes], said: str, tmp_path: Path) -> None:
    found = look_for_code(plant(tmp_path, files))
    assert found.languages == ()
    assert said in describe_contents(found.contents)


ARCHIVES: dict[str, tuple[str, bytes, bool]] = {
    "zip": ("sim.zip", pack_zip(**{"sim/main_dot_py": "x = 1"}), True),
    "zip of data": ("data.zip", pack_zip(a_dot_csv="1,2"), False),
    "zip of what macOS adds": ("a.zip", pack_zip(**{"__MACOSX/main_dot_py": "x"}), False),
    "tar": ("a/sim.tar", pack_tar("w", "sim/main.f90", b"end"), True),
    "tar.gz": ("sim.tar.gz", pack_tar("w:gz", "sim/main.c", b"int x;"), True),
    "tgz of data": ("sim.tgz", pack_tar("w:gz", "sim/main.csv", b"1"), False),
    "tar.xz": ("sim.tar.xz", pack_tar("w:xz", "sim/main.jl", b"1"), True),
    "tar.bz2": ("sim.tar.bz2", pack_tar("w:bz2", "sim/main.R", b"1"), True),
    "zip in a zip": ("all.zip", pack_zip(**{"code_dot_zip": "PK"}), True),
    "zip in a zip of data": ("all.zip", pack_zip(**{"data_dot_zip": "PK"}), False),
    "wheel": ("dist/waves.whl", pack_zip(**{"waves/main_dot_py": "x = 1"}), True),
    "closed, called code": ("our_code.7z", b"7z", True),
    "closed": ("results.rar", b"Rar!", False),
    "damaged, called code": ("code.zip", b"PK\x05\x06 and nothing", True),
    "damaged": ("x.tar.gz", b"\x1f\x8b and nothing", False),
}


@pytest.mark.parametrize(("name", "data", "holds"), ARCHIVES.values(), ids=ARCHIVES)
def test_code_in_an_archive(name: str, data: bytes, holds: bool, tmp_path: Path) -> None:
    found = look_for_code(plant(tmp_path, {"README.md": "# x", name: data}))
    assert found.languages == ()
    assert found.contents.archives == ((name,) if holds else ())
    assert (name in describe_contents(found.contents)) is holds


@pytest.mark.parametrize("name", ["train.py", "fig.ipynb", "code.zip", "run"])
def test_what_git_lfs_keeps_is_not_here(name: str, tmp_path: Path) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n"
    found = look_for_code(plant(tmp_path, {"README.md": "# x", name: pointer}))
    assert (found.languages, found.contents.archives, found.contents.stubs) == ((), (), ())


def test_likely_branches_are_looked_at_first() -> None:
    names = ["a", "b", "zz-code", "camera-ready", "gh-pages", "main"]
    assert choose_branches(names) == ("main", "camera-ready", "zz-code", "a", "b")


def test_an_archive_is_listed_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "TAR_BYTES", 100_000)
    monkeypatch.setattr(archives, "DIRECTORY_BYTES", 100)
    bomb, many = tmp_path / "a.tar.gz", tmp_path / "b.zip"
    bomb.write_bytes(pack_tar("w:gz", "big.py", b"0" * 5_000_000))
    many.write_bytes(pack_zip(**{f"n{number}_dot_py": "x" for number in range(50)}))
    assert list_members(bomb) in ((), None, ("big.py",))
    assert list_members(many) is None


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_archive_is_listed_or_not(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([data for _, data, _ in ARCHIVES.values()]))
    at = data.draw(st.integers(0, len(whole)))
    damaged = whole[:at] + data.draw(st.binary(max_size=40)) + whole[at + data.draw(st.integers(0, 40)) :]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.zip", "a.tar", "a.tar.gz", "a.tar.xz", "a.tar.bz2"):
            place = Path(folder, name)
            place.write_bytes(damaged)
            assert list_members(place) is None or all(list_members(place) or ())


@given(st.dictionaries(st.sampled_from(NAMES), st.one_of(st.text(max_size=200), st.sampled_from(TEXTS))))
@settings(max_examples=150, deadline=None)
def test_any_tree_is_judged(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = look_for_code(
            plant(Path(folder), {path: text.encode(errors="replace") for path, text in files.items()})
        )
    said = describe_contents(found.contents)
    assert not (said and found.languages) and "\n" not in said


def test_the_likeliest_branches_come_first_and_pages_never() -> None:
    named = ("gh-pages", "zeta", "dependabot/pip/x", "dev", "renovate/a", "main", "alpha")
    assert choose_branches(named) == ("main", "dev", "alpha", "zeta")


@pytest.mark.parametrize("name", PATTERNS)
def test_each_pattern_is_found_in_its_own_example(name: str) -> None:
    row = read_toml("checker.judging", "presence.toml")["patterns"][name]
    assert PATTERNS[name].search(row["matches"])


def test_an_archive_cannot_hide_how_long_its_directory_is(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for number in range(100):
            archive.writestr(f"{number}{'x' * 60_000}.py", "x")
    end = bytearray(data.getvalue())
    end[-18:-14] = b"PK\x05\x06"  # what looks for the end from behind finds one inside of it
    path = tmp_path / "x.zip"
    path.write_bytes(end)
    assert len(zipfile.ZipFile(path).namelist()) == 100
    assert list_members(path) is None


def test_an_archive_that_wants_four_gigabytes_of_memory_is_not_read(tmp_path: Path) -> None:
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("x.py"))
    data = bytearray(lzma.compress(plain.getvalue()))
    header = slice(12, 12 + (data[12] + 1) * 4 - 4)
    (tmp_path / "small.tar.xz").write_bytes(data)
    data[12 + 4] = 40
    data[header.stop : header.stop + 4] = zlib.crc32(data[header]).to_bytes(4, "little")
    (tmp_path / "large.tar.xz").write_bytes(data)
    assert list_members(tmp_path / "small.tar.xz") == ()
    assert list_members(tmp_path / "large.tar.xz") is None


def test_a_thousand_archives_are_not_all_looked_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1000):
        (tmp_path / f"{number}.zip").write_bytes(b"")
    asked: list[Path] = []
    monkeypatch.setattr("checker.judging.presence.look.list_members", lambda place: asked.append(place) or ())
    look_for_code(Tree(tmp_path))
    assert 0 < len(asked) <= 20


def test_a_notebook_of_megabytes_is_code_and_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("json.loads", lambda text: pytest.fail("parsed"))
    found = look_for_code(plant(tmp_path, {"a.ipynb": ("[" * 2_000_000).encode()}))
    assert [language for language, _ in found.languages] != []


def test_files_without_end_that_hold_nothing_are_not_all_gone_through(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(SOON)
    for number in range(3_000):
        (tmp_path / f"f{number}.py").write_text("import torch\n\n" * 1_400)
    began = time.process_time()
    found = look_for_code(Tree(tmp_path))
    assert time.process_time() - began < 20
    assert found.languages == (("Python", 3_000),)
