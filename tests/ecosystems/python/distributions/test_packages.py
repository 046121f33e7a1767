"""The table of packages: each name means one package, and what reads the table finds it there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from importlib.resources import files

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from checker.ecosystems.python import distributions
from checker.ecosystems.python.distributions import packages
from checker.ecosystems.python.distributions.packages import Package


def test_packages_stand_in_order_under_their_normal_names() -> None:
    text = files(distributions).joinpath("data", "packages.toml").read_text(encoding="utf-8")
    written = [name.strip('"') for name in re.findall(r"^\[(.+)\]$", text, re.MULTILINE)]
    assert written == sorted(written)
    assert [name for name in written if canonicalize_name(name) != name.replace(".", "-")] == []


@pytest.mark.parametrize(
    "names",
    [
        lambda row: row.prose,
        lambda row: row.mistaken,
        lambda row: row.conda,
        lambda row: row.gpu_builds,
        lambda row: row.overlapping,
    ],
)
def test_a_name_means_one_package(names: Callable[[Package], tuple[str, ...]]) -> None:
    counts = Counter(name for row in packages.load_packages().values() for name in names(row))
    assert [name for name, count in counts.items() if count > 1] == []
    assert all(name == name.lower() for name in counts)


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in packages.load_packages().items()])
def test_each_row_says_something_sound(row: Package) -> None:
    assert row.model_fields_set - {"name"}
    assert row.name not in {*row.mistaken, *row.gpu_builds}
    assert bool(row.builds) == bool(row.modules)
    assert all(module.isidentifier() for module in row.modules)
    for pattern in (row.builds, *row.cuda_parts):
        re.compile(pattern)


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("cupy-cuda11x", "cupy"),
        ("torch", "torch"),
        ("opencv-contrib-python", "opencv-python"),
        ("cudf-cu11", "cudf"),
    ],
)
def test_builds_belong_to_their_package(name: str, package: str) -> None:
    found = packages.build_of(name)
    assert found is not None and found.name == package
    owners = [row.name for row in packages.load_packages().values() if row.builds and row.is_build(name)]
    assert owners == [package]


def test_a_package_of_another_name_is_no_build() -> None:
    assert packages.build_of("torchmetrics") is None
    assert packages.find("numpy-financial") is None


def test_what_builds_import_is_a_requirement_of_its_row() -> None:
    for row in packages.load_packages().values():
        for module, line in row.for_builds.items():
            assert canonicalize_name(Requirement(line).name) == row.name
            assert packages.build_imports()[module] == line
