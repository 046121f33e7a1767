"""The tools' wheels, brought once; and helpers of the neighbouring tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[1] / name) for name in ("support", "sandbox", "hosts", "reports")]

import hostile_ground as ground
import pytest


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ground.tools(tmp_path_factory.mktemp("tools"))
