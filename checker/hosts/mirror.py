"""Bare repositories in a local folder stand in for a code host: complete, offline, and still hostile inside."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker.core.errors import CheckerError, HostRefusal, UsageError
from checker.core.values.repositories import Availability, Checkout, Probe, RepositoryId, Target
from checker.hosts.git.checkout import check_out
from checker.hosts.git.command import Git
from checker.hosts.git.objects import Objects
from checker.hosts.git.origin import Brought
from checker.hosts.git.refs import Refs, fill_in_head
from checker.hosts.limits import CloneLimits
from checker.hosts.urls import check_repository

#: The host that `MIRROR/OWNER/NAME.git` stands in for; others lie in `MIRROR/HOST/OWNER/NAME.git`.
MAIN_HOST = "github.com"


@dataclass(frozen=True)
class MirrorHost:
    """Answers from `root`; what it lacks is `missing`.

    The repositories are never opened as they are: their objects are read through a git folder of our own,
    so that no configuration or hook of theirs counts.
    """

    root: Path
    git: Git = field(default_factory=Git)
    limits: CloneLimits = field(default_factory=CloneLimits)

    @classmethod
    def create(cls, root: Path, limits: CloneLimits | None = None) -> MirrorHost:
        """Make a host from a folder.

        Raises:
            UsageError: it is no folder, or its name cannot be told to git.

        """
        root = root.expanduser().resolve()
        if not root.is_dir():
            raise UsageError(f"--mirror {root}: no such folder")
        if not str(root).isprintable() or str(root).startswith('"'):
            raise UsageError("--mirror: the folder's name holds control characters")
        return cls(root, limits=limits or CloneLimits())

    def probe(self, repository: RepositoryId) -> Probe:
        """Tell whether the mirror holds a repository; never raises for an answer."""
        moved: RepositoryId | None = None

        def said(availability: Availability, detail: str, refs: Refs | None = None) -> Probe:
            return Probe(
                repository=repository,
                availability=availability,
                answered_by="mirror",
                detail=detail,
                default_branch=refs.default_branch if refs else None,
                head_commit=refs.head_commit if refs else None,
                moved_to=moved,
                branches=refs.list_other_branches() if refs else (),
            )

        try:
            check_repository(repository)
            if not self.covers(repository.host):
                return said(Availability.UNREACHABLE, f"the mirror does not stand in for {repository.host}")
            refs = self.refs(repository)
            moved = self.moved(repository)
        except HostRefusal as error:
            return said(Availability.MISSING, str(error))
        except CheckerError as error:
            return said(Availability.UNREACHABLE, str(error))
        if refs.empty:
            return said(Availability.EMPTY, "no commits")
        found = Availability.AVAILABLE if moved is None else Availability.MOVED
        return said(found, f"{len(refs.names)} branches and tags", refs)

    def moved(self, repository: RepositoryId) -> RepositoryId | None:
        """Return the new name where the mirror's entry is a symbolic link to another of its repositories."""
        place = self.locate(repository)
        target = place.resolve()
        if not place.is_symlink() or not target.is_relative_to(self.root):
            return None
        *host, owner, name = target.relative_to(self.root).parts
        if len(host) > 1:
            return None
        return RepositoryId(host=host[0] if host else MAIN_HOST, owner=owner, name=name.removesuffix(".git"))

    def checkout(self, target: Target, probe: Probe, destination: Path) -> Checkout:
        """Bring the files of a target into the empty folder `destination`, as `hosting.base.Host` says."""
        return check_out(self, target, probe, destination)

    # ------------------------------------------------------------ the folder

    def covers(self, host: str) -> bool:
        """Whether the mirror stands in for a host."""
        return host == MAIN_HOST or bool(_list_children(self.root, host))

    def locate(self, repository: RepositoryId) -> Path:
        """Return the bare repository, whatever the case of its name; HostRefusal where there is none."""
        names = [] if repository.host == MAIN_HOST else [repository.host]
        parts = (*names, *repository.owner.split("/"), f"{repository.name}.git")
        place = next((p for p in _find_places(self.root, parts) if (p / "objects").is_dir()), None)
        if place is None:
            raise HostRefusal(f"{repository} is not in the mirror")
        return place

    def refs(self, repository: RepositoryId) -> Refs:
        """List the branches and tags."""
        return read_refs(Objects(self.git, self.locate(repository), self.limits))

    def bring(self, repository: RepositoryId, commit: str, folder: Path) -> Brought:
        """Make a git folder that reads the mirror's objects; see `checkout.Origin`."""
        check_repository(repository)
        store = Objects(self.git, self.locate(repository), self.limits)
        return borrow_objects(store, commit, folder, str(repository))

    def deepen(self, repository: RepositoryId, brought: Brought, step: int) -> bool:
        """All the history that the mirror has is there already."""
        return False

    def bring_tags(self, repository: RepositoryId, brought: Brought) -> Brought:
        """All tags are there already."""
        return brought


def _find_places(folder: Path, parts: Sequence[str]) -> Iterator[Path]:
    """Yield the folders below one whose names are equal but for case: `Acme/` and `acme/` may both be there."""
    if not parts:
        yield folder
        return
    for child in _list_children(folder, parts[0]):
        yield from _find_places(child, parts[1:])


def _list_children(folder: Path, name: str) -> list[Path]:
    """Return the folders in a folder whose names are equal but for case; the exact one first."""
    try:
        found = [p for p in folder.iterdir() if p.name.lower() == name.lower() and p.is_dir()]
    except OSError:
        found = [folder / name] if (folder / name).is_dir() else []
    return sorted(found, key=lambda place: (place.name != name, place.name))


def borrow_objects(store: Objects, commit: str, folder: Path, name: str) -> Brought:
    """Make a git folder of our own over the objects of a git folder on this machine.

    Raises:
        HostRefusal: it holds no such commit.
        StorageFailure: the new folder cannot be written.

    """
    alternates = (store.folder / "objects").resolve()
    objects = Objects.create(replace(store, hash=read_object_format(store)), folder, alternates)
    if (store.folder / "shallow").is_file():
        shutil.copyfile(store.folder / "shallow", folder / "shallow")
    found = objects.resolve(commit)
    if found is None:
        raise HostRefusal(f"{name} holds no commit {commit}")
    # What the mirror does not hold, it cannot measure.
    return Brought(objects, found, size_of=lambda oid: None, tags=store.tags())


def read_object_format(store: Objects) -> str:
    """Return the hash function of a git folder."""
    done = store.run("rev-parse", "--show-object-format")
    return done.text if done.ok and done.text in ("sha1", "sha256") else "sha1"


def read_refs(store: Objects) -> Refs:
    """Read the branches and tags of a git folder on this machine.

    Raises:
        HostRefusal: it is no git folder, or a damaged one.

    """
    listing = store.require("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)")
    rows = (line.split(" ") for line in listing.splitlines())
    names = {row[0]: row[2] or row[1] for row in rows if len(row) == 3}
    symbolic = store.run("symbolic-ref", "--quiet", "HEAD")
    default = symbolic.text.removeprefix("refs/heads/") if symbolic.ok else None
    head = names.get(f"refs/heads/{default}") or store.resolve("HEAD")
    return fill_in_head(names, default, head)
