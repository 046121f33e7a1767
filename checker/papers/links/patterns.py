"""Loads the patterns over text with URLs masked by `URL`: `data/patterns.toml` and its neighbours.

`{name}` in a pattern stands for one of the words of a list, for a part, or for a masked URL (`{url}`). The lines
of a pattern are joined, except in a verbose one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.core.data_files import read_toml
from checker.core.values.base import Value

#: Stands for a URL, as many times as the URL has characters, so that places in the text stay the same.
URL = "\ue000"

#: A name in braces; a quantifier such as `{0,3}` is none.
_NAME = re.compile(r"\{([a-z_]+)\}")


class Row(Value):
    """A pattern; `matches` is a text in which it is found."""

    regex: str
    matches: str
    ignore_case: bool = False
    verbose: bool = False


def load_rows(name: str, package: str = "checker.papers.links") -> Mapping[str, Row]:
    """Return the rows of `data/NAME.toml` of a package, with everything filled in that they name in braces."""
    data = read_toml(package, f"{name}.toml")
    named = {key: "|".join(words.split()) for key, words in data.get("words", {}).items()}
    named |= {key: part.replace("\n", "") for key, part in data.get("parts", {}).items()}
    named["url"] = URL

    def fill(text: str) -> str:
        return _NAME.sub(lambda found: fill(named[found[1]]), text)

    rows = {key: Row.model_validate(row) for key, row in data["patterns"].items()}
    return {
        key: row.model_copy(
            update={
                "regex": fill(row.regex if row.verbose else row.regex.replace("\n", "")),
                "matches": row.matches.replace("{url}", URL),
            }
        )
        for key, row in rows.items()
    }


def load_patterns(name: str, package: str = "checker.papers.links") -> Mapping[str, re.Pattern[str]]:
    """Return the patterns of `data/NAME.toml` of a package, compiled."""
    flags = {False: 0, True: re.IGNORECASE}
    return {
        key: re.compile(row.regex, flags[row.ignore_case] | (re.VERBOSE if row.verbose else 0))
        for key, row in load_rows(name, package).items()
    }


#: The words in which abstracts speak of code; they are looked for in lower-case text.
PATTERNS = load_patterns("patterns")
