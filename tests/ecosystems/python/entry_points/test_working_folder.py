"""A script that no page gives a command for is started where it finds what it names."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.entry_points.working_folder import find_working_folder


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("load('data/track.mat')", "simulation"),
        ("load('track.json')", "simulation"),
        ("load('./data/')", "simulation"),
        ("load('shared/track.mat')", "."),
        ("load('both.json')", "."),
        ("load('out/new.mat')", "."),
        ("open('../shared/track.mat')", "simulation"),
        ("HERE = os.path.dirname(__file__) + 'data/track.mat'", "."),
        ("from car import go", "simulation"),
        ("print('data')", "."),
    ],
)
def test_where_a_script_finds_what_it_names(make_tree, text: str, folder: str) -> None:
    files = {
        "simulation/main.py": text,
        "simulation/car.py": "load('data/track.mat')",
        "simulation/data/track.mat": "",
        "simulation/track.json": "",
        "simulation/both.json": "",
        "both.json": "",
        "shared/track.mat": "",
    }
    assert find_working_folder(make_tree(files), "simulation/main.py", text, ".") == folder


def test_a_script_outside_the_project_stays_where_it_is(make_tree) -> None:
    tree = make_tree({"exps/run.py": "", "lamp/setup.py": ""})
    assert find_working_folder(tree, "exps/run.py", "", "lamp") == "exps"
    assert find_working_folder(tree, "lamp/run.py", "", "lamp") == "lamp"
    assert find_working_folder(tree, "lamps/run.py", "", "lamp") == "lamps"
