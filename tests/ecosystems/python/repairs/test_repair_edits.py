"""How repairs change single requirements: narrowed, constrained, loosened by degrees."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from repair_plans import CONTEXT, failed, plan

from checker.core.values.plans import Phase
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.repairs import load_rules
from checker.ecosystems.python.repairs.relax import loosen_line
from checker.ecosystems.python.repairs.resolving import find_nearest
from checker.judging.repair_engine import plan_next_repair


@pytest.mark.parametrize(
    ("line", "wanted", "new"),
    [
        ("numpy", "<1.24", "numpy<1.24"),
        ("numpy==1.26.0", "<1.24", "numpy<1.24"),
        ("numpy==1.20.0", "<1.24", "numpy==1.20.0"),
        ("numpy>=1.19", "<1.24", "numpy<1.24,>=1.19"),
        ("numpy>=1.25", "<1.24", "numpy<1.24"),
        ("numpy[extra]>=1; python_version<'4'", "<1.24", 'numpy[extra]<1.24,>=1; python_version < "4"'),
        ("numpy<1.10", ">=1.20", "numpy>=1.20"),
    ],
)
def test_a_requirement_is_narrowed_without_contradicting_itself(line: str, wanted: str, new: str) -> None:
    assert plan_edits.narrowed(line, Requirement(f"numpy{wanted}").specifier) == new


def test_a_distribution_that_comes_along_is_constrained_and_one_that_fits_is_left_alone() -> None:
    constrained = plan_edits.constrain(plan("pandas"), "numpy<1.24")
    assert constrained is not None
    assert constrained.constraints == ("numpy<1.24",)
    assert plan_edits.constrain(constrained, "numpy<1.24") is None
    assert plan_edits.constrain(plan("numpy==1.20.0"), "numpy<1.24") is None


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("1.7.99", "1.7.1"),
        ("1.6.5", "1.6.0"),
        ("1.9.0", "1.8.0"),
        ("0.4", "1.6.0"),
        ("2.0", "1.8.0"),
        ("1.5", "1.6.0"),
    ],
)
def test_the_nearest_release_keeps_minor_then_major(wanted: str, kept: str) -> None:
    assert str(find_nearest(wanted, [Version(v) for v in ("1.6.0", "1.7.0", "1.7.1", "1.8.0")])) == kept


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("torch==1.7.1+cu110", ["torch==1.7.1", "torch==1.7.*", "torch==1.*", "torch"]),
        ("tqdm==0.4.1", ["tqdm==0.4.*", "tqdm"]),
        ("numpy>=1.19,<1.24", ["numpy"]),
        ("scipy~=1.5.2", ["scipy==1.*", "scipy"]),
        ("six", []),
        ("-e .", []),
    ],
)
def test_requirements_are_loosened_by_degrees(line: str, steps: list[str]) -> None:
    found: list[str] = []
    new = loosen_line(line)
    while new is not None:
        found.append(new)
        new = loosen_line(new)
    assert found == steps


@pytest.mark.parametrize(
    "line",
    [
        "postBuild: line 5: cmake: command not found",
        "./scripts/get.sh: 3: cmake: not found",
        "sh: 1: cmake: not found",
    ],
)
def test_a_command_that_a_script_misses_is_installed(line: str) -> None:
    after = plan_next_repair(load_rules(), failed(plan(), f"+ fit\n{line}\n", Phase.START), CONTEXT)
    assert after is not None
    assert "cmake" in after.system_packages
