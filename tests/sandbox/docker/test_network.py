"""What an installation reaches: its index and the public hosts it names, and no other address of a whole world."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import network_world as world
import pytest
from sandbox_steps import SMALL, OpenBox, py, run, sh

from checker.core.settings import Settings
from checker.core.values.plans import Phase
from checker.core.values.results import StepStatus
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.docker.sandbox import DockerSandbox

pytestmark = pytest.mark.docker

LOADING = {"phase": Phase.INSTALL, "network": True}


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if os.geteuid() != 0:
        pytest.skip("network namespaces are root's to make")
    folder = tmp_path_factory.mktemp("world")
    command = ["unshare", "--net", "--mount", sys.executable, world.__file__, str(folder)]
    finished = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    return json.loads((folder / "done.json").read_text())


def test_the_package_index_of_the_settings_is_reached(done: Any) -> None:
    assert done["install"]["status"] == "passed", done["install"]["log"]


def test_nothing_arrives_at_any_other_address(done: Any) -> None:
    """Not at metadata addresses, private ranges, unnamed public hosts, nor at the worker's own or its bridge's."""
    assert done["attack"]["status"] == "passed", done["attack"]["log"]
    came = {tuple(row) for row in done["came"]}
    assert came == {world.INDEX, (world.PUBLIC, 80), (world.PUBLIC, 443)}
    assert done["came here"] == []


def test_the_listeners_would_have_counted(done: Any) -> None:
    """Called from where the worker is, every one of those addresses answers."""
    assert {address for address, _ in done["control"]} == {*world.WORLD, *world.OWN}


def test_a_public_host_that_the_plan_names_is_reached_at_ports_of_the_web(done: Any) -> None:
    said = json.loads(done["attack"]["log"].splitlines()[-1])
    assert said["plain public.test"] == "b'a secret'"
    assert {name for name, text in said.items() if " 200 " in text} == {
        "tunnel public.test:80",
        "tunnel public.test:443",
    }


@pytest.mark.parametrize("kind", ["direct", "udp", "raw", "packet"])
def test_there_is_no_other_way_than_the_proxy(done: Any, kind: str) -> None:
    said = json.loads(done["attack"]["log"].splitlines()[-1])
    found = {text for name, text in said.items() if name.startswith(kind)}
    assert found
    assert all("unreachable" in text or "refused" in text or "not permitted" in text for text in found)


def test_a_redirect_inside_is_refused(done: Any) -> None:
    said = json.loads(done["attack"]["log"].splitlines()[-1])
    assert said["redirect"] == "HTTPError: HTTP Error 403: Forbidden"
    assert said["tunnel meta.test:80"] == "HTTP/1.1 403 Forbidden"


def test_a_name_is_resolved_once_and_the_address_that_was_looked_at_is_used(done: Any) -> None:
    assert done["rebind"] == {"peer": world.PUBLIC, "left": 1}


def test_running_has_no_socket_to_the_proxy(done: Any) -> None:
    assert "cannot access '/checker/out'" in done["run"]["log"]
    assert "eth" not in done["run"]["log"]


# ---------------------------------------------------------------- with the engine of this machine


def test_a_refused_host_is_a_limit_of_the_check_and_not_the_repositorys_failure(box: DockerSandbox) -> None:
    script = "import urllib.request; urllib.request.urlopen('https://models.example.org/a')"
    result = box.run(py(script, **LOADING))
    assert result.status is StepStatus.FAILED
    assert result.log.startswith("[checker] not let through: models.example.org:443: no package index")
    assert result.cause is not None
    assert result.cause.name == "network_policy"
    assert "models.example.org:443" in result.cause.evidence[0].claim


def test_a_tool_that_goes_around_the_proxy_finds_no_network(box: DockerSandbox) -> None:
    result = box.run(py("import socket; socket.getaddrinfo('github.com', 22)", **LOADING))
    assert result.cause is not None
    assert result.cause.name == "network_policy"


def test_a_step_that_fails_by_itself_is_not_excused(box: DockerSandbox) -> None:
    result = run(box, "exit 125", **LOADING)
    assert (result.status, result.exit_code, result.cause) == (StepStatus.FAILED, 125, None)


def test_attempts_do_not_meet(open_box: OpenBox) -> None:
    """Each sees the socket of its own proxy, in a folder that is nobody else's, and cannot replace it."""
    one, other = open_box(), open_box()
    look = (
        "stat -c %i /checker/out/proxy.sock; rm -f /checker/out/proxy.sock; touch /checker/out/x; ls /checker/out"
    )
    logs = [run(box, look, **LOADING).log for box in (one, other)]
    assert logs[0].splitlines()[-1] == logs[1].splitlines()[-1] == "proxy.sock"
    assert all("Read-only file system" in log for log in logs)


def test_a_proxy_that_is_gone_is_our_failure(box: DockerSandbox) -> None:
    assert run(box, "true", **LOADING).passed
    proxy = box._egress._proxy
    assert proxy is not None
    proxy.close()
    result = run(box, "echo never", **LOADING)
    assert result.status is StepStatus.ENGINE_ERROR
    assert "never" not in result.log


def test_an_index_that_does_not_answer_is_our_failure(settings: Settings, source: Path, tmp_path: Path) -> None:
    from checker.core.indexes import IndexSettings
    from checker.core.values.plans import BuildPlan, Way

    gone = settings.model_copy(
        update={"home": tmp_path / "h", "indexes": IndexSettings(default="http://127.0.0.1:9/simple")}
    )
    engine = DockerEngine(gone)
    with engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL) as box:
        result = box.run(sh("echo never", **LOADING))
    engine.close()
    assert result.status is StepStatus.ENGINE_ERROR
    assert result.cause is not None
    assert result.cause.name == "registry"


def test_the_bridge_is_there_only_where_the_operator_wants_it(settings: Settings, source: Path) -> None:
    from checker.core.values.plans import BuildPlan, Way

    engine = DockerEngine(settings.model_copy(update={"install_network": "bridge"}))
    with engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL) as box:
        log = run(box, "ls /sys/class/net", **LOADING).log
        assert "eth0" in log
        assert log.startswith("[checker] this step had the engine's whole network")
        assert run(box, "ls /sys/class/net").log == "lo\n"
    engine.close()
