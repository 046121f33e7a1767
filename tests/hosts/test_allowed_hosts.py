"""An operator may name the only code hosts that are asked; nothing else is, submodules included."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.core.errors import NetworkFailure, UsageError
from checker.core.settings import Settings
from checker.core.values.repositories import Availability, RepositoryId
from checker.hosts import open_host
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
