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

_REFS = frozenset({"tree", "blob", "raw", "blame", "edit", "commits", "commit", "src", "zipball", "tarball"})
_ARCHIVE = re.compile(r"\.(?:zip|tar\.gz|tgz|tar\.bz2)\Z")


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


def read_ref(parts: tuple[str, ...]) -> str | None:
    """Return the branch, tag or commit that the path after a repository names, or None.

    A branch with a slash in its name cannot be told from a folder: the first segment is taken.
    """
    if len(parts) < 2:
        return None
    head, rest = parts[0], parts[1:]
    if head in _REFS:
        return _read_first_ref(rest)
    if head == "releases" and len(rest) >= 2 and rest[0] in ("tag", "download"):
        return rest[1]
    if head == "archive":
        found = _read_first_ref(rest)
        return _ARCHIVE.sub("", found) if found else None
    return None


def _read_first_ref(parts: tuple[str, ...]) -> str | None:
    if parts[:2] in (("refs", "heads"), ("refs", "tags")):
        return parts[2] if len(parts) > 2 else None
    return parts[0] if parts else None
