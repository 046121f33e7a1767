"""Whose a path is that is not there, by what the tree tells about it: none of these is data."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.values.plans import Phase
from checker.ecosystems.python.outcomes.modules import find_module_cause
from checker.judging.judge import FailureText, judge

SUBPROCESS = (
    'Traceback (most recent call last):\n  File "/code/src/run.py", line 3, in <module>\n'
    '  File "/usr/lib/python3.11/subprocess.py", line 1955, in _execute_child\n'
    "FileNotFoundError: [Errno 2] No such file or directory: '{}'\n"
)
OPENED = "FileNotFoundError: [Errno 2] No such file or directory: '{}'\n"
SHELL = "/bin/sh: 1: {}: not found\n"
NATIVE = {"CMakeLists.txt": "add_executable(solver s.c)\n", "s.c": "int main() {}\n"}
SUBMODULE = {".gitmodules": '[submodule "a"]\n\tpath = external/parser\n\turl = https://example.org/a\n'}


@pytest.mark.parametrize(
    ("files", "said", "path", "cause"),
    [
        (NATIVE, SUBPROCESS, "./build/solver", "not_built"),
        (NATIVE, SUBPROCESS, "/code/src/solver/main", "not_built"),
        (NATIVE, SHELL, "./build/solver", "not_built"),
        (NATIVE, SHELL, "bin/solver", "not_built"),
        (NATIVE, OPENED, "build/libsolver.so", "not_built"),
        (NATIVE, OPENED, "build/Release/solver", "not_built"),
        (NATIVE, OPENED, "build/points.csv", "needs_data"),
        ({}, SUBPROCESS, "./build/solver", "missing_in_repository"),
        ({}, SUBPROCESS, "./tools/convert.sh", "missing_in_repository"),
        ({}, SHELL, "./tools/convert", "missing_in_repository"),
        ({}, SUBPROCESS, "/usr/local/bin/lampc", "missing_compiler_or_command"),
        ({}, SUBPROCESS, "data/points.csv", "needs_data"),
        ({}, SUBPROCESS, "data/work", "needs_data"),
        (SUBMODULE, OPENED, "external/parser/src/parser.c", "submodule_missing"),
        (SUBMODULE, OPENED, "external/parser/words.csv", "submodule_missing"),
        (SUBMODULE, SUBPROCESS, "external/parser/run", "submodule_missing"),
        (SUBMODULE, OPENED, "external/words.csv", "needs_data"),
        ({**SUBMODULE, "external/parser/a.c": ""}, OPENED, "external/parser/words.csv", "needs_data"),
        ({"configs/a.json": "{}"}, OPENED, "/home/alice/lab/configs/a.json", "wrong_place"),
        ({"points.csv": "1"}, OPENED, "/home/alice/lab/points.csv", "wrong_place"),
        ({}, OPENED, "/home/alice/lab/net.py", "wrong_place"),
        ({}, OPENED, "/usr/local/bin/dot", "needs_program"),
        ({"Makefile": ""}, OPENED, "build/words.txt", "not_built"),
        ({"Makefile": ""}, OPENED, "../build/words.bin", "not_built"),
        ({}, OPENED, "build/words.txt", "needs_data"),
        ({}, OPENED, "/app", "wrong_place"),
        ({}, OPENED, "/app/output", "wrong_place"),
        ({}, OPENED, "/app/data/points.csv", "needs_data"),
        ({}, OPENED, "/data/points.csv", "needs_data"),
        ({}, OPENED, "/mnt/disk/imagenet", "needs_data"),
        ({}, OPENED, "~/points", "needs_data"),
    ],
)
def test_what_a_path_lacks(tmp_path: Path, files: dict[str, str], said: str, path: str, cause: str) -> None:
    tree = make_tree(tmp_path, {"run.py": "", **files})
    found = judge([FailureText(said.format(path))], Phase.START, tree)
    assert found is not None
    assert (found.cause_name, found.row.limit) == (cause, cause == "needs_data")


def test_a_module_of_a_submodule_that_is_gone(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"run.py": "import external.parser.words\n", **SUBMODULE})
    assert find_module_cause("external.parser.words", tree) == "submodule_missing"
