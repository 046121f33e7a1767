"""A house for each module of tests: repositories in a mirror, a real queue, a store, the application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from houses import GENEROUS, ArxivServer, House, arxiv_server, open_house


@pytest.fixture(scope="session")
def arxiv() -> Iterator[ArxivServer]:
    with arxiv_server() as server:
        yield server


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, arxiv: ArxivServer) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house"), GENEROUS, arxiv.url) as house:
        yield house
