"""Papers and the links in their text."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from urllib.parse import unquote

from checker.core.values.base import PublicText, Value
from checker.core.values.repositories import DEFAULT_BRANCHES, RepositoryId, Target


class LinkKind(StrEnum):
    """What a URL points at, as far as the URL itself tells.

    `doi`: a record with a DOI, or of an archive that gives them; `swhid`: an identifier or a page of Software
    Heritage; `archived`: a copy that a web archive keeps; `ancillary`: files beside a paper on arXiv.
    """

    REPOSITORY = "repository"
    OWNER = "owner"
    GIST = "gist"
    DOI = "doi"
    SWHID = "swhid"
    ARCHIVED = "archived"
    ANCILLARY = "ancillary"
    OTHER = "other"


#: Kinds of links that may name a repository: itself, or as the origin of an archived copy.
REPOSITORY_KINDS = frozenset({LinkKind.REPOSITORY, LinkKind.SWHID, LinkKind.ARCHIVED})


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
    title: PublicText
    abstract: PublicText = ""
    sources: tuple[str, ...] = ()
    published: date | None = None
    categories: tuple[str, ...] = ()
    venue: str | None = None


class CodeLink(Value):
    """One link of a paper, read out of its text.

    `url` is the link as written (dirt removed; an identifier as its address); `host` its host name in lower case.
    `owner` and `name` are set for repositories and gists, `owner` alone for owner pages, `name` alone for a DOI or
    SWHID. `ref` is a branch, tag or commit; `path` is what the URL says after the repository, as written
    (`tree/main/src`). A link to a site that shows GitHub's files (raw files, notebook viewers), or to an archived
    copy of a repository, has the repository's host. `promised` means the code "will be released" there,
    `borrowed` that the text names it as other people's code which the paper works with.
    """

    paper_id: str
    title: str = ""
    url: PublicText
    host: str
    kind: LinkKind
    owner: str | None = None
    name: str | None = None
    ref: str | None = None
    path: str | None = None
    promised: bool = False
    borrowed: bool = False

    @property
    def repository(self) -> RepositoryId | None:
        """The repository behind the link, or None where the link names none."""
        if self.kind not in REPOSITORY_KINDS or self.owner is None or self.name is None:
            return None
        return RepositoryId(host=self.host, owner=self.owner, name=self.name)

    @property
    def target(self) -> Target | None:
        """What the link asks to be checked, or None where it names no repository.

        A branch may go on with a place inside: where it ends, the repository's own branches decide.
        """
        if self.repository is None:
            return None
        inside = self._read_inside()
        if self.ref is None or self.ref == "HEAD":
            return Target(repository=self.repository, path=inside or None)
        if _COMMIT.fullmatch(self.ref):
            return Target(repository=self.repository, commit=self.ref.lower(), path=inside or None)
        if self.ref in DEFAULT_BRANCHES:
            return Target(repository=self.repository, ref=self.ref, path=inside or None)
        return Target(repository=self.repository, ref=f"{self.ref}/{inside}" if inside else self.ref)

    def _read_inside(self) -> str:
        """Return the place inside the repository that `path` shows, without view and ref; '' where it shows none.

        `-/tree/main/src` → src; `tree/main/item/src` (sourcehut) → src; `releases/tag/v1` → ''.
        """
        segments = [unquote(part) for part in (self.path or "").split("/") if part and part != "-"]
        at = segments.index(self.ref) if self.ref in segments[:4] else None
        view = segments[: 1 if at is None else at]
        if not segments or (view and view[0] not in _FILE_VIEWS) or (at is None and self.ref is None):
            return ""
        rest = segments[len(view) if at is None else at + 1 :]
        return "/".join(rest[1:] if rest and rest[0] == _BEFORE_PLACE.get(self.host) else rest)


#: What stands before a ref and a place inside, on any forge.
_FILE_VIEWS = frozenset(
    {"tree", "blob", "raw", "blame", "edit", "src", "browse", "resolve", "media", "rendered", "ci", "plain"}
)

#: What stands between a ref and the place inside on some forges.
_BEFORE_PLACE = {"git.sr.ht": "item", "git.code.sf.net": "tree"}

_COMMIT = re.compile(r"[0-9a-fA-F]{40}")


class LinkedPaper(Value):
    """A paper with everything its text says about code."""

    paper: Paper
    links: tuple[CodeLink, ...] = ()
    code_status: CodeStatus = CodeStatus.NONE
    evidence: str = ""
