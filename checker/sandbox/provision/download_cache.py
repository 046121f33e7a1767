"""The shared download cache: generations on disk, and leases that keep one alive while somebody reads it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from checker.core.errors import StorageFailure
from checker.core.settings import Settings
from checker.core.tree import walk_folders
from checker.sandbox.docker.disk import free_bytes, measure_folder, remove_tree
from checker.sandbox.docker.leases import lock

#: Part of the limit that is left after an eviction: less would throw away too much, more would evict too often.
KEPT = 0.7

#: Pause between two measurements of the whole cache on one machine: each walks hundreds of thousands of files.
MEASURE_SECONDS = 900

#: A disk is short with less free than so many times what is to be kept free: one more torch can fill it.
SHORT = 4

#: Pause between two measurements while the disk is short, or has filled fast.
SHORT_SECONDS = 60

FAST = 0.1

#: A disk has filled fast that has lost this part of the limit, and no less than this, since it was measured.
FAST_BYTES = 1024**3

COPY_SECONDS = 1800

#: Where uv keeps unpacked wheels, one folder each: nearly all of the cache's bytes.
ARCHIVES = "archive-v*/*"

_current: ContextVar[dict[Path, Path] | None] = ContextVar("checker_cache_leases", default=None)


class DownloadCache:
    """`FOLDER/gen-N` holds uv's cache; the highest N is the one in use.

    The folder itself is closed to other users (0700), what lies in it is writable to all: a container's user
    must find its private overlay of it writable. Nothing is ever removed from a generation: an overlay may stand
    on it. Evicting makes the next one out of hard links to what was used last, and removes the old one when its
    last lease has ended.
    """

    def __init__(self, folder: Path, limit: int, keep_free: int = 0) -> None:
        self._folder = folder
        self._limit = limit
        self._keep_free = keep_free
        self._fast = max(FAST * limit, FAST_BYTES)

    # ------------------------------------------------------------ reading

    @contextmanager
    def lease(self) -> Iterator[Path]:
        """Give the folder of the present generation; it is not removed before the lease ends.

        Inside a lease of the same thread the same generation is given again, so that what a check fetched is
        there when the check installs it.

        Raises:
            StorageFailure: the cache cannot be written.

        """
        held = _current.get() or {}
        if (known := held.get(self._folder)) is not None:
            yield known
            return
        while True:
            generation = self._find_newest()
            with lock(self._lock_of(generation), shared=True):
                if not generation.is_dir():
                    continue
                token = _current.set({**held, self._folder: generation})
                try:
                    yield generation
                finally:
                    _current.reset(token)
                return

    def list_generations(self) -> list[Path]:
        """Return the generations on disk, oldest first."""
        found = (path for path in self._folder.glob("gen-*") if path.is_dir() and path.name[4:].isdigit())
        return sorted(found, key=lambda path: int(path.name[4:]))

    def _lock_of(self, generation: Path) -> Path:
        return self._folder / f"{generation.name}.lock"

    def _find_newest(self) -> Path:
        """Return the generation in use, made where there is none."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._folder.chmod(0o700)
            if found := self.list_generations():
                return found[-1]
            first = self._folder / "gen-1"
            first.mkdir(exist_ok=True)
            first.chmod(0o777)
        except OSError as error:
            raise StorageFailure(f"the download cache {self._folder} cannot be written: {error}") from error
        return first

    # ------------------------------------------------------------ evicting

    def note_use(self, installed: Path) -> frozenset[Path]:
        """Remember that the archives, which the links below `installed` lead to, were used now; return them."""
        entries = installed.iterdir() if installed.is_dir() else ()
        archives = frozenset(a for entry in entries if (a := self._find_archive(entry)) is not None)
        self.touch(archives)
        return archives

    def touch(self, archives: Iterable[Path]) -> None:
        """Remember that archives were used now."""
        for archive in archives:
            with suppress(OSError):
                os.utime(archive)

    def _find_archive(self, entry: Path) -> Path | None:
        """Return the archive that the first link at or below `entry` leads to."""
        names = [entry] if entry.is_symlink() else (Path(f, n) for f, _, ns in walk_folders(entry) for n in ns)
        target = next((path.readlink() for path in names if path.is_symlink()), None)
        parts = target.parts if target is not None else ()
        depth = next((at for at, part in enumerate(parts) if part.startswith("archive-v")), None)
        return None if depth is None else Path(*parts[: depth + 2])

    def evict_if_full(self) -> None:
        """Evict where the cache is over its limit, at most once in `MEASURE_SECONDS` on this machine.

        While the disk is short, or where it fills fast, it is measured more often. Generations that nobody reads
        any more go at once.

        Raises:
            StorageFailure: the next generation could not be made.

        """
        stamp = self._folder / "measured"
        free = free_bytes(self._folder)
        with suppress(OSError, ValueError):
            measured = stamp.stat()
            before = int(stamp.read_text(encoding="ascii"))
            pressing = free < SHORT * self._keep_free or before - free > self._fast
            if time.time() - measured.st_mtime < (SHORT_SECONDS if pressing else MEASURE_SECONDS):
                self._remove_unread()
                if (now := free_bytes(self._folder)) > before:  # what fills the room that became free counts, too
                    stamp.write_text(f"{now}\n", encoding="ascii")
                    os.utime(stamp, ns=(measured.st_atime_ns, measured.st_mtime_ns))
                return
        self._find_newest()
        stamp.write_text(f"{free}\n", encoding="ascii")
        self.evict()

    def evict(self) -> bool:
        """Start a new generation where this one is over the limit; remove old ones that nobody reads.

        Returns whether a new one was started. Another process that does the same at the moment is left to it.

        Raises:
            StorageFailure: it could not be made.

        """
        with lock(self._folder / "evict.lock", wait=False) as mine:
            if not mine:
                return False
            for unfinished in self._folder.glob("*.making"):
                remove_tree(unfinished)
            self._remove_unread()
            with ExitStack() as held:
                newest = self._find_newest()
                older = [one for one in self.list_generations()[:-1] if self._holds(held, one)]
                size = _measure_own_bytes(newest, older)
                limit = self._measure_limit(size, older)
                over = size > limit
                if over:
                    self._start_next(newest, older, limit)
            self._remove_unread()
            return over

    def _holds(self, held: ExitStack, generation: Path) -> bool:
        """Keep a generation from being removed until `held` ends, as a lease does; False where it is going."""
        mine = held.enter_context(lock(self._lock_of(generation), shared=True, wait=False))
        return mine and generation.is_dir()

    def _measure_limit(self, size: int, older: Sequence[Path]) -> int:
        """Return the limit in bytes: at most half of what there is, because two generations may lie side by side.

        A check that takes long keeps the old one while the next one fills.
        """
        others = sum(_measure_own_bytes(one, older[:number]) for number, one in enumerate(older))
        return max(1, min(self._limit, (size + others + free_bytes(self._folder) - self._keep_free) // 2))

    def _start_next(self, old: Path, older: Sequence[Path], limit: int) -> None:
        """Link into the next generation what was used last: `KEPT` of the limit in bytes of its own.

        What older generations keep on the disk anyway comes along at no cost, up to the limit: else it would be
        fetched again, and lie there twice as long as somebody reads the older one. Without that bound, checks that
        overlap would hand on all that was ever fetched.
        """
        making = self._folder / f"gen-{int(old.name[4:]) + 1}.making"
        making.mkdir()
        for entry in old.iterdir():
            if entry.name.startswith("archive-v"):
                (making / entry.name).mkdir()
                (making / entry.name).chmod(0o777)
            else:
                link_tree(entry, making / entry.name)
        room, budget = limit, int(limit * KEPT)
        for place, archive in _sort_by_last_use((*older, old)):
            size = measure_folder(archive)
            cost = 0 if _is_in(older, place) else size
            if size > room:
                break
            if cost > budget:
                budget = 0  # what was used before that goes as well
                continue
            if (making / place).parent.is_dir():
                link_tree(archive, making / place)
            room, budget = room - size, budget - cost
        making.chmod(0o777)
        making.rename(making.with_suffix(""))

    def _remove_unread(self) -> None:
        for old in self.list_generations()[:-1]:
            with lock(self._lock_of(old), wait=False) as free:
                if free and remove_tree(old):
                    self._lock_of(old).unlink(missing_ok=True)


def _sort_by_last_use(generations: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Return the archives, each as its place and the copy that was used last, and of all the last used first."""
    found: dict[Path, tuple[float, Path]] = {}
    for generation in generations:
        for archive in generation.glob(ARCHIVES):
            place, used = archive.relative_to(generation), archive.stat().st_mtime
            if place not in found or used >= found[place][0]:
                found[place] = used, archive
    ordered = sorted(found.items(), key=lambda item: item[1][0], reverse=True)
    return [(place, archive) for place, (_, archive) in ordered]


def _is_in(generations: Iterable[Path], archive: Path) -> bool:
    """Whether an archive (its place within a generation) is linked in one of them: its name is no other's."""
    return any((generation / archive).is_dir() for generation in generations)


def _measure_own_bytes(generation: Path, older: Sequence[Path]) -> int:
    """Return the bytes that would be free without a generation: archives that older ones hold are not its own."""
    shared = (a for a in generation.glob(ARCHIVES) if _is_in(older, a.relative_to(generation)))
    return measure_folder(generation) - sum(map(measure_folder, shared))


def open_shared_cache(settings: Settings) -> DownloadCache:
    """Return the cache of this machine."""
    return DownloadCache(settings.home / "cache", settings.cache_bytes, 2 * settings.free_bytes)


def link_tree(source: Path, destination: Path) -> None:
    """Copy a tree with hard links instead of its files' bytes: what is added to the one is not in the other.

    Raises:
        StorageFailure: that failed.

    """
    command = ["cp", "-al", "--", str(source), str(destination)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=COPY_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise StorageFailure(f"{source} could not be copied by links to {destination}: {error}") from error
