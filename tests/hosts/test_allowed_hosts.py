"""An operator may name the only code hosts that are asked; nothing else is, submodules included."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.core.errors import NetworkFailure, UsageError
from checker.core.settings import Settings
from checker.core.values.repositories import Availability, RepositoryId
from checker.hosts import open_host
from checker.hosts.git.command import Command, Done, Git
from checker.hosts.remote import RemoteHost

ELSEWHERE = RepositoryId(host="gitlab.example.org", owner="ada", name="lab")


def test_another_host_is_not_asked_and_that_is_ours() -> None:
    probe = open_host(allowed=frozenset({"github.com"})).probe(ELSEWHERE)
    assert probe.availability is Availability.UNREACHABLE
    assert "gitlab.example.org is not asked" in probe.detail


def test_a_submodule_of_another_host_is_not_brought(tmp_path: Path) -> None:
    host = RemoteHost.create(allowed=frozenset({"github.com"}))
    with pytest.raises(NetworkFailure, match="is not asked"):
        host.bring(ELSEWHERE, "0" * 40, tmp_path / "git")


def test_the_setting_names_hosts() -> None:
    env = {"CHECKER_CODE_HOSTS": "GitHub.com, codeberg.org"}
    assert Settings.from_environment(env).code_hosts == {"github.com", "codeberg.org"}
    assert Settings.from_environment({}).code_hosts is None


@pytest.mark.parametrize(
    "text", [",", "https://github.com", "github.com:22", "localhost", "127.0.0.1", "gïthub.com"]
)
def test_what_is_no_host_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="CHECKER_CODE_HOSTS"):
        Settings.from_environment({"CHECKER_CODE_HOSTS": text})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fd00::1",
        "fe80::1%eth0", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:a00:1::1",
    ],
)  # fmt: skip
def test_a_name_that_leads_inside_is_never_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = [(2, 1, 6, "", ("140.82.112.3", 443)), (10, 1, 6, "", (address, 443, 0, 0))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answer)
    monkeypatch.setattr(Git, "run", lambda *_: pytest.fail("git was started"))
    probe = RemoteHost.create().probe(ELSEWHERE)
    assert probe.availability is Availability.NOT_A_REPOSITORY
    assert "not public" in probe.detail


def test_git_connects_to_the_addresses_that_were_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = [(2, 1, 6, "", ("140.82.112.3", 443)), (10, 1, 6, "", ("2606:50c0::1", 443, 0, 0))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answer)
    asked: list[Command] = []

    def run(_: Git, command: Command) -> Done:
        asked.append(command)
        return Done(128, b"", "fatal: repository not found")

    monkeypatch.setattr(Git, "run", run)
    RemoteHost.create(max_wait=0).probe(ELSEWHERE)
    pinned = ("-c", "http.curloptResolve=gitlab.example.org:443:140.82.112.3,2606:50c0::1")
    assert asked and all(command.arguments[:2] == pinned for command in asked)
