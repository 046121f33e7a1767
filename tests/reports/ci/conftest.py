"""A runner for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from ci_runner import Runner
from ci_world import make_runner


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return make_runner(tmp_path)
