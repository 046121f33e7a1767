"""The imports of a whole tree, notebooks and kinds of files included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.code.imports import find_imports, scan_project
from checker.ecosystems.python.import_value import Where
from checker.ecosystems.python.source.notebooks import parse_notebook


def notebook(*cells: str, language: str = "python") -> str:
    body = [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []} for cell in cells]
    return json.dumps({"cells": body, "metadata": {"kernelspec": {"language": language}}, "nbformat": 4})


@pytest.mark.parametrize(
    ("path", "text", "where"),
    [
        ("pkg/a.py", "import x\n", Where.PACKAGE),
        ("pkg/run.py", "import x\nif __name__ == '__main__':\n    pass\n", Where.SCRIPT),
        ("train.py", "import x\n", Where.SCRIPT),
        ("setup.py", "import x\n", Where.SETUP),
        ("docs/conf.py", "import x\n", Where.DOCS),
        ("tests/test_a.py", "import x\ndef test_a(): pass\n", Where.TEST),
        ("test_net.py", "import x\nimport pytest\n", Where.TEST),
        ("test.py", "import x\nparser = ArgumentParser()\n", Where.SCRIPT),
        ("test_net2.py", "import x\ndef test_epoch(): pass\np = ArgumentParser()\n", Where.SCRIPT),
        ("test_net3.py", "import x\ndef test_epoch(model, loader): pass\n", Where.SCRIPT),
        ("test_net3.py", "import x\ndef test_epoch(model, loader=None): pass\ndef test_a(): pass\n", Where.TEST),
        ("testing/evaluate.py", "import x\ndef test_sm(model, options): pass\n", Where.TEST),
        ("tests/test_b.py", "import x\ndef test_b(tmp_path, capsys): pass\n", Where.TEST),
        ("test_net3.py", "import x\ndef test_epoch(mocker): pass\n", Where.TEST),
        ("tests/test_b.py", "import x\n@given(whole)\ndef test_b(number): pass\n", Where.TEST),
        ("tests/test_b.py", "import x\nclass TestB(Case):\n    def test_b(self): pass\n", Where.TEST),
        ("tests/test_b.py", "import x\nprint 'Python 2'\ndef test_b(model): pass\n", Where.TEST),
        ("options/test_options.py", "import x\nclass TestOptions: pass\n", Where.SCRIPT),
        ("examples/a.py", "import x\n", Where.EXAMPLE),
        ("third_party/net/a.py", "import x\n", Where.VENDORED),
    ],
)
def test_kind_of_file(tmp_path: Path, path: str, text: str, where: Where) -> None:
    tree = make_tree(tmp_path, {path: text, "pkg/__init__.py": ""})
    assert [item.where for item in find_imports(tree) if item.module == "x"] == [where]


def test_fixtures_of_the_repository_can_be_handed_to_a_test(tmp_path: Path) -> None:
    files = {"tests/conftest.py": "", "test_a.py": "import x\ndef test_a(model): pass\n"}
    assert [item.where for item in find_imports(make_tree(tmp_path, files))] == [Where.TEST]


def test_committed_environments_are_not_read(tmp_path: Path) -> None:
    files = {"venv/lib/a.py": "import x\n", "lib/site-packages/b.py": "import y\n", "c.py": "import z\n"}
    assert [item.module for item in find_imports(make_tree(tmp_path, files))] == ["z"]


def test_a_folder_called_env_is_an_environment_only_where_it_was_made_as_one(tmp_path: Path) -> None:
    own = {"env/maze.py": "import x\n", "a.py": "import z\n"}
    assert {item.module for item in find_imports(make_tree(tmp_path / "own", own))} == {"x", "z"}
    made = {**own, "env/Scripts/activate.bat": "", "env/Scripts/activate_this.py": "import y\n"}
    assert [item.module for item in find_imports(make_tree(tmp_path / "made", made))] == ["z"]


def test_only_the_project(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"one/a.py": "import x\n", "oneself/b.py": "import y\n"})
    assert [item.module for item in find_imports(tree, "one")] == ["x"]


def test_notebook_without_magics(tmp_path: Path) -> None:
    cells = (
        "%matplotlib inline\nimport numpy\n!pip install einops==0.6 # quick\nfiles = !ls\nnumpy?\n",
        "%%bash\npip install scipy\nimport nothing\n",
        "%%time\nif True:\n    %cd x\nimport pandas\n",
    )
    scan = scan_project(make_tree(tmp_path, {"a.ipynb": notebook(*cells)}))
    assert [(item.module, item.line) for item in scan.imports] == [("numpy", 2), ("pandas", 10)]
    assert [command.argv for command in scan.statements] == [
        ("pip", "install", "einops==0.6"),
        ("pip", "install", "scipy"),
    ]
    assert scan.broken == ()


def test_one_broken_cell_leaves_the_others(tmp_path: Path) -> None:
    scan = scan_project(make_tree(tmp_path, {"a.ipynb": notebook("import a", "x = = 1", "import b")}))
    assert [item.module for item in scan.imports] == ["a", "b"]
    assert [(broken.kind, broken.line) for broken in scan.broken] == [("syntax", 3)]


def test_notebook_of_another_language(tmp_path: Path) -> None:
    assert find_imports(make_tree(tmp_path, {"a.ipynb": notebook("import a", language="julia")})) == ()


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"cells": 3}', '{"cells": [1, {"cell_type": "code"}]}', "[" * 100_000]
)
def test_broken_notebooks(text: str) -> None:
    code = parse_notebook(text, "a.ipynb")
    assert code.text == ""


def test_old_notebook_format() -> None:
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["import a\n"]}]}]}
    assert parse_notebook(json.dumps(old), "a.ipynb").cells == ("import a",)
