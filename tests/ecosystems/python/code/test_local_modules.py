"""Which imports a repository serves itself, judged from the importing file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.tree import join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.python.code.imports import find_imports
from checker.ecosystems.python.code.local_modules import Kind, find_local_modules


def kinds(tmp_path: Path, files: Mapping[str, str], *commands: Command) -> dict[str, str | None]:
    tree = make_tree(tmp_path, files)
    local = find_local_modules(tree, ".", commands)
    found = {}
    for item in find_imports(tree):
        place = local.locate(item)
        found["." * item.level + item.full] = place.kind.value if place is not None else None
    return found


def test_own_folder_and_root(tmp_path: Path) -> None:
    files = {"a/b/run.py": "import near, top, far\n", "a/b/near.py": "", "top.py": "", "c/far.py": ""}
    assert kinds(tmp_path, files) == {"near": "file", "top": "file", "far": "elsewhere"}


@pytest.mark.parametrize(
    "edit",
    [
        "sys.path.append('lib2')",
        "sys.path.insert(0, './lib2')",
        "sys.path.append(os.path.join(os.path.dirname(__file__), '..', 'lib2'))",
        "sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'lib2'))",
        "sys.path.append(str(Path(__file__).resolve().parents[1] / 'lib2'))",
        "sys.path.append(str(Path(__file__).parent.parent / 'lib2'))",
        "sys.path += ['lib2']",
        "sys.path.extend(['lib2', 'x'])",
        "here = os.path.dirname(__file__)\nsys.path.insert(0, here + '/../lib2')",
        "root = '..'\nsys.path.append(f'{root}/lib2')",
        "site.addsitedir('lib2')",
    ],
)
def test_path_edits(tmp_path: Path, edit: str) -> None:
    files = {"exps/run.py": f"import sys, os\n{edit}\nimport far\n", "lib2/far.py": ""}
    assert kinds(tmp_path, files)["far"] == "file"


def test_path_edit_out_of_the_tree(tmp_path: Path) -> None:
    files = {"run.py": "sys.path.append('../../..')\nsys.path.append('/data/code')\nimport far\n"}
    assert kinds(tmp_path, files)["far"] is None


def test_pythonpath_of_scripts_and_commands(tmp_path: Path) -> None:
    files = {
        "a.py": "import one, two\n",
        "x/one.py": "",
        "y/two.py": "",
        "run.sh": "export PYTHONPATH=$(pwd)/x:$PYTHONPATH\n",
    }
    command = Command(argv=("python", "a.py"), raw="", file="README.md", line=1, env=(("PYTHONPATH", "y"),))
    assert kinds(tmp_path, files, command) == {"one": "file", "two": "file"}


def test_layouts(tmp_path: Path) -> None:
    files = {
        "setup.py": "setup(package_dir={'': 'code/python'})\n",
        "code/python/deep/__init__.py": "",
        "src/flat/__init__.py": "",
        "sub/pyproject.toml": "",
        "sub/inner/__init__.py": "",
        "name/name/__init__.py": "",
        "third_party/other/other/__init__.py": "",
        "tests/test_a.py": "import deep, flat, inner, name, other\n",
    }
    found = kinds(tmp_path, files)
    assert found["deep"] == found["flat"] == found["inner"] == found["other"] == "package"
    assert found["name"] == "package"


def test_package_absent_part_and_relative(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/a.py": """
            from .b import c
            from .d import e
            from . import b
            from ..f import g
            import pkg.b, pkg.h
            """,
        "pkg/b.py": "",
    }
    assert kinds(tmp_path, files) == {
        ".b": "file",
        ".d": "absent",
        ".": "package",
        "..f": "absent",
        "pkg.b": "file",
        "pkg.h": "absent",
    }


def test_other_case(tmp_path: Path) -> None:
    assert kinds(tmp_path, {"a.py": "import mynet\n", "MyNet.py": ""}) == {"mynet": "other_case"}


@pytest.mark.parametrize(
    ("files", "module"),
    [
        ({"ops/setup.py": "CUDAExtension('iou_cuda', ['a.cu'])\n"}, "iou_cuda"),
        ({"setup.py": "Extension(name='pkg.ops._c', sources=[])\n", "pkg/__init__.py": ""}, "pkg.ops._c"),
        (
            {"setup.py": "make_cuda_ext(name='roi', module='pkg.ops', sources=[])\n", "pkg/__init__.py": ""},
            "pkg.ops.roi",
        ),
        ({"fast/box.pyx": ""}, "fast.box"),
        ({"CMakeLists.txt": "pybind11_add_module(native src/a.cpp)\n"}, "native"),
        ({"src/a.cpp": "PYBIND11_MODULE(native, m) {}\n"}, "native"),
        ({"msg.proto": ""}, "msg_pb2"),
        ({"jit.py": "from torch.utils.cpp_extension import load\nload(name='jit_op', sources=[])\n"}, "jit_op"),
        (
            {"pyproject.toml": "[tool.setuptools_scm]\nwrite_to = 'pkg/_version.py'\n", "pkg/__init__.py": ""},
            "pkg._version",
        ),
    ],
)
def test_built_modules(tmp_path: Path, files: dict[str, str], module: str) -> None:
    assert kinds(tmp_path, {**files, "use.py": f"import {module}\n"})[module] == "built"


def test_committed_extension(tmp_path: Path) -> None:
    files = {"a.py": "import _fast\n", "_fast.cpython-38-x86_64-linux-gnu.so": ""}
    assert kinds(tmp_path, files) == {"_fast": Kind.FILE.value}


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ((".", "a"), "a"),
        (("a", "../b"), "b"),
        (("a", ".."), "."),
        (("a", "../../b"), "../b"),
        (("./a/", "./b"), "a/b"),
    ],
)
def test_join(parts: tuple[str, ...], path: str) -> None:
    assert join(*parts) == path


@pytest.mark.parametrize(
    "setup",
    [
        "setup(package_dir={str(''): str('python/module')})",
        "root = {'': 'python/module'}\nsetup(package_dir=root)",
        "setup(package_dir=dict(tool='python/module/tool'))",
        "setup(package_dir={'tool': os.path.join('python', 'module', 'tool')})",
    ],
)
def test_a_package_where_the_setup_script_places_it(tmp_path: Path, setup: str) -> None:
    files = {
        "setup.py": f"import os\nfrom setuptools import setup\n{setup}\n",
        "python/module/tool/__init__.py": "",
        "python/module/tool/part.py": "",
        "work/run.py": "import tool.part\nimport tool.absent\nimport other\n",
    }
    tree = make_tree(tmp_path, files)
    local = find_local_modules(tree)
    found = {name: local.find(name, "work/run.py") for name in ("tool", "tool.part", "tool.absent", "other")}
    assert {name: place and place.kind for name, place in found.items()} == {
        "tool": Kind.PACKAGE,
        "tool.part": Kind.FILE,
        "tool.absent": Kind.ABSENT,
        "other": None,
    }
    assert local.top_modules == ("tool",)


def test_a_package_whose_folder_has_another_name(tmp_path: Path) -> None:
    setup = "from setuptools import setup\nsetup(packages=['tool', 'tool.deep'], package_dir={'tool': 'source'})\n"
    files = {"setup.py": setup, "source/deep/part.py": "", "run.py": "import tool.deep.part\nimport tool.no\n"}
    assert kinds(tmp_path, files)["tool.deep.part"] == "file"
    assert kinds(tmp_path, files)["tool.no"] == "absent"


def test_a_known_distribution_is_no_file_of_that_name_in_a_package(tmp_path: Path) -> None:
    """`lamps/torchx.py` hides nothing from `import torchx.specs` beside it, and holds no module below itself."""
    files = {
        "lamps/__init__.py": "",
        "lamps/torchx.py": "import torchx.specs\n",
        "lamps/examples/run.py": "import torchx.runner\n",
        "lamps/own.py": "import own.part\n",
    }
    assert kinds(tmp_path, files) == {"torchx.specs": None, "torchx.runner": None, "own.part": "absent"}
