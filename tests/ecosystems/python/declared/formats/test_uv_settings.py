"""Indexes that a repository names in its settings for uv."""

from __future__ import annotations

from checker.ecosystems.python.declared.formats.uv_settings import read_index_addresses

PYPROJECT = """
[tool.uv]
index = [{ name = "torch", url = "https://torch.example/whl" }, { url = 3 }, 4]
extra-index-url = ["https://extra.example/simple", 5]
[tool.uv.pip]
index-url = "https://mirror.example/simple/"
"""


def test_every_way_to_name_an_index(make_tree) -> None:
    files = {"pyproject.toml": PYPROJECT, "sub/uv.toml": 'default-index = "https://sub.example/simple"\n'}
    tree = make_tree(files)
    whole = ("https://extra.example/simple", "https://torch.example/whl", "https://mirror.example/simple/")
    assert read_index_addresses(tree) == whole
    assert read_index_addresses(tree, "sub") == ("https://sub.example/simple", *whole)


def test_no_settings_and_broken_ones_name_none(make_tree) -> None:
    assert read_index_addresses(make_tree({"a.py": ""})) == ()
    assert (
        read_index_addresses(make_tree({"pyproject.toml": "<<<<<<<\n", "uv.toml": "pip = 3\nindex = 4\n"})) == ()
    )
