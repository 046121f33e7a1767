"""Which attempts of one check may share what they compiled."""

from __future__ import annotations

import pytest

from checker.core.values.plans import BuildPlan, Way
from checker.ecosystems.python.planning.resolve import name_builds
from checker.ecosystems.python.planning.steps import make_build_variables
from checker.ecosystems.python.spec import PythonSpec

PLAN = BuildPlan(
    ecosystem="python",
    way=Way.REPAIRED,
    interpreter="3.7",
    spec=PythonSpec(preinstall=("torch==1.9.0", "setuptools<66", "numpy")),
    lock=("numpy==1.21.6", "torch==1.9.0", "torch-scatter==2.1.1"),
)


@pytest.mark.parametrize(
    "more", ["tensorboard==2.11.2", "wheel==0.42.0", "setuptools==68.0.0", "protobuf==3.20.3", "ninja==1.11.1"]
)
def test_packages_that_nothing_compiled_is_loaded_beside_change_no_build(more: str) -> None:
    assert name_builds(PLAN.with_(lock=(*PLAN.lock, more))) == name_builds(PLAN)


@pytest.mark.parametrize(
    "other",
    [
        {"lock": ("numpy==1.21.6", "torch==1.8.0", "torch-scatter==2.1.1")},
        {"lock": ("numpy==1.19.5", "torch==1.9.0", "torch-scatter==2.1.1")},
        {"lock": (*PLAN.lock, "own @ git+https://github.com/some/own@0123456789abcdef0123456789abcdef01234567")},
        {"spec": PythonSpec(preinstall=("torch==1.9.0", "setuptools<66"))},
        {"interpreter": "3.8"},
        {"system_packages": ("libsparsehash-dev",)},
    ],
)
def test_another_ground_is_another_build(other: dict[str, object]) -> None:
    assert name_builds(PLAN.with_(**other)) != name_builds(PLAN)


def test_what_a_package_says_itself_about_its_compilation_is_left_alone() -> None:
    """A Makefile with `CXXFLAGS ?= -fPIC` takes the variable of the environment in place of its own."""
    assert {name for name, _ in make_build_variables(PLAN)}.isdisjoint(
        {"CFLAGS", "CXXFLAGS", "LDFLAGS", "CC", "CXX"}
    )


def test_a_folder_of_the_repository_on_the_path_changes_no_build() -> None:
    with_path = PLAN.with_(env=(*PLAN.env, ("PYTHONPATH", "/code/src/lib")))
    assert name_builds(with_path) == name_builds(PLAN)
