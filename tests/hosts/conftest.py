from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from code_host import CodeHost
from repository_maker import REPOSITORY, Bring, Maker

from checker.core.values.repositories import Checkout, Target
from checker.hosts import Host, open_host


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of bare repositories that a server serves, or a mirror holds."""
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


@pytest.fixture
def code_host(root: Path) -> Iterator[CodeHost]:
    host = CodeHost(root)
    yield host
    host.close()


@pytest.fixture
def maker(root: Path) -> Maker:
    return Maker(root / "ada" / "paper.git")


@pytest.fixture
def online(code_host: CodeHost) -> Host:
    """GitHub without a token."""
    return open_host(git_url=code_host.url, timeout=5, max_wait=0)


@pytest.fixture
def with_token(code_host: CodeHost) -> Host:
    return open_host(git_url=code_host.url, api_url=code_host.api_url, token="a-token", timeout=5, max_wait=0)


@pytest.fixture(params=["mirror", "online"])
def either(request: pytest.FixtureRequest, root: Path) -> Host:
    """The same repositories from a mirror and over HTTP: both must give the same files."""
    if request.param == "mirror":
        return open_host(mirror=root)
    host: Host = request.getfixturevalue("online")
    return host


@pytest.fixture
def bring(tmp_path: Path) -> Bring:
    """Probe and check out in one go."""

    def go(host: Host, **more: object) -> tuple[Path, Checkout]:
        destination = tmp_path / f"checkout-{len(list(tmp_path.iterdir()))}"
        destination.mkdir()
        target = Target.model_validate({"repository": REPOSITORY, **more})
        return destination, host.checkout(target, host.probe(target.repository), destination)

    return go
