"""A stage for each test: Redis, workers and repositories, all gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stage import RedisServer, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    for name in ("redis", "mirror", "gate"):
        (tmp_path / name).mkdir()
    stage = Stage(tmp_path, RedisServer(tmp_path / "redis"))
    stage.server.start()
    yield stage
    stage.close()
