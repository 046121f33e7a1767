"""Interpreters of this machine to run the probes under; what is not there is skipped, with its name."""

from __future__ import annotations

import functools
import sys

import pytest

from checker.core.settings import Settings
from checker.sandbox.provision.interpreters import find_interpreters

VERSIONS = ("this", "3.6", "3.7", "3.8", "3.13")


@functools.cache
def _known() -> dict[str, str]:
    return {found.version: found.executable for found in find_interpreters(Settings.from_environment())}


def interpreter(version: str) -> str:
    """Return the path of an interpreter, or skip the test."""
    if version == "this":
        return sys.executable
    path = _known().get(version)
    if path is None:
        pytest.skip(f"no Python {version} on this machine")
    return path
