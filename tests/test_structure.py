"""The shape of the code: no long chains, no crowded rooms. What may import what is in pyproject.toml."""

from __future__ import annotations

from tools.bench.structure import longest_chain, rooms

MOST_FILES = 16

#: Rooms that are fuller, and to be split: shell, pages and their tables; values and helpers that every room uses.
FULLER = {"checker/core": 20, "checker/ecosystems/instructions": 22}


def test_a_change_of_one_file_of_python_is_at_most_sixteen_imports_away_from_all_others() -> None:
    assert len(longest_chain()) <= 16


def test_no_room_is_crowded() -> None:
    found = {room: files for room, (files, _) in rooms().items() if files > FULLER.get(room, MOST_FILES)}
    assert not found
