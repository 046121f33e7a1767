"""A read-only view of a checkout for code that plans: bounded reads, nothing outside the tree, no execution."""

from __future__ import annotations

import codecs
import os
import posixpath
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import wraps
from pathlib import Path, PurePosixPath
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from checker.core.languages import MAX_FIRST_LINE
from checker.core.memo import Memo, kept_property

P = ParamSpec("P")
R = TypeVar("R")

#: Files listed at most; a tree with more is read up to here, and `Tree.truncated` says so.
MAX_FILES = 50_000

#: Folders inside each other that are looked into; a path has 4,096 bytes, and no code lies as deep.
MAX_DEPTH = 100

#: Bytes read of one file at most: no specification that a person wrote is longer.
MAX_TEXT = 2_000_000

#: Suffixes of files of which more is read: pictures among the outputs make notebooks long.
LONGER_TEXTS = {".ipynb": 30_000_000}

#: Bytes of memory that the texts of one tree may take; what was not read for the longest is read again.
MAX_KEPT = 128 * 1024 * 1024

#: Bytes of a file that is read as a whole, and kept, where its first line is asked for.
MAX_READ_WHOLE = 16_000

SKIPPED_FOLDERS = frozenset({".git", ".hg", ".svn", "__pycache__", "node_modules", ".ipynb_checkpoints"})

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


#: Windows has letters and quotation marks where Latin-1 has controls, which no text holds.
_WINDOWS = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}


def decode(data: bytes, *, cut: bool = False) -> str:
    r"""Decode text as people save it: any byte-order mark, else UTF-8, else Windows-1252; newlines become `\\n`.

    `cut` holds where more follows: half a character at the end is left out.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=not cut)
    except UnicodeDecodeError:
        text = data.decode("latin-1").translate(_WINDOWS)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def join(*parts: str) -> str:
    """Join POSIX paths inside the tree: `.` is its root; `..` beyond it gives a path that no tree holds."""
    pieces: list[str] = []
    for part in "/".join(parts).split("/"):
        if part in {"", "."}:
            continue
        if part == ".." and pieces and pieces[-1] != "..":
            pieces.pop()
        else:
            pieces.append(part)
    return "/".join(pieces) or "."


def _is_text(name: str) -> bool:
    """Whether the name of a file is UTF-8, as the names in plans and reports are."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def walk_folders(root: Path | str) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield each folder with its folders and files, as `os.walk` does, however deep they are.

    `os.walk` before Python 3.12 calls itself for each folder inside, and strangers make thousands of them.
    """
    waiting = [os.fspath(root)]
    while waiting:
        here = waiting.pop()
        folders, names = list[str](), list[str]()
        with suppress(OSError), os.scandir(here) as entries:
            for entry in entries:
                (folders if _is_folder(entry) else names).append(entry.name)
        yield here, folders, names
        places = (os.path.join(here, name) for name in reversed(folders))  # noqa: PTH118
        waiting.extend(place for place in places if not os.path.islink(place))  # noqa: PTH114


@dataclass(frozen=True)
class Tree:
    """The files below `root` by POSIX path relative to it, sorted; symbolic links that leave it are not there.

    A tree with a `focus`, a folder inside, shows that folder, and the files that lie directly in those above it:
    they speak for everything below. Paths stay relative to `root`; `whole` is the tree without a focus.
    """

    root: Path
    max_files: int = field(default=MAX_FILES)
    focus: str = "."
    base: Tree | None = field(default=None, repr=False, compare=False)
    _texts: Memo[str, str] = field(init=False, repr=False, compare=False, default_factory=lambda: Memo(MAX_KEPT))
    _found: dict[Hashable, Any] = field(init=False, repr=False, compare=False, default_factory=dict)
    _lock: threading.RLock = field(init=False, repr=False, compare=False, default_factory=threading.RLock)

    @kept_property
    def whole(self) -> Tree:
        """All files, whatever the focus."""
        if self.focus == ".":
            return self
        return self.base or Tree(self.root, self.max_files)

    def on(self, path: str | None) -> Tree:
        """Return the tree with its focus on a folder, or on a file's folder; unchanged where it has neither."""
        wanted = PurePosixPath((path or "").strip("/"))
        folder = str(wanted.parent if str(wanted) in self else wanted)
        return Tree(self.root, self.max_files, folder, self.whole) if folder in self.folders else self

    @kept_property
    def files(self) -> tuple[str, ...]:
        """Relative paths of all regular files, shallow first, then by name."""
        found: list[str] = []
        for path in self._walk():
            if self._shows(path):
                found.append(path)
            if len(found) >= self.max_files:
                break
        return tuple(sorted(found, key=lambda p: (p.count("/"), p)))

    def _shows(self, path: str) -> bool:
        folder = posixpath.dirname(path) or "."
        above = folder == "." or self.focus.startswith(f"{folder}/")
        return self.focus == "." or above or folder == self.focus or folder.startswith(f"{self.focus}/")

    @property
    def truncated(self) -> bool:
        """Whether there were more files than are listed."""
        return len(self.files) >= self.max_files

    def _walk(self) -> Iterator[str]:
        base = self.root.resolve()
        for folder, folders, names in os.walk(base, followlinks=False):
            inside = Path(folder).relative_to(base)
            deep = len(inside.parts) >= MAX_DEPTH
            folders[:] = [] if deep else sorted(d for d in folders if d not in SKIPPED_FOLDERS and _is_text(d))
            for name in sorted(filter(_is_text, names)):
                path = Path(folder, name)  # asked by functions that raise nothing where it is too long
                # First whether the kernel reaches a file at all: it gives up long chains of links at once.
                if not os.path.isfile(path):  # noqa: PTH113
                    continue
                if not os.path.islink(path) or self._inside(path, base):  # noqa: PTH114
                    yield (inside / name).as_posix()

    @staticmethod
    def _inside(path: Path, base: Path) -> bool:
        try:
            return path.resolve(strict=True).is_relative_to(base)
        except (OSError, RuntimeError):
            return False

    @kept_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.files)

    @kept_property
    def folders(self) -> frozenset[str]:
        """Relative paths of all folders that hold files, `.` included."""
        found = {"."}
        for path in self.files:
            found.update(str(parent) for parent in PurePosixPath(path).parents)
        return frozenset(found)

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def glob(self, pattern: str) -> tuple[str, ...]:
        """Return the files whose whole path matches a shell pattern (`*` crosses folders)."""
        return tuple(path for path in self.files if fnmatch(path, pattern))

    def size(self, path: str) -> int:
        """Return the size of a file in bytes."""
        return (self.root / path).stat().st_size

    def read(self, path: str) -> str:
        """Return the text of a file, its beginning where it is very long; '' where it cannot be read."""
        if path not in self._known:
            return ""
        return self.whole._texts.get(path, lambda: self._read(path), sys.getsizeof)

    def read_first_line(self, path: str) -> str:
        """Return the start of a file's first line; of a long file the rest is not read. '' where it cannot be."""
        if path not in self._known:
            return ""
        try:
            if (self.root / path).stat().st_size <= MAX_READ_WHOLE:
                return self.read(path).partition("\n")[0][:MAX_FIRST_LINE].strip()
            with (self.root / path).open("rb") as file:
                return file.readline(MAX_FIRST_LINE).decode("utf-8", "replace").strip()
        except OSError:
            return ""

    def _read(self, path: str) -> str:
        limit = LONGER_TEXTS.get(posixpath.splitext(path)[1], MAX_TEXT)
        try:
            with (self.root / path).open("rb") as file:
                data = file.read(limit)
        except OSError:
            return ""
        return decode(data, cut=len(data) == limit)

    # ------------------------------------------------------------ what was found out about it

    def keep(self, key: Hashable, make: Callable[[], R]) -> R:
        """Return what was made under a key before, or make it: once, whichever thread comes first."""
        with self._lock:
            if key not in self._found:
                self._found[key] = make()
            return cast(R, self._found[key])


def once_per_tree(function: Callable[Concatenate[Tree, P], R]) -> Callable[Concatenate[Tree, P], R]:
    """Let a function of a tree find out each answer once, and keep it as long as the tree.

    The tree must not change meanwhile, and the function must return no iterator.
    """

    @wraps(function)
    def kept(tree: Tree, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (function, args, tuple(sorted(kwargs.items())))
        return tree.keep(key, lambda: function(tree, *args, **kwargs))

    return kept
