"""Settings come from the environment; a wrong value is one line that names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.core.container import GIB, MIB, Limits
from checker.core.errors import UsageError
from checker.core.indexes import IndexSettings, find_indexes
from checker.core.settings import Settings, parse_bytes


def test_defaults(tmp_path: Path) -> None:
    settings = Settings.from_environment({"HOME": str(tmp_path)})
    assert settings.home == tmp_path / ".cache" / "reproducibility-checker"
    assert settings.limits == Limits()
    assert settings.broker_url is None


def test_every_kind_of_variable(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    settings = Settings.from_environment(
        {
            "HOME": str(tmp_path),
            "CHECKER_HOME": "~/data",
            "CHECKER_BROKER_URL": "redis://localhost",
            "GITHUB_TOKEN": "token-one",
            "CHECKER_GITHUB_TOKEN": "token-two",
            "CHECKER_MEMORY_BYTES": "4G",
            "CHECKER_CPUS": "1.5",
            "CHECKER_SCRATCH": "FOLDER",
            "REQUESTS_CA_BUNDLE": str(bundle),
            "SSL_CERT_FILE": "/no/such/file",
            "HTTPS_PROXY": "http://proxy:1",
            "no_proxy": "localhost",
        }
    )
    assert settings.home.name == "data"
    assert settings.github_token is not None
    assert settings.github_token.get_secret_value() == "token-two"
    assert "token-two" not in repr(settings)
    assert "token-two" not in settings.model_dump_json()
    assert settings.limits == Limits(memory_bytes=4 * GIB, cpus=1.5)
    assert settings.scratch == "folder"
    assert settings.ca_bundle == bundle
    assert dict(settings.proxies) == {"https_proxy": "http://proxy:1", "no_proxy": "localhost"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHECKER_MEMORY_BYTES", "much"),
        ("CHECKER_MEMORY_BYTES", "-1G"),
        ("CHECKER_CPUS", "0"),
        ("CHECKER_CPUS", "nan"),
        ("CHECKER_CPUS", "inf"),
        ("CHECKER_PIDS", "1.5"),
        ("CHECKER_SCRATCH", "tape"),
        ("CHECKER_UID", "0"),
        ("CHECKER_CACHE_BYTES", "1e999"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(UsageError, match=name):
        Settings.from_environment({"HOME": "/tmp", name: value})


@pytest.mark.parametrize(
    ("text", "size"),
    [("1", 1), ("512M", 512 * MIB), ("8g", 8 * GIB), ("8GiB", 8 * GIB), ("1.5K", 1536), ("2 GB", 2 * GIB)],
)
def test_bytes(text: str, size: int) -> None:
    assert parse_bytes(text) == size


def test_indexes_of_variables_win_over_files(tmp_path: Path) -> None:
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "pip.conf").write_text(
        "[global]\nindex-url = https://one/simple\nextra-index-url = file:///opt/x\n  https://two/simple\n"
    )
    (tmp_path / "uv").mkdir()
    (tmp_path / "uv" / "uv.toml").write_text('[[index]]\nname = "x"\nurl = "https://three/simple"\n')
    env = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    found = find_indexes(env)
    assert found == IndexSettings(
        default="https://one/simple", extra=("https://three/simple", "https://two/simple")
    )
    env.update(UV_DEFAULT_INDEX="https://four/simple", UV_INDEX="name=https://five/simple https://six/simple")
    found = find_indexes(env)
    assert found.default == "https://four/simple"
    assert found.extra[:2] == ("https://five/simple", "https://six/simple")


@pytest.mark.parametrize("text", ["", "not = [toml", "index = 5", "[[index]]\nurl = 5", "index = [1]"])
def test_broken_configuration_is_passed_over(tmp_path: Path, text: str) -> None:
    for name in ("pip/pip.conf", "uv/uv.toml"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    found = find_indexes({"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)})
    assert found.default is None
