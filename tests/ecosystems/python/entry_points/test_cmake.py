"""What pages have a reader build with CMake is built before the code starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.python.survey import survey

CONFIGURE, BUILD = ("cmake", "-S", ".", "-B", "build"), ("cmake", "--build", "build", "-j", "2")
BELOW = ("cmake", "-S", "solver", "-B", "solver/build")


@pytest.mark.parametrize(
    ("page", "built"),
    [
        ("mkdir build\ncd build\ncmake ..\nmake\ncd ..", [CONFIGURE, BUILD]),
        ("mkdir -p build && cd build && cmake .. && make -j$(nproc)", [CONFIGURE, BUILD]),
        ("cmake -S . -B build\ncmake --build build -j8", [CONFIGURE, BUILD]),
        ("cmake -B build -DFAST=ON -G Ninja\nninja -C build", [(*CONFIGURE, "-DFAST=ON"), BUILD]),
        ("cmake -Bbuild -D FAST=ON .\nmake -C build", [(*CONFIGURE, "-DFAST=ON"), BUILD]),
        ("cmake -B build\ncmake --build build --target solver", [CONFIGURE, (*BUILD, "--target", "solver")]),
        ("cd solver\nmkdir build\ncd build\ncmake ..\nmake", [BELOW, (*BUILD[:2], "solver/build", "-j", "2")]),
        ("cmake .\nmake", [("cmake", "-S", ".", "-B", "."), ("cmake", "--build", ".", "-j", "2")]),
        ("cmake -B build -DX=$(pwd)", []),
        ("cmake -B build <OPTIONS>", []),
        ("cmake -S nowhere -B build\ncmake --build build", []),
        ("cmake --install build", []),
        ("mkdir build\ncd build\nmake", []),
    ],
)
def test_commands_of_a_page(tmp_path: Path, page: str, built: list[tuple[str, ...]]) -> None:
    files = {"README.md": f"```\n{page}\npython run.py\n```\n", "CMakeLists.txt": "", "solver/CMakeLists.txt": ""}
    work = survey(make_tree(tmp_path, {**files, "run.py": "print(1)\n"})).groundwork
    assert [each.argv for each in work] == built
    assert {each.cwd for each in work} <= {"."}
