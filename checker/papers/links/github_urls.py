"""GitHub's own rules: which names are owners and repositories, which are pages of its own, what a path means.

Sources: the rules that GitHub's sign-up and new-repository forms state (owner: at most 39 letters, digits and
single hyphens, not at the ends; repository: at most 100 of `A-Za-z0-9._-`), and the first path segments that
its own pages occupy. Accounts from before the rule on the last hyphen have kept theirs: it is let pass.
"""

from __future__ import annotations

import re

from checker.core.data_files import read_toml

OWNER = re.compile(r"(?=.{1,39}\Z)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*-?\Z")
NAME = re.compile(r"[A-Za-z0-9._-]{1,100}\Z")

#: First path segments that are pages of GitHub's own, never an owner.
RESERVED = frozenset(read_toml("checker.papers.links", "github.toml")["reserved"].split())


def is_owner(text: str) -> bool:
    """Tell whether a person or an organisation can be called so on GitHub."""
    return bool(OWNER.match(text)) and text.lower() not in RESERVED


def read_repository_name(text: str) -> str | None:
    """Return the repository's name out of a path segment, or None where none can be called so.

    `.git` and `.wiki` at the end are not part of it; what no name may hold ends it (`name,and` is `name`).
    """
    match = re.match(r"[A-Za-z0-9._-]*", text)
    name = match.group() if match else ""
    for ending in (".git", ".wiki"):
        if name.lower().endswith(ending):
            name = name[: -len(ending)]
    name = name.rstrip(".")
    return name if NAME.match(name) and name != ".." else None
