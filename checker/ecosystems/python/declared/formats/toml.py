"""Reads untrusted TOML and gets values of expected types out of it."""

from __future__ import annotations

import re
import tomllib
from typing import Any

Table = dict[str, Any]


#: A key with so many parts that the parser takes their square.
_LONG_KEY = re.compile(r"(?:[\w-]{1,80}[ \t]{0,3}\.[ \t]{0,3}){80}")


def read_toml(text: str) -> Table | str:
    """Parse TOML; return a description of the problem where it is invalid."""
    if _LONG_KEY.search(text):
        return "nested too deeply"
    try:
        return tomllib.loads(text)
    except ValueError as error:  # or a number of thousands of digits
        return str(error)[:200]
    except RecursionError:
        return "nested too deeply"


def get_table(value: object, *path: str) -> Table:
    """Return the table at a path of keys, or an empty one."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def list_strings(value: object) -> list[str]:
    """Return the strings of a list, or a string as a list of itself."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
