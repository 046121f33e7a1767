from __future__ import annotations

import pytest

from checker.core.data_files import read_toml
from checker.hosts.answers import PATTERNS


@pytest.mark.parametrize("name", PATTERNS)
def test_each_pattern_is_found_in_its_own_example(name: str) -> None:
    row = read_toml("checker.hosts", "answers.toml")["patterns"][name]
    assert PATTERNS[name].search(row["matches"])
