"""Versions that contradict each other on an author's pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.contradictions import resolve_contradictions
from checker.ecosystems.python.declared.formats.requirement_line import parse_requirement
from checker.ecosystems.python.stated import Requirement
from checker.ecosystems.python.survey import survey


def line(text: str, source: str) -> Requirement:
    found = parse_requirement(text, Evidence(claim="requirement", source=source, line=1))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ([("geo==1.4.0", "README.md"), ("geo==2.3.1", "README.md")], ["geo==2.3.1"]),
        ([("geo==1.4.0", "requirements.txt"), ("geo==2.3.1", "README.md")], ["geo==1.4.0"]),
        ([("geo==2.10.0", "requirements-old.txt"), ("geo==2.9.1", "install.sh")], ["geo==2.10.0"]),
        ([("geo==1.4.0", "requirements.txt"), ("geo==2.3.1", "setup.py")], ["geo==1.4.0", "geo==2.3.1"]),
        ([("geo==1.4.*", "README.md"), ("geo==1.4.2", "requirements.txt")], ["geo==1.4.*", "geo==1.4.2"]),
        ([("geo>=2", "README.md"), ("geo==1.4.2", "README.md")], ["geo>=2", "geo==1.4.2"]),
        (
            [("geo==1.4; python_version < '3.8'", "README.md"), ("geo==2.0", "README.md")],
            ['geo==1.4; python_version < "3.8"', "geo==2.0"],
        ),
        ([("geo==1.0", "README.md"), ("other==2.0", "README.md")], ["geo==1.0", "other==2.0"]),
    ],
)
def test_one_of_several_versions_is_kept(asked: list[tuple[str, str]], kept: list[str]) -> None:
    requirements = [line(text, source) for text, source in asked]
    found, away = resolve_contradictions(requirements)
    assert [r.text for r in found] == kept
    assert sorted(r.text for r in (*found, *away)) == sorted(r.text for r in requirements)


def test_a_page_of_two_releases_is_no_conflict(tmp_path: Path) -> None:
    page = "Version 1 is for PyTorch 1.4.0.\n\nVersion 2 is for PyTorch 2.0.1.\n"
    seen = survey(make_tree(tmp_path, {"README.md": page, "run.py": "import torch\n"}))
    assert [r.text for r in seen.runtime] == ["torch==2.0.1"]
    assert [(r.text, r.evidence.line) for r in seen.conflicting_pins] == [("torch==1.4.0", 1)]


@pytest.mark.parametrize(
    ("second", "asked"),
    [
        ("conda install pytorch==1.9.0 torchvision==0.10.0 torchaudio==0.9.0", []),
        ("conda install pytorch==1.9.0 torchvision==0.10.0 torchaudio", ["torchaudio"]),
        ("conda install pytorch==1.10.0 torchvision torchaudio==0.10.0", ["torchaudio==0.10.0"]),
        ("conda install pytorch==1.9.0 torchaudio==0.9.0", ["torchaudio==0.9.0"]),
    ],
)
def test_what_another_environment_pins_besides_is_not_for_the_first(
    tmp_path: Path, second: str, asked: list[str]
) -> None:
    page = f"For CUDA 11.3:\n\n    conda install pytorch==1.10.0 torchvision\n\nFor CUDA 10.2:\n\n    {second}\n"
    seen = survey(make_tree(tmp_path, {"README.md": page, "run.py": "import torch\n"}))
    assert [r.text for r in seen.runtime] == ["torch==1.10.0", "torchvision", *asked]
