"""A folder that a program writes into and that git did not keep is made, and is neither data nor weights."""

from __future__ import annotations

import re

import pytest

from checker.core.values.plans import BuildPlan, Phase, Way
from checker.ecosystems.python.outcomes.output_folders import OUTPUT_FOLDER, find_output_folder
from checker.ecosystems.python.planning.steps import make_folders
from checker.ecosystems.python.spec import PythonSpec
from checker.judging.failure_text import select_telling_texts
from checker.judging.judge import FailureText, judge

ABSENT = "FileNotFoundError: [Errno 2] No such file or directory: "
DURING = (
    "\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n"
    '  File "/code/src/fit.py", line 3, in <module>\n    print(a)\n'
)
WATCH = (
    '  File "/checker/probes/site/checker_watch.py", line 134, in wrapped\n    return original(*args, **kwargs)\n'
)


@pytest.mark.parametrize(
    ("end", "cwd", "folder"),
    [
        (f"    os.mkdir(model_path)\n{ABSENT}'checkpoint/rgb_final'\n", "Conv3D", "Conv3D/checkpoint"),
        (f"    os.mkdir(self)\n    ~~~~^^^^^^\n{ABSENT}'out/a'\n", ".", "out"),
        (f"    with open(name, 'w') as file:\n{WATCH}{ABSENT}'logs/run.txt'\n", ".", "logs"),
        (f"    f = builtins.open(fp, \"w+b\")\n{ABSENT}'figs/a.png'\n", "plots", "plots/figs"),
        (
            '  File "/usr/lib/python3.8/logging/__init__.py", line 1176, in _open\n'
            f"    return open(self.baseFilename, self.mode, encoding=None)\n{WATCH}{ABSENT}'/code/src/log/a'\n",
            "lab",
            "log",
        ),
        ("RuntimeError: Parent directory ../../data/split/ does not exist.\n", "prep/splits", "data/split"),
        ("OSError: Cannot save file into a non-existent directory: 'results'\n", ".", "results"),
        (f"    os.mkdir(path)\n{ABSENT}'/mnt/me/out/a'\n", ".", None),
        (f"    os.mkdir(path)\n{ABSENT}'../../out/a'\n", "lab", None),
    ],
)
def test_folders_that_are_written_into(end: str, cwd: str, folder: str | None) -> None:
    match = re.search(OUTPUT_FOLDER, end, re.MULTILINE)
    assert match is not None
    assert find_output_folder(match, cwd) == folder
    found = judge(
        map(FailureText, select_telling_texts(f"Traceback (most recent call last):\n{end}")), Phase.START
    )
    assert found is not None
    assert (found.row.cause, found.row.limit) == ("missing_in_repository", False)


@pytest.mark.parametrize(
    "end",
    [
        f"    with open(path, 'rb') as f:\n{WATCH}{ABSENT}'data/a.fasta'\n",
        f"    np.load(path)\n{ABSENT}'data/a.npy'\n",
        f"    os.mkdir(a)\n{ABSENT}'out/a'\n{DURING}NameError: name 'a' is not defined\n",
    ],
)
def test_what_is_read_is_no_folder_of_ours_to_make(end: str) -> None:
    found = judge(
        map(FailureText, select_telling_texts(f"Traceback (most recent call last):\n{end}")), Phase.START
    )
    assert found is not None
    assert found.row.cause != "missing_in_repository"


def test_the_folders_are_made_before_the_code_starts() -> None:
    plan = BuildPlan(ecosystem="python", way=Way.REPAIRED, spec=PythonSpec(folders_to_make=("out", "lab/logs")))
    assert [step.argv for step in make_folders(plan)] == [
        ("mkdir", "-p", "--", "out"),
        ("mkdir", "-p", "--", "lab/logs"),
    ]
