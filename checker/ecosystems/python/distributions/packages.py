"""The table of single packages: their other names, GPU builds and CPU builds.

All of it is `data/packages.toml`, one table a package; which package provides which module is `distributions.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache, lru_cache

from pydantic import Field

from checker.core.data_files import load_rows
from checker.core.values.base import Value


class Metadata(Value):
    """What the wheels of some releases require, where a resolver refuses to read it (see `legacy_metadata`).

    Interpreters later than `until_python` have no wheels of these releases.
    """

    versions: tuple[str, ...]
    requires: tuple[str, ...]
    until_python: str = "3.8"


class OtherName(Value):
    """The same code under another name, which the index has since a day, until the package has it itself."""

    name: str
    since: date
    until: date | None = None


class Since(Value):
    """Packages that have to be of this day or later."""

    names: tuple[str, ...]
    since: date


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
    wheels: a package that brings the same module as wheels, and a day by which it did.
    with_proj: what has to be of a later day to build with PROJ 8, which has no `proj_api.h` any more.
    git_names: projects that are often required by their git address, and that this package releases.
    conda_modules: modules that only conda's copy has under that name, and the module that each is.
    first_release: the day of its first release on the index, where it could be had before.
    asked_by: packages that need it, where its `first_release` matters.
    formerly: the name under which it first came to the index.
    withdrawn: days and the releases withdrawn (yanked) since; '' ends them.
    metadata: what releases require whose metadata the resolver refuses.
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
    wheels: OtherName | None = None
    with_proj: Since | None = None
    git_names: tuple[str, ...] = ()
    conda_modules: Mapping[str, str] = Field(default_factory=dict)
    first_release: date | None = None
    asked_by: tuple[str, ...] = ()
    formerly: OtherName | None = None
    withdrawn: tuple[tuple[date, str], ...] = ()
    metadata: tuple[Metadata, ...] = ()

    def is_build(self, name: str) -> bool:
        """Whether a name is this package's, or that of one of its builds."""
        return name == self.name or re.fullmatch(self.builds, name) is not None


@cache
def load_packages() -> Mapping[str, Package]:
    """Return all rows by their names."""
    return load_rows(__package__, "packages.toml", Package)


def find(name: str) -> Package | None:
    """Return the row of a package; None where nothing particular is known about it."""
    return load_packages().get(name)


def map_names(names: Callable[[Package], Iterable[str]]) -> dict[str, str]:
    """Return name → package for one kind of names."""
    return {name: package.name for package in load_packages().values() for name in names(package)}


@cache
def load_mistaken_names() -> Mapping[str, str]:
    """Return wrong name → the package that is meant (`pytorch` → `torch`)."""
    return map_names(lambda package: package.mistaken)


@cache
def load_gpu_builds() -> Mapping[str, str]:
    """Return build for a GPU → the package that serves without (`faiss-gpu` → `faiss-cpu`)."""
    return map_names(lambda package: package.gpu_builds)


@cache
def load_prose_names() -> Mapping[str, str]:
    """Return name in prose → package (`pytorch lightning` → `pytorch-lightning`)."""
    return map_names(lambda package: package.prose)


@cache
def load_conda_names() -> Mapping[str, str]:
    """Return name in conda → package."""
    return map_names(lambda package: package.conda)


@cache
def load_git_names() -> Mapping[str, str]:
    """Return name of a project → the package that releases it (`clip` → `openai-clip`)."""
    return map_names(lambda package: package.git_names)


@cache
def load_conda_modules() -> Mapping[str, str]:
    """Return module that only conda has → the module that it is (`ruamel_yaml` → `ruamel.yaml`)."""
    return {name: module for row in load_packages().values() for name, module in row.conda_modules.items()}


@lru_cache(maxsize=4096)
def build_of(name: str) -> Package | None:
    """Return the package that a name is a build of (`cupy-cuda11x` → cupy), where its builds have own names."""
    return next((row for row in load_packages().values() if row.builds and row.is_build(name)), None)


@cache
def load_overlapping_packages() -> tuple[tuple[str, ...], ...]:
    """Return the groups of packages that overwrite each other's files, the fullest of each first."""
    return tuple(row.overlapping for row in load_packages().values() if row.overlapping)


def has_wheels_only(name: str) -> bool:
    """Whether a package has no source releases."""
    row = find(name)
    return row is not None and row.wheels_only


@cache
def build_imports() -> Mapping[str, str]:
    """Return module that setup scripts import without declaring it → the requirement for it."""
    return {module: line for row in load_packages().values() for module, line in row.for_builds.items()}


@cache
def list_built_with_torch() -> tuple[str, ...]:
    """Return the packages whose setup scripts import torch: where one fails to build, all of them do."""
    return tuple(row.name for row in load_packages().values() if row.built_with_torch)
