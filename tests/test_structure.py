"""The shape of the code: no long chains, no crowded rooms. What may import what is in pyproject.toml."""

from __future__ import annotations

from graphlib import TopologicalSorter

import grimp

from tools.bench.structure import longest_chain, rooms

MOST_FILES = 16


def test_a_change_of_one_file_of_python_is_at_most_sixteen_imports_away_from_all_others() -> None:
    assert len(longest_chain()) <= 16


def test_no_room_is_crowded() -> None:
    found = {room: files for room, (files, _) in rooms().items() if files > MOST_FILES}
    assert not found


def test_no_file_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("checker")
    TopologicalSorter({name: graph.find_modules_directly_imported_by(name) for name in graph.modules}).prepare()
