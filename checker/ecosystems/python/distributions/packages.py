"""What is known about single packages of the index: other names, builds for GPUs, builds for processors.

All of it is `data/packages.toml`, one table a package; which package provides which module is `distributions.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache

from checker.core.base import Value
from checker.core.data_files import load_rows


class Package(Value):
    """One package. Names are written as `normalise_name` of the index has them, except where noted.

    prose: names by which pages state its version ("PyTorch 1.7"), in lower case, its own included.
    mistaken: names that people require for it, and that the index lacks, holds empty, or gives to someone else.
    conda: conda's names for it, in lower case.
    gpu_builds: packages that are the same built for a GPU, and that this one can be installed for.
    builds: expression for the names of all its other builds; they provide the same `modules`.
    modules: what it provides, where `distributions.csv` does not say it for each build.
    overlapping: packages that overwrite each other's files, the fullest first.
    longer_versions: its versions have one part more than conda's (4.5.3 there is 4.5.3.56 on the index).
    wheels_only: it has no source releases: what has no wheel cannot be installed at all.
    cpu_index: PyTorch's index has builds of it for processors (pytorch.org, "Previous Versions").
    needs_cuda: it is built against CUDA, or against torch for CUDA: beside a build for processors it cannot load.
    cuda_parts: expressions for what its build for CUDA requires, and other builds do not.
    for_builds: module that setup scripts import without declaring it → what to have installed for it.
    built_with_torch: its own setup script imports torch without saying so.
    """

    name: str
    prose: tuple[str, ...] = ()
    mistaken: tuple[str, ...] = ()
    conda: tuple[str, ...] = ()
    gpu_builds: tuple[str, ...] = ()
    builds: str = ""
    modules: tuple[str, ...] = ()
    overlapping: tuple[str, ...] = ()
    longer_versions: bool = False
    wheels_only: bool = False
    cpu_index: bool = False
    needs_cuda: bool = False
    cuda_parts: tuple[str, ...] = ()
    for_builds: Mapping[str, str] = {}
    built_with_torch: bool = False

    def is_build(self, name: str) -> bool:
        """Whether a name is this package's, or that of one of its builds."""
        return name == self.name or re.fullmatch(self.builds, name) is not None


@cache
def packages() -> Mapping[str, Package]:
    """Return all rows by their names."""
    return load_rows(__package__, "packages.toml", Package)


def find(name: str) -> Package | None:
    """Return the row of a package; None where nothing particular is known about it."""
    return packages().get(name)


def by(names: Callable[[Package], Iterable[str]]) -> dict[str, str]:
    """Return name → package for one kind of names."""
    return {name: package.name for package in packages().values() for name in names(package)}


@cache
def mistaken_names() -> Mapping[str, str]:
    """Return wrong name → the package that is meant (`pytorch` → `torch`)."""
    return by(lambda package: package.mistaken)


@cache
def gpu_builds() -> Mapping[str, str]:
    """Return build for a GPU → the package that serves without (`faiss-gpu` → `faiss-cpu`)."""
    return by(lambda package: package.gpu_builds)


@cache
def prose_names() -> Mapping[str, str]:
    """Return name in prose → package (`pytorch lightning` → `pytorch-lightning`)."""
    return by(lambda package: package.prose)


@cache
def conda_names() -> Mapping[str, str]:
    """Return name in conda → package."""
    return by(lambda package: package.conda)


@lru_cache(maxsize=4096)
def build_of(name: str) -> Package | None:
    """Return the package that a name is a build of (`cupy-cuda11x` → cupy), where its builds have own names."""
    return next((row for row in packages().values() if row.builds and row.is_build(name)), None)


@cache
def overlapping_packages() -> tuple[tuple[str, ...], ...]:
    """Return the groups of packages that overwrite each other's files, the fullest of each first."""
    return tuple(row.overlapping for row in packages().values() if row.overlapping)


def has_wheels_only(name: str) -> bool:
    """Whether a package has no source releases."""
    row = find(name)
    return row is not None and row.wheels_only


@cache
def build_imports() -> Mapping[str, str]:
    """Return module that setup scripts import without declaring it → the requirement for it."""
    return {module: line for row in packages().values() for module, line in row.for_builds.items()}


@cache
def built_with_torch() -> tuple[str, ...]:
    """Return the packages whose setup scripts import torch: where one fails to build, all of them do."""
    return tuple(row.name for row in packages().values() if row.built_with_torch)
