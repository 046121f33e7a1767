"""What stands behind a repository in a URL: the branch, tag or commit, on any forge; pure.

`-/tree/main/src` (GitLab), `src/branch/main/src` (Forgejo), `src/0a1b2c3/` (Bitbucket), `tree/main/item/src`
(sourcehut) and `releases/tag/v1` all name a ref. Of a branch with a slash in its name the first segment is
taken; the repository's own branches decide later.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from checker.core.data_files import read_toml

_VIEWS = read_toml("checker.papers.links", "forges.toml")["views"]

#: Segments that begin what stands behind a repository.
VIEWS = frozenset(_VIEWS["all"].split())
_FILES, _REFS, _BETWEEN = (frozenset(_VIEWS[name]) for name in ("files", "refs", "between"))
_ARCHIVE = re.compile(r"\.(?:zip|tar\.gz|tgz|tar\.bz2|tar)\Z")


def read_ref(parts: tuple[str, ...]) -> str | None:
    """Return the branch, tag or commit that the path after a repository names, or None."""
    parts = parts[1:] if parts[:1] == ("-",) else parts
    if len(parts) < 2:
        return None
    head, rest = parts[0], parts[1:]
    if head == "releases":
        rest = rest[1:] if rest[0] in ("tag", "download") else rest
        return unquote(rest[0]) if rest and rest[0] not in ("latest", "permalink") else None
    if head not in _FILES | _REFS:
        return None
    if rest[:2] in (("refs", "heads"), ("refs", "tags")):
        rest = rest[2:]
    elif len(rest) > 1 and rest[0] in _BETWEEN and head not in ("tree", "blob"):
        rest = rest[1:]
    if not rest:
        return None
    return unquote(_ARCHIVE.sub("", rest[0]) if head in ("archive", "get") else rest[0])
