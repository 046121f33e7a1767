"""An engine that hangs hangs nobody: time limits hold, and the failure is the checker's own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import docker
import pytest
from sandbox_steps import SMALL, leftovers, sh

from checker.core.errors import EngineFailure
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Way
from checker.core.values.results import StepStatus
from checker.sandbox.docker.client import LOCAL_ADDRESS
from checker.sandbox.docker.engine import DockerEngine

pytestmark = pytest.mark.docker

PLAN = BuildPlan(ecosystem="base", way=Way.PERIOD)


class Relay:
    """Stands between the checker and the engine, and passes bytes on until it is frozen."""

    def __init__(self, path: Path, target: str) -> None:
        self.frozen = threading.Event()
        self._target = target
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._target)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if self.frozen.is_set():
                    time.sleep(60)
                    return
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def relay(tmp_path: Path, settings: Settings) -> Iterator[Relay]:
    address = settings.docker_host or LOCAL_ADDRESS
    relay = Relay(tmp_path / "relay.sock", address.removeprefix("unix://"))
    yield relay
    relay.close()


@pytest.fixture
def own(settings: Settings, tmp_path: Path, relay: Relay) -> Settings:
    changes = {"home": tmp_path / "home", "docker_host": f"unix://{tmp_path}/relay.sock", "engine_seconds": 5}
    return settings.model_copy(update=changes)


def test_hanging_before_anything(own: Settings, relay: Relay, source: Path) -> None:
    relay.frozen.set()
    engine, began = DockerEngine(own), time.monotonic()
    with pytest.raises(EngineFailure), engine.open(PLAN, source, SMALL):
        pass
    assert time.monotonic() - began < 20
    engine.close()


def test_hanging_in_the_middle_of_a_step(
    own: Settings, relay: Relay, source: Path, client: docker.APIClient
) -> None:
    engine = DockerEngine(own)
    with engine.open(PLAN, source, SMALL) as box:
        assert box.run(sh("echo fine")).passed
        threading.Timer(1, relay.frozen.set).start()
        began = time.monotonic()
        result = box.run(sh("sleep 100", seconds=3))
        assert result.status is StepStatus.ENGINE_ERROR
        assert time.monotonic() - began < 60
    engine.close()
    assert leftovers(client, own.home) != []
    healthy = DockerEngine(own.model_copy(update={"docker_host": None}))
    assert healthy.sweep() > 0
    healthy.close()
    assert leftovers(client, own.home) == []
