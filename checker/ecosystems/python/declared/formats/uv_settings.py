"""Reads the package indexes named in a repository's uv settings, which uv applies to every command there."""

from __future__ import annotations

from collections.abc import Iterator

from checker.core.tree import Tree, join
from checker.ecosystems.python.declared.formats.toml import get_table, read_toml

#: Keys with one address or several (docs.astral.sh/uv, "Settings"); `index` holds tables with `url`.
_KEYS = ("index-url", "default-index", "extra-index-url")


def read_index_addresses(tree: Tree, project: str = ".") -> tuple[str, ...]:
    """Return the addresses in `uv.toml` and under `[tool.uv]` of a project's folder and of the root."""
    found: dict[str, None] = {}
    for folder in dict.fromkeys((project, ".")):
        for name, keys in (("uv.toml", ()), ("pyproject.toml", ("tool", "uv"))):
            data = read_toml(tree.read(join(folder, name)))
            settings = {} if isinstance(data, str) else get_table(data, *keys) if keys else data
            for section in (settings, get_table(settings, "pip")):
                found.update(dict.fromkeys(_list_addresses(section)))
    return tuple(found)


def _list_addresses(section: dict[str, object]) -> Iterator[str]:
    for key in _KEYS:
        value = section.get(key)
        yield from (text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str))
    listed = section.get("index")
    for entry in listed if isinstance(listed, list) else ():
        url = get_table(entry).get("url")
        if isinstance(url, str):
            yield url
