"""What a command leaves open is filled in where a committed file of settings says what may stand there."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.entry_points.fill import Script, fill_arguments

FILES = {
    "main.py": "",
    "configs/celeba.yml": "",
    "configs/bedroom.yml": "",
    "configs/_b/c.yml": "",
    "configs/default.yml": "",
    "configs/a.ini": "",
    "configs/c.py": "p = ArgumentParser()",
    "configs/deep/a.yml": "",
    "configs/vit/small.py": "",
    "data/train.json": "",
    "tools/run.py": "",
    "tools/small.yaml": "",
}


@pytest.mark.parametrize(
    ("argument", "choice"),
    [
        ("{DATASET}.yml", "celeba.yml"),
        ("configs/<name>.yml", "configs/celeba.yml"),
        ("./configs/<name>.yml", "configs/celeba.yml"),
        ("--config=configs/${NAME}.yml", "--config=configs/celeba.yml"),
        ("configs/{bedroom|church}.yml", "configs/bedroom.yml"),
        ("configs/[model]/[size].py", "configs/vit/small.py"),
        ("configs/<name>.yaml", None),
        ("<data>.json", None),
        ("checkpoints/<name>.pth", None),
        ("<config>", "configs/celeba.yml"),
        ("${CONFIG_FILE}", "configs/celeba.yml"),
        ("CONFIG", "configs/celeba.yml"),
        ("PATH/TO/CONFIG/FILE", "configs/celeba.yml"),
        ("path/to/config", "configs/celeba.yml"),
        ("[path to config file]", "configs/celeba.yml"),
        ("configs/vit/{config-file-name}", "configs/vit/small.py"),
        ("configs/none/{config-file-name}", None),
        ("<config_name>", None),
        ("<checkpoint>", None),
        ("CONFIGURED=yes", None),
        ("configs/celeba.yml", None),
    ],
)
def test_a_file_of_settings_that_fits(make_tree, argument: str, choice: str | None) -> None:
    arguments, fillings = fill_arguments(Script(make_tree(FILES)), (argument,))
    assert arguments == (choice or argument,)
    assert len(fillings) == (choice is not None)


def test_paths_are_relative_to_the_folder_of_the_command(make_tree) -> None:
    assert fill_arguments(Script(make_tree(FILES), "tools"), ("--config", "<name>.yaml")) == (
        ("--config", "small.yaml"),
        ("<name>.yaml → small.yaml",),
    )
