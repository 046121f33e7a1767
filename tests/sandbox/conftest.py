"""A real engine with a data folder of the tests' own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import docker
import pytest
from sandbox_steps import SMALL, OpenBox, leftovers

from checker.core.container import Limits
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Way
from checker.sandbox.docker.client import connect
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.docker.sandbox import DockerSandbox


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings.from_environment({**os.environ, "CHECKER_HOME": str(home), "CHECKER_FREE_BYTES": "256M"})


@pytest.fixture(scope="session")
def client(settings: Settings) -> Iterator[docker.APIClient]:
    with connect(settings) as client:
        yield client


@pytest.fixture(scope="session")
def engine(settings: Settings, client: docker.APIClient) -> Iterator[DockerEngine]:
    engine = DockerEngine(settings)
    yield engine
    engine.close()
    assert leftovers(client, settings.home) == []


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "main.py").write_text("print('hello')\n")
    (folder / "data").mkdir()
    (folder / "data" / "table.csv").write_text("a,b\n")
    return folder


@pytest.fixture
def open_box(engine: DockerEngine, source: Path) -> Iterator[OpenBox]:
    """Open sandboxes that are closed after the test."""
    with ExitStack() as stack:

        def open_one(limits: Limits = SMALL, **plan: object) -> DockerSandbox:
            wanted = BuildPlan(ecosystem="base", way=Way.PERIOD).with_(**plan)
            return stack.enter_context(engine.open(wanted, source, limits))

        yield open_one


@pytest.fixture
def box(open_box: OpenBox) -> DockerSandbox:
    return open_box()
