"""Of two lists that no page names, the one that goes with what the code imports is followed."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.survey import survey

CONDA = "dependencies:\n  - python=3.10\n  - numpy\n  - six\n"
README = "# Lamp\n\n```\n{}\n```\n"


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"requirements.txt": "six\n", "environment.yml": CONDA}, "environment.yml"),
        ({"requirements.txt": "six\nnumpy\n", "environment.yml": CONDA}, "requirements.txt"),
        ({"requirements.txt": "six\n", "Pipfile": "[packages]\nnumpy = '*'\n"}, "requirements.txt"),
        ({"requirements.txt": "attrs\n", "Pipfile": "[packages]\nnumpy = '*'\n"}, "Pipfile"),
        (
            {
                "requirements.txt": "six\n",
                "environment.yml": CONDA,
                "README.md": README.format("pip install -r requirements.txt"),
            },
            "requirements.txt",
        ),
    ],
)
def test_the_list_that_goes_with_the_code(make_tree, files: dict[str, str], path: str) -> None:
    project = survey(make_tree({"fit.py": "import numpy, six\n", **files})).project
    assert [spec.path for spec in project.specifications if spec.kind != "readme"] == [path]
