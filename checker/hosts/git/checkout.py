"""One commit of a repository into a folder, wherever its objects come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from checker.core.errors import HostRefusal, StorageFailure
from checker.core.values.repositories import Checkout, Probe, RepositoryId, Target
from checker.hosts.git import swhid
from checker.hosts.git.code_date import find_code_date, is_code
from checker.hosts.git.objects import FOLDER, Entry, escape_path
from checker.hosts.git.origin import Brought, Origin
from checker.hosts.git.pack import keep, wants_tags
from checker.hosts.git.refs import HEX
from checker.hosts.git.submodules import bring_submodules
from checker.hosts.git.write_files import Account, make_links, write_entries


@contextmanager
def storage_failures() -> Iterator[None]:
    """Turn what the operating system says about our disk into a StorageFailure."""
    try:
        yield
    except OSError as error:
        raise StorageFailure(f"our own disk: {error}") from error


@storage_failures()
def check_out(origin: Origin, target: Target, probe: Probe, destination: Path) -> Checkout:
    """Bring the files of a target into the empty folder `destination`.

    Raises:
        HostRefusal: the commit does not exist, or the repository cannot be checked out at all.
        NetworkFailure: the host did not answer, or broke off.
        StorageFailure: our own disk is full.

    """
    repository = probe.moved_to or target.repository
    name, ref = _choose_commit(origin, repository, target, probe)
    brought = origin.bring(repository, name, destination / ".git")
    account = Account(destination, origin.limits)
    entries = brought.objects.entries(brought.commit)
    modules = write_entries(brought.objects, entries, account, size_of=brought.size_of)
    submodules = bring_submodules(origin, repository, modules, account)
    make_links(account)
    committed_at = brought.objects.committed_at(brought.commit)
    has_code = any(is_code(escape_path(entry.path)) for entry in entries if entry.mode != FOLDER)
    touched = _find_code_date(origin, repository, brought) if has_code else None
    if wants_tags(destination):
        brought = origin.bring_tags(repository, brought)
    checkout = Checkout(
        repository=target.repository,
        commit=brought.commit,
        ref=ref,
        committed_at=committed_at,
        code_date=touched or committed_at,
        code_date_from="history" if touched else "commit",
        files=account.files,
        bytes=account.size,
        submodules=submodules,
        left_out=account.listing(),
        swhid_revision=swhid.identify_revision(brought.commit),
        swhid_directory=swhid.identify_directory(brought.objects.read_tree_id(brought.commit)),
    )
    keep(brought.objects, brought.commit, entries, brought.tags, _list_left_out(entries, destination))
    return checkout


def _choose_commit(
    origin: Origin, repository: RepositoryId, target: Target, probe: Probe
) -> tuple[str, str | None]:
    """Return the commit to check out and the branch or tag that names it."""
    if target.commit:
        if not HEX.fullmatch(target.commit.lower()):
            raise HostRefusal(f"{target.commit[:100]!r} is no commit id")
        return target.commit.lower(), target.ref
    if target.ref:
        return origin.refs(repository).find(target.ref)
    if probe.head_commit:
        return probe.head_commit, probe.default_branch
    refs = origin.refs(repository)
    if refs.head_commit is None:
        raise HostRefusal(f"{repository} has no commits")
    return refs.head_commit, refs.default_branch


#: Times that more history is asked for.
HISTORY_STEPS = 3


def _find_code_date(origin: Origin, repository: RepositoryId, brought: Brought) -> datetime | None:
    """Return the date of the last commit that touched code, bringing history until it tells."""
    for step in range(HISTORY_STEPS + 1):
        found = find_code_date(brought.objects, brought.commit)
        if found is not None or step == HISTORY_STEPS or not origin.deepen(repository, brought, step):
            return found
    return None


def _list_left_out(entries: Iterable[Entry], root: Path) -> tuple[str, ...]:
    """Return the paths of entries that were left out, as git knows them."""
    paths = (e.path.decode("utf-8", "surrogateescape") for e in entries if e.mode != FOLDER)
    return tuple(p for p in paths if "\0" not in p and not _exists(root / p))


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except (OSError, ValueError):
        return False
    return True
