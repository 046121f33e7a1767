"""Rules kept as data are checked when they are read; the table of languages is one of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from checker.core import data_files
from checker.core.data_files import load_rows
from checker.core.languages import LANGUAGES, SOURCE_SUFFIXES
from checker.core.values.base import Value


class Lamp(Value):
    name: str
    watts: int


def test_a_row_is_named_by_its_key_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "lamps.toml").write_text("[desk]\nwatts = 5\n")
    (tmp_path / "data" / "wrong.toml").write_text("[desk]\nvolts = 5\n")
    monkeypatch.setattr(data_files, "files", lambda package: tmp_path)
    assert load_rows("anywhere", "lamps.toml", Lamp) == {"desk": Lamp(name="desk", watts=5)}
    with pytest.raises(ValidationError):
        load_rows("anywhere", "wrong.toml", Lamp)


def test_a_suffix_means_one_language() -> None:
    suffixes = [suffix for found in LANGUAGES.values() for suffix in found]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in suffixes)
    assert SOURCE_SUFFIXES[".py"] == "Python"
