"""Submodules: hostile addresses refused, the rest from the same origin, at their recorded commits."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from checker.core.errors import HostRefusal, Inconclusive, StorageFailure
from checker.core.values.repositories import RepositoryId, Submodule
from checker.hosts.git.objects import Entry, Objects, escape_path
from checker.hosts.git.origin import Origin
from checker.hosts.git.write_files import Account, write_entries
from checker.hosts.urls import resolve

MAX_GITMODULES = 256 * 1024


@dataclass(frozen=True)
class _Place:
    """A submodule: whose it is, its entry in the tree, its path, its address as written."""

    owner: RepositoryId
    entry: Entry
    path: str
    url: str | None


def bring_submodules(
    origin: Origin, parent: RepositoryId, modules: Sequence[Entry], account: Account
) -> tuple[Submodule, ...]:
    """Bring every submodule, and theirs, as deep and as many as the limits allow; never raises for one."""
    done: list[Submodule] = []
    waiting = [(parent, "", modules, 1)]
    while waiting:
        owner, prefix, entries, depth = waiting.pop(0)
        addresses = _read_addresses(origin, account, prefix) if entries else {}
        for entry in entries:
            path = prefix + escape_path(entry.path)
            url = addresses.get(escape_path(entry.path))
            place = _Place(owner, entry, path, url)
            if reason := _explain_refusal(len(done), depth, account):
                done.append(_describe_submodule(place, "refused", reason))
                continue
            submodule, inner = _bring_one(origin, place, account)
            done.append(submodule)
            if inner is not None:
                waiting.append((inner[0], path + "/", inner[1], depth + 1))
    return tuple(done)


def _explain_refusal(count: int, depth: int, account: Account) -> str | None:
    if count >= account.limits.submodules:
        return f"more than {account.limits.submodules} submodules"
    if depth > account.limits.submodule_depth:
        return f"submodules more than {account.limits.submodule_depth} levels deep"
    return None


def _describe_submodule(place: _Place, status: str, detail: str) -> Submodule:
    shown = "".join(c if c.isprintable() else "?" for c in place.url or "")[:500]
    return Submodule(path=place.path, url=shown, commit=place.entry.oid, status=status, detail=detail[:500])


def _bring_one(
    origin: Origin, place: _Place, account: Account
) -> tuple[Submodule, tuple[RepositoryId, list[Entry]] | None]:
    """Bring one submodule; returns what became of it, and its own submodules."""
    if place.url is None:
        return _describe_submodule(place, "gone", "no address in .gitmodules"), None
    try:
        address = resolve(place.owner, place.url)
    except HostRefusal as error:
        return _describe_submodule(place, "refused", str(error)), None
    folder = account.root / ".git" / "submodule"
    try:
        brought = origin.bring(address.repository, place.entry.oid, folder)
        entries = brought.objects.entries(brought.commit)
        inner = write_entries(brought.objects, entries, account, place.path + "/", brought.size_of)
    except HostRefusal as error:
        return _describe_submodule(place, "gone", str(error)), None
    except StorageFailure:
        raise
    except Inconclusive as error:
        return _describe_submodule(place, "unreachable", str(error)), None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    detail = "asked over https instead of the address as written" if address.translated else ""
    return _describe_submodule(place, "present", detail), (address.repository, inner)


def _read_addresses(origin: Origin, account: Account, prefix: str) -> dict[str, str]:
    """Read `.gitmodules` (the file that was just written below `prefix`): path → URL."""
    file = account.root / prefix / ".gitmodules"
    if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_GITMODULES:
        return {}
    git = Objects(origin.git, account.root / ".git", account.limits)
    done = git.run(
        "config", "--no-includes", "-z", "-f", str(file), "--get-regexp", r"^submodule\..*\.(path|url)$"
    )
    return parse_gitmodules(done.output.decode("utf-8", "replace")) if done.ok else {}


def parse_gitmodules(text: str) -> dict[str, str]:
    """Read the entries that `git config -z` prints (`key NEWLINE value NUL`): path → URL."""
    sections: dict[str, dict[str, str]] = {}
    for item in text.split("\0"):
        key, _, value = item.partition("\n")
        name, _, field = key.rpartition(".")
        if name:
            sections.setdefault(name, {})[field] = value
    return {s["path"].strip("/"): s["url"] for s in sections.values() if "path" in s and "url" in s}
