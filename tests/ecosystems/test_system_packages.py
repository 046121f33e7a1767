"""The table of system packages answers for the spellings that logs use."""

from __future__ import annotations

import re

import pytest

from checker.ecosystems.system_packages import (
    find_for_command,
    find_for_header,
    find_for_library,
    find_for_module,
    read_table,
)


@pytest.mark.parametrize(
    ("found", "package"),
    [
        (find_for_header("GL/gl.h"), "libgl1-mesa-dev"),
        (find_for_header("<Eigen/Core>"), "libeigen3-dev"),
        (find_for_header("boost/python/detail/wrap_python.hpp"), "libboost-all-dev"),
        (find_for_header("libpq-fe.h"), "libpq-dev"),
        (find_for_library("libGL.so.1"), "libgl1"),
        (find_for_library("libgthread-2.0.so.0"), "libglib2.0-0"),
        (find_for_library("libSM.so.6"), "libsm6"),
        (find_for_library("libxcb-xinerama.so.0"), "libxcb-xinerama0"),
        (find_for_module("cairo"), "libcairo2-dev"),
        (find_for_module("OpenCV"), "libopencv-dev"),
        (find_for_command("/usr/bin/swig"), "swig"),
        (find_for_command("mpicc"), "libopenmpi-dev"),
    ],
)
def test_a_name_finds_its_package(found: tuple[str, ...], package: str) -> None:
    assert package in found


def test_an_unknown_name_finds_nothing() -> None:
    assert (
        find_for_header("our_own.h")
        == find_for_library("libours.so.3")
        == find_for_command("ours")
        == find_for_module("Ours")
        == ()
    )


@pytest.mark.parametrize("kind", ["header", "library", "module", "command"])
def test_every_row_names_packages_as_debian_spells_them(kind: str) -> None:
    rows = read_table(kind)
    assert len(rows) > 100
    for name, packages in rows.items():
        assert packages, name
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package) for package in packages), name
    if kind in ("header", "library", "module"):
        assert all(name == name.lower() for name in rows)
