"""The command itself: it starts, says where it is, and ends within seconds with everything that was done kept."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import httpx
import pytest
from serving import serving
from theatre import put_on, step

from checker.cli.app import carry_out
from checker.cli.commands.serve import listen_on
from checker.core.errors import UsageError
from checker.store import Store


def test_ctrl_c_ends_within_seconds_and_keeps_what_is_done(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        put_on(service.mirror, "ada/done", step("install"))
        put_on(service.mirror, "ada/half", step("install", gate="never"))
        with httpx.Client(base_url=service.url, timeout=30) as client:
            tickets = [
                client.post("/api/checks", json={"repository": name}).json()["id"]
                for name in ("ada/done", "ada/half")
            ]
            for ticket, wanted in zip(tickets, ("done", "running"), strict=True):
                while client.get(f"/api/checks/{ticket}").json()["state"] != wanted:
                    time.sleep(0.05)
            with client.stream("GET", f"/api/checks/{tickets[1]}/events") as watched:
                lines = watched.iter_lines()
                assert next(lines).startswith("event: check") or next(lines)
                code, seconds, said = service.stop()
        assert code == 130 and "stopped: 1 check done and kept" in said
        assert "Traceback" not in said
        assert seconds < 60, seconds  # seconds, were the machine not as busy as test machines are
        with Store.open(tmp_path / "results" / "checker.sqlite") as store:
            assert [str(check.repository) for check in store.find_recent_checks(9)] == ["ada/done"]


def test_sigterm_ends_it_too(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        assert httpx.get(f"{service.url}/health", timeout=30).json()["status"] == "ok"
        assert service.stop(signal.SIGTERM)[0] == 143


def test_a_port_that_is_taken_is_said_plainly() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"--port {port}: .*in use"), listen_on("127.0.0.1", port):
            pass


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (["--host", "no.such.host.invalid"], {}, "--host no.such.host.invalid"),
        (["--port", "70000"], {}, "'--port': Input should be less than or equal to 65535"),
        (["--jobs", "0"], {}, "'--jobs'"),
        ([], {"CHECKER_SERVE_RATE": "often"}, "CHECKER_SERVE_RATE='often'"),
        ([], {"CHECKER_CODE_HOSTS": "localhost"}, "CHECKER_CODE_HOSTS='localhost'"),
        (["--mirror", "/nowhere"], {"CHECKER_BROKER_URL": "redis://127.0.0.1:1/0"}, "--mirror cannot be handed"),
    ],
)
def test_wrong_usage_is_one_line(
    words: list[str],
    env: dict[str, str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert carry_out(["serve", *words]) == 2
    error = capfd.readouterr().err
    assert said in error and error.count("\n") == 1
