"""Papers and the links in their text."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from urllib.parse import unquote

from checker.core.values.base import Value
from checker.core.values.repositories import RepositoryId, Target


class LinkKind(StrEnum):
    """What a URL points at, as far as the URL itself tells."""

    REPOSITORY = "repository"
    OWNER = "owner"
    GIST = "gist"
    OTHER = "other"


class CodeStatus(StrEnum):
    """What a paper says about its code."""

    LINKED = "linked"
    PROMISED = "promised"
    CLAIMED = "claimed"
    NONE = "none"


class Paper(Value):
    """A paper as a source names it; `sources` lists every page it stands on.

    `categories` (research fields, such as `cs.LG`) and `venue` (journal or conference) are set only where a
    source tells them.
    """

    id: str
    title: str
    abstract: str = ""
    sources: tuple[str, ...] = ()
    published: date | None = None
    categories: tuple[str, ...] = ()
    venue: str | None = None


class CodeLink(Value):
    """One link of a paper, read out of its text.

    `url` is the link as written (dirt removed); `host` its host name in lower case. `owner` and `name`
    are set for repositories on GitHub and gists, `owner` alone for owner pages. `ref` is a branch, tag or
    commit; `path` is what the URL says after the repository, as written (`tree/main/src`). A link to a site
    that shows GitHub's files (raw files, notebook viewers) has the host github.com. `promised` means the code
    "will be released" there.
    """

    paper_id: str
    title: str = ""
    url: str
    host: str
    kind: LinkKind
    owner: str | None = None
    name: str | None = None
    ref: str | None = None
    path: str | None = None
    promised: bool = False

    @property
    def repository(self) -> RepositoryId | None:
        """The repository behind the link, or None where the link names none."""
        if self.kind is not LinkKind.REPOSITORY or self.owner is None or self.name is None:
            return None
        return RepositoryId(host=self.host, owner=self.owner, name=self.name)

    @property
    def target(self) -> Target | None:
        """What the link asks to be checked, or None where it names no repository.

        A link to the branch that is the default by custom asks for the default branch, whatever it is called now.
        """
        if self.repository is None:
            return None
        place = (self.path or "").partition("/")[2] if (self.path or "").startswith(_FILE_VIEWS) else ""
        inside = unquote(place.removeprefix(f"{self.ref}/")) if place.startswith(f"{self.ref}/") else ""
        if self.ref is not None and _COMMIT.fullmatch(self.ref):
            return Target(repository=self.repository, commit=self.ref.lower(), path=inside or None)
        if self.ref is None or self.ref in DEFAULT_BRANCHES:
            return Target(repository=self.repository, path=inside or None)
        return Target(repository=self.repository, ref=place or self.ref)


_FILE_VIEWS = ("tree/", "blob/", "raw/", "blame/", "edit/")


_COMMIT = re.compile(r"[0-9a-fA-F]{40}")


DEFAULT_BRANCHES = frozenset({"main", "master", "HEAD"})


"""Names of default branches by custom. They were renamed into each other, and hosts forward the old name."""


class LinkedPaper(Value):
    """A paper with everything its text says about code."""

    paper: Paper
    links: tuple[CodeLink, ...] = ()
    code_status: CodeStatus = CodeStatus.NONE
    evidence: str = ""
