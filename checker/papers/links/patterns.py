"""The words in which abstracts speak of code, as patterns over lower-case text with URLs masked by `URL`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checker.core.data_files import read_toml

#: Stands for a URL, as many times as the URL has characters, so that places in the text stay the same.
URL = "\ue000"

#: A name in braces; a quantifier such as `{0,3}` is none.
_NAME = re.compile(r"\{([a-z_]+)\}")


def _compile(data: Mapping[str, Any]) -> dict[str, re.Pattern[str]]:
    """Return the patterns of patterns.toml with everything filled in that they name in braces."""
    named = {name: "|".join(words.split()) for name, words in data["words"].items()}
    named |= {"url": URL, **data["parts"]}

    def fill(text: str) -> str:
        return _NAME.sub(lambda found: fill(named[found[1]]), text)

    return {
        name: re.compile(fill(row["regex"].replace("\n", "")), re.IGNORECASE if row.get("ignore_case") else 0)
        for name, row in data["patterns"].items()
    }


_DATA = read_toml("checker.papers.links", "patterns.toml")

PATTERNS: Mapping[str, re.Pattern[str]] = _compile(_DATA)

#: For each pattern a text in which it is found.
EXAMPLES: Mapping[str, str] = {
    name: row["matches"].replace("{url}", URL) for name, row in _DATA["patterns"].items()
}
