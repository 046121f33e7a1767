"""The branches and tags of a repository, and which of them a link means; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from checker.core.errors import HostRefusal

HEX = re.compile(r"[0-9a-f]{7,64}")

#: Default branches that were renamed into each other: hosts forward links to the old name.
RENAMED = ("main", "master")

#: Branches that a probe names at most.
MAX_BRANCHES = 40


@dataclass(frozen=True)
class Refs:
    """What `git ls-remote --symref` tells: every name with its commit (tags peeled), and HEAD."""

    names: Mapping[str, str] = field(default_factory=dict)
    default_branch: str | None = None
    head_commit: str | None = None

    @property
    def empty(self) -> bool:
        """Whether the repository has no commits."""
        return not self.names and self.head_commit is None

    def list_other_branches(self) -> tuple[str, ...]:
        """Return branches at another commit than the head, the plainest names first, at most `MAX_BRANCHES`."""
        others = (name for name, at in self.names.items() if at != self.head_commit)
        names = (name.removeprefix("refs/heads/") for name in others if name.startswith("refs/heads/"))
        return tuple(sorted(names, key=lambda name: (name.count("/"), len(name), name))[:MAX_BRANCHES])

    def find(self, wanted: str) -> tuple[str, str | None]:
        """Return commit and name of the branch or tag that `wanted` begins with; the longest wins.

        A link `tree/feature/x/docs` does not tell where the branch ends and the path begins. A name of
        hexadecimal digits that is no branch is a commit.

        Raises:
            HostRefusal: there is no such branch or tag.

        """
        segments = wanted.removeprefix("refs/heads/").removeprefix("refs/tags/").strip("/").split("/")
        for length in range(len(segments), 0, -1):
            name = "/".join(segments[:length])
            for kind in ("heads", "tags"):
                if commit := self.names.get(f"refs/{kind}/{name}"):
                    return commit, name
        if HEX.fullmatch(segments[0].lower()):
            return segments[0].lower(), None
        if segments[0] in (*RENAMED, "HEAD") and self.head_commit:
            return self.head_commit, self.default_branch
        raise HostRefusal(f"there is no branch or tag {wanted[:200]!r}")


_LINE = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\t(\S+)")
_SYMREF = re.compile(r"ref: refs/heads/(\S+)\tHEAD")


def parse(text: str) -> Refs:
    """Read the output of `git ls-remote --symref`."""
    names: dict[str, str] = {}
    default, head = None, None
    for line in text.splitlines():
        if match := _SYMREF.fullmatch(line):
            default = match[1]
        elif match := _LINE.fullmatch(line):
            commit, name = match.groups()
            if name == "HEAD":
                head = commit
            else:
                names[name.removesuffix("^{}")] = commit  # the peeled line follows the tag's own
    return fill_in_head(names, default, head)


def fill_in_head(names: Mapping[str, str], default: str | None, head: str | None) -> Refs:
    """Fill in a head where HEAD names a branch that does not exist: the usual names, else the first branch."""
    branches = sorted(n.removeprefix("refs/heads/") for n in names if n.startswith("refs/heads/"))
    if head is None and branches:
        default = next((b for b in (default, *RENAMED) if b in branches), branches[0])
        head = names[f"refs/heads/{default}"]
    if head is not None and default is None:
        default = next((b for b in branches if names[f"refs/heads/{b}"] == head), None)
    return Refs(names=names, default_branch=default, head_commit=head)
