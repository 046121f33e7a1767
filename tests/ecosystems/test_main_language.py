"""The main language of a repository: what its pages start, else the most code; a helper in Python explains."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.base import Facts
from checker.ecosystems.python import ecosystem as python
from checker.ecosystems.python.survey import survey

DAY = datetime(2024, 1, 1, tzinfo=UTC)
LONG = "x = 1\n" * 100

R = {f"R/part{n}.R": "fit <- function(x) x + 1\n" * 5 for n in range(20)}
JAVA = {"pom.xml": "<project/>", **{f"src/main/java/A{n}.java": "class A { int x = 1; }\n" * 9 for n in range(9)}}
KERNEL = {"kernelspec": {"name": "ir", "display_name": "R"}}
SAID = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}


def notebook(metadata: dict[str, object], *cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": metadata})


def open_(folder: Path, files: dict[str, str]) -> str:
    """Return `none` where Python opens nothing, `beside` for a helper, `main` for the main part."""
    facts = Facts(repository="a/b", code_date=DAY, today=DAY)
    project = python.open(make_tree(folder, files), facts)
    return "none" if project is None else "beside" if project.detection.beside else "main"


def page(*commands: str) -> dict[str, str]:
    return {"README.md": "```\n" + "\n".join(commands) + "\n```\n"}


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({**R, "plot.py": LONG}, "beside"),
        ({**R, "plot.py": LONG, **page("Rscript R/part1.R")}, "beside"),
        ({**R, "plot.py": LONG, **page("Rscript R/part1.R", "python plot.py")}, "beside"),
        ({**JAVA, "evaluate.py": LONG, **page("mvn package", "java -jar target/a.jar")}, "beside"),
        ({**JAVA, "evaluate.py": LONG}, "beside"),
        ({"a.jl": LONG * 9, "helper.py": LONG, **page("julia a.jl")}, "beside"),
        ({"src/a.cpp": LONG * 9, "plot.py": LONG, **page("make", "./solver in.txt", "python plot.py")}, "beside"),
        (
            {"analysis.ipynb": notebook(KERNEL, "library(stats)"), "install.R": "install.packages('dplyr')\n"},
            "none",
        ),
        ({"analysis.ipynb": notebook(SAID, "y <- x + 1\n" * 90), "convert.py": LONG}, "beside"),
        ({"analysis.ipynb": notebook(SAID, "y <- x + 1\n"), "convert.py": LONG}, "main"),
        ({"main.py": LONG}, "main"),
        ({**R, "main.py": LONG, **page("python main.py")}, "main"),
        ({"main.py": LONG * 50, "plot.R": LONG, **page("python main.py", "Rscript plot.R")}, "main"),
        ({"setup.py": LONG, "lab/__init__.py": LONG, "csrc/a.cpp": LONG * 50}, "main"),
        ({"solver.c": LONG * 50, "run.py": LONG, **page("make", "python run.py")}, "main"),
        ({"main.py": LONG, "third_party/a.java": LONG * 50, "docs/site.js": LONG * 50}, "main"),
        ({"model.ipynb": notebook({}, "x = 1"), "a.sql": LONG}, "main"),
        ({**R, "binder/environment.yml": "dependencies: [r-base]\n", "main.py": LONG}, "main"),
    ],
)
def test_what_a_repository_is_written_in(tmp_path: Path, files: dict[str, str], found: str) -> None:
    assert open_(tmp_path, files) == found


@pytest.mark.parametrize(
    ("metadata", "counts"),
    [
        ({}, True),
        ({"kernelspec": {"name": "python3", "language": "python"}}, True),
        ({"kernelspec": {"name": "my-env", "display_name": "lab"}}, True),
        ({"language_info": {"name": "ipython"}}, True),
        (KERNEL, False),
        ({"kernelspec": {"name": "julia-1.6"}}, False),
        ({"kernelspec": {"name": "xcpp17", "language": "C++17"}}, False),
        ({"language_info": {"name": "R"}}, False),
    ],
)
def test_a_notebook_for_another_kernel_is_not_run(
    tmp_path: Path, metadata: dict[str, object], counts: bool
) -> None:
    seen = survey(make_tree(tmp_path, {"a.ipynb": notebook(metadata, "x = 1"), "main.py": ""}))
    assert any(entry.script == "a.ipynb" for entry in seen.entry_points) is counts
