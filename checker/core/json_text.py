"""Reads JSON of strangers: whatever is wrong with it is one kind of error."""

from __future__ import annotations

import json
import re
from typing import Any

#: An escape of half a character; two halves in a row are one.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def parse_json(text: str) -> Any:
    """Return what JSON holds, with `?` for halves of characters.

    Raises:
        ValueError: it is no JSON, is nested too deeply, or holds a number of thousands of digits.

    """
    try:
        found = json.loads(text)
        if _HALF.search(text):
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return found
