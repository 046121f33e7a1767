"""Repositories: what a host answers about one, and the files at one commit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from checker.core.values.base import Value, now


class RepositoryId(Value):
    """A repository on a host. Two ids are the same repository when their `key` is equal."""

    host: str = "github.com"
    owner: str
    name: str

    @property
    def slug(self) -> str:
        """`owner/name` as written."""
        return f"{self.owner}/{self.name}"

    @property
    def key(self) -> str:
        """The name under which results are stored: hosts ignore case in owner and name."""
        return f"{self.host}/{self.owner}/{self.name}".lower()

    @property
    def may_be_data(self) -> bool:
        """Whether the host keeps models and data sets under such names, and code only now and then."""
        return self.host == "huggingface.co" and not self.owner.startswith("spaces/")

    def __str__(self) -> str:
        return self.slug if self.host == "github.com" else f"{self.host}/{self.slug}"


#: Names of default branches by custom. They were renamed into each other, and hosts forward the old name.
DEFAULT_BRANCHES = frozenset({"main", "master"})


class Target(Value):
    """One repository to check: at `commit` when it is pinned, else at the head of its default branch.

    `ref` names a branch or tag, and may go on with a path inside, as links do that do not say where the one ends;
    `path` is the folder or file that a link points at. `folder` is set instead of a host for a local folder.
    """

    repository: RepositoryId
    commit: str | None = None
    ref: str | None = None
    path: str | None = None
    folder: str | None = None

    @property
    def key(self) -> str:
        """The name of the target within a run: the repository's key, the commit or branch, the place inside."""
        at = self.commit.lower() if self.commit else self.ref
        parts = (
            self.repository.key,
            f"@{_flatten(at)}" if at else "",
            f":{_flatten(self.path)}" if self.path else "",
        )
        return "".join(parts)

    @property
    def without_custom_branch(self) -> Target:
        """The same without a branch that is the default by custom: what most links to it mean."""
        return self.model_copy(update={"ref": None}) if self.ref in DEFAULT_BRANCHES else self


def _flatten(text: str) -> str:
    return text.strip("/").replace("/", ":")


class Availability(StrEnum):
    """What became of a link. `unreachable` is our failure and always inconclusive."""

    AVAILABLE = "available"
    MOVED = "moved"
    NO_CODE = "no_code"
    EMPTY = "empty"
    MISSING = "missing"
    BLOCKED = "blocked"
    NOT_A_REPOSITORY = "not_a_repository"
    UNREACHABLE = "unreachable"


class Probe(Value):
    """What a host answers about a repository, without cloning it.

    `answered_by` names who said so (`git`, `api`, `mirror`, `folder`); `detail` is the answer in words.
    `branches` are some of those at another commit than the head. Facts that nobody told are None.
    """

    repository: RepositoryId
    availability: Availability
    answered_by: str
    detail: str = ""
    moved_to: RepositoryId | None = None
    default_branch: str | None = None
    head_commit: str | None = None
    host_id: int | None = None
    archived: bool | None = None
    fork: bool | None = None
    licence: str | None = None
    last_push: datetime | None = None
    branches: tuple[str, ...] = ()
    checked_at: datetime = Field(default_factory=now)

    @property
    def conclusive(self) -> bool:
        """Whether the answer is about the repository, and not about us."""
        return self.availability is not Availability.UNREACHABLE


class Contents(Value):
    """Where the code is that the place which a link names does not hold, or what stands there in its stead.

    `branch` is another branch, with code; `folder` the folder of the link, where only the rest of the repository
    has code; `archives` are committed archives with source files; `page` the first file of a web page; `promise`
    the words that announce code; `stubs` files of code that hold nothing.
    """

    branch: str | None = None
    folder: str | None = None
    archives: tuple[str, ...] = ()
    page: str | None = None
    promise: str | None = None
    stubs: tuple[str, ...] = ()


class Submodule(Value):
    """A submodule of a checkout; `status` is `present`, `gone`, `refused` or `unreachable`."""

    path: str
    url: str
    commit: str | None = None
    status: str
    detail: str = ""


class LeftOut(Value):
    """A file that stands in the repository and was not brought along."""

    path: str
    bytes: int | None = None
    reason: str


class Checkout(Value):
    """The files of a repository at one commit, with dates and what was left out.

    `committed_at` is the date of `commit`; `code_date` that of the last commit that touched code or a
    specification (why: docs/adr/0004). Both are UTC. `code_date_from` says
    where that date comes from: `history`, `commit` (the history did not tell), or `files` (uncommitted).
    """

    repository: RepositoryId
    commit: str
    ref: str | None = None
    committed_at: datetime
    code_date: datetime
    code_date_from: str = "history"
    files: int = 0
    bytes: int = 0
    submodules: tuple[Submodule, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    swhid_revision: str | None = None
    swhid_directory: str | None = None
