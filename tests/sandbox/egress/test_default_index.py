"""Which index uv asks by itself is not for the current folder to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.sandbox.egress.allowed_hosts import default_index


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.toml", 'required-version = ">=99"\n'),
        ("pyproject.toml", '[tool.uv]\nrequired-version = ">=99"\n'),
        ("uv.toml", "no toml at all ["),
    ],
)
def test_settings_of_the_current_folder_do_not_count(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "40")
    default_index.cache_clear()
    assert default_index().startswith("https://")
