"""The doctor looks at everything, never raises, and says what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from checker.cli.health import Finding, diagnose
from checker.core.indexes import IndexSettings
from checker.core.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment({**os.environ, "CHECKER_HOME": str(tmp_path / "home")})


def by_name(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in diagnose(settings)}


@pytest.mark.docker
def test_a_machine_that_was_set_up(settings: Settings) -> None:
    findings = by_name(settings)
    assert {name for name, finding in findings.items() if finding.ok is False} == set()
    assert {"engine", "images", "interpreters", "uv", "git", "package index", "free disk"} <= set(findings)
    assert "broker" not in findings
    assert str(findings["engine"]).startswith("engine: ok: Docker ")


def test_everything_broken(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broken = settings.model_copy(
        update={
            "home": tmp_path / "file" / "home",
            "docker_host": f"unix://{tmp_path}/none.sock",
            "broker_url": "redis://:secret@127.0.0.1:9/0",
            "indexes": IndexSettings(default="http://127.0.0.1:9/simple"),
            "github_token": SecretStr("secret"),
        }
    )
    findings = by_name(broken)
    failing = {name for name, finding in findings.items() if finding.ok is False}
    assert {"data folder", "free disk", "engine", "images", "broker", "package index"} <= failing
    for name in failing:
        assert "\n" not in str(findings[name])
        assert "secret" not in str(findings[name])
        assert "FAILS" in str(findings[name])


@pytest.mark.docker
def test_a_runtime_that_is_not_there(settings: Settings) -> None:
    finding = by_name(settings.model_copy(update={"runtime": "no-such-runtime"}))["engine"]
    assert finding.ok is False
    assert "CHECKER_RUNTIME" in finding.remedy


def test_the_way_out_of_installations(settings: Settings) -> None:
    own = settings.model_copy(update={"install_hosts": (("wheels.corp", 443),), "named_hosts": False})
    finding = by_name(own)["installations"]
    assert finding.ok is True, finding
    assert finding.text.startswith("through a proxy, to ")
    assert finding.text.endswith("wheels.corp and nothing else")
    open_ = by_name(settings.model_copy(update={"install_network": "bridge"}))["installations"]
    assert str(open_).startswith("installations: limited: the engine's bridge")
    assert "CHECKER_INSTALL_NETWORK" in open_.remedy
