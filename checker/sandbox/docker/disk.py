"""Disk for one attempt: a size-limited file system of its own where we may mount, else a watched folder."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from checker.core.container import MIB
from checker.core.errors import StorageFailure
from checker.core.settings import Settings

#: Time limit for copying a checkout, making or removing scratch space.
TOOL_SECONDS = 300

#: How long an attempt waits for disk that other attempts hold: failing, it would only have to be done again.
ROOM_SECONDS = 1800.0

ROOM_PAUSE = 5.0

#: A file system with less room than this counts as full: ext4 refuses writes while it still shows some blocks.
FULL_BYTES = 4 * MIB


class Scratch:
    """A folder on disk of its own: `root` holds the attempt's trees; `limit_hit` once it was full."""

    def __init__(self, root: Path, limit: int) -> None:
        self.root = root
        self.limit = limit

    def is_full(self) -> bool:
        """Whether the limit is reached at this moment."""
        raise NotImplementedError

    def close(self) -> None:
        """Give the disk back."""
        raise NotImplementedError


class LoopScratch(Scratch):
    """A sparse ext4 file mounted through a loop device: the kernel keeps the limit, removal is one unlink."""

    def __init__(self, root: Path, limit: int) -> None:
        """Make and mount the file system.

        Raises:
            StorageFailure: it could not be made or mounted.

        """
        super().__init__(root, limit)
        self._image = root.with_name(f"{root.name}.img")
        with self._image.open("wb") as file:
            file.truncate(max(limit, 16 * MIB))
        try:
            _run_tool("mkfs.ext4", "-q", "-F", *_MKFS, str(self._image))
            root.mkdir()
            _run_tool("mount", "-o", "loop,nosuid,nodev,noatime", str(self._image), str(root))
            (root / "lost+found").rmdir()
        except (OSError, StorageFailure):
            self.close()
            raise

    def is_full(self) -> bool:
        """Whether blocks or inodes have run out."""
        disk = os.statvfs(self.root)
        return disk.f_bavail * disk.f_frsize < FULL_BYTES or disk.f_favail == 0

    def close(self) -> None:
        """Unmount, and unlink the file: its blocks are free at once."""
        release_mount(self.root)
        self._image.unlink(missing_ok=True)
        if self.root.is_dir():
            self.root.rmdir()


#: No journal: nothing of it outlives the attempt. An inode for each 8 KiB: environments are small files.
_MKFS = ("-O", "^has_journal", "-E", "lazy_itable_init=1,nodiscard", "-m", "0", "-b", "4096", "-i", "8192")


class FolderScratch(Scratch):
    """A plain folder whose size is measured again and again: a soft limit, for callers that may not mount."""

    def __init__(self, root: Path, limit: int, clean_as_root: Callable[[Path], None]) -> None:
        super().__init__(root, limit)
        root.mkdir()
        self._clean_as_root = clean_as_root
        self._next = 0.0
        self._full = False
        self._thread: threading.Thread | None = None

    def is_full(self) -> bool:
        """Whether the last measurement, made beside for a fifth of the time, was over the limit."""
        if (self._thread is None or not self._thread.is_alive()) and time.monotonic() >= self._next:
            self._thread = threading.Thread(target=self._measure, daemon=True)
            self._thread.start()
        return self._full

    def _measure(self) -> None:
        start = time.monotonic()
        self._full = measure_folder(self.root) >= self.limit
        spent = time.monotonic() - start
        self._next = time.monotonic() + max(0.5, 4 * spent)

    def close(self) -> None:
        """Remove the folder; what the engine's kernel left as root goes through a container."""
        if not remove_tree(self.root):
            self._clean_as_root(self.root)


def open_scratch(settings: Settings, root: Path, limit: int, clean_as_root: Callable[[Path], None]) -> Scratch:
    """Make scratch space of `limit` bytes at `root`, which must not exist.

    Raises:
        StorageFailure: our disk has no room, or it could not be made.

    """
    try:
        root.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
        check_room(settings, root.parent)
        if settings.scratch == "loop" or (settings.scratch == "auto" and can_mount()):
            return LoopScratch(root, limit)
        return FolderScratch(root, limit, clean_as_root)
    except OSError as error:
        raise StorageFailure(f"cannot make scratch space in {root.parent}: {error.strerror}") from error


def can_mount() -> bool:
    """Whether loop mounts are ours to make."""
    return os.geteuid() == 0 and Path("/dev/loop-control").exists()


def free_bytes(folder: Path) -> int:
    """Return what is free on the disk of `folder`."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def check_room(settings: Settings, folder: Path) -> None:
    """Refuse to start where our own disk is nearly full.

    Raises:
        StorageFailure: less is free than the settings want to keep free.

    """
    free = free_bytes(folder)
    if free < settings.free_bytes:
        raise StorageFailure(
            f"only {free // MIB} MiB are free in {folder}; {settings.free_bytes // MIB} are wanted"
        )


def wait_for_room(settings: Settings, folder: Path, others: Callable[[], bool]) -> None:
    """Wait while our own disk is nearly full and `others` work, who will give some of it back.

    Raises:
        StorageFailure: there is still no room after `ROOM_SECONDS`, or nobody who could make some.

    """
    deadline = time.monotonic() + ROOM_SECONDS
    while True:
        try:
            return check_room(settings, folder)
        except StorageFailure:
            if time.monotonic() > deadline or not others():
                raise
        time.sleep(ROOM_PAUSE)


def copy_tree(source: Path, destination: Path, owner: int) -> None:
    """Copy a checkout with its links as links, and give it to the sandbox's user.

    Raises:
        StorageFailure: it does not fit, or cannot be read.

    """
    _run_tool("cp", "-a", "--reflink=auto", "--no-preserve=ownership", "--", f"{source}/.", str(destination))
    give(destination, owner)


def give(folder: Path, owner: int) -> None:
    """Give a tree to the sandbox's user, readable and writable."""
    if owner != os.geteuid():
        _run_tool("chown", "-R", "--no-dereference", "--", f"{owner}:{owner}", str(folder))
    _run_tool("chmod", "-R", "u+rwX", "--", str(folder))


def release_mount(root: Path) -> None:
    """Unmount what is mounted at `root`, now or as soon as nobody uses it."""
    if os.path.ismount(root):
        quick = subprocess.run(["umount", str(root)], check=False, capture_output=True, timeout=TOOL_SECONDS)
        if quick.returncode != 0:
            _run_tool("umount", "--lazy", str(root))


def remove_tree(root: Path) -> bool:
    """Remove a folder however deep it is; whether nothing is left."""
    try:
        subprocess.run(["rm", "-rf", "--", str(root)], check=False, capture_output=True, timeout=TOOL_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return not root.exists()


def remove_leftover(folder: Path, clean_as_root: Callable[[Path], None]) -> None:
    """Remove everything that the scratch folder of a dead engine holds."""
    for root in folder.iterdir() if folder.is_dir() else ():
        release_mount(root)
    if not remove_tree(folder):
        clean_as_root(folder)


def measure_folder(folder: Path) -> int:
    """Return the disk that a tree takes, in bytes; 0 where it cannot be measured."""
    try:
        done = subprocess.run(
            ["du", "-sx", "--block-size=1", "--", str(folder)],
            check=False,
            capture_output=True,
            timeout=TOOL_SECONDS,
        )
        return int(done.stdout.split()[0])
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired):
        return 0


def _run_tool(*command: str) -> None:
    """Run a program of the machine.

    Raises:
        StorageFailure: it is not there, fails, or takes too long.

    """
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=TOOL_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StorageFailure(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        text = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StorageFailure(f"{command[0]}: {text[0] if text else f'exit code {done.returncode}'}")
