"""Software Heritage identifiers: computable from git itself (source: the SWHID specification, ISO/IEC 18670)."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

SHA1_DIGITS = 40


def identify_revision(commit: str) -> str | None:
    """Return the identifier of a commit, or None for a repository that does not use SHA-1."""
    return f"swh:1:rev:{commit}" if len(commit) == SHA1_DIGITS else None


def identify_directory(tree: str) -> str | None:
    """Return the identifier of a folder's content, or None for a repository that does not use SHA-1."""
    return f"swh:1:dir:{tree}" if len(tree) == SHA1_DIGITS else None


def hash_folder(folder: Path) -> str:
    """Return the tree id that git would give a folder, its `.git` and its empty folders left out."""
    return _hash_tree(folder, top=True) or _hash_object("tree", b"").hex()


def _hash_tree(folder: Path, top: bool = False) -> str | None:
    lines: list[tuple[bytes, bytes]] = []
    for entry in os.scandir(folder):
        if top and entry.name == ".git":
            continue
        name = os.fsencode(entry.name)
        if entry.is_dir(follow_symlinks=False):
            inner = _hash_tree(Path(entry.path))
            if inner is not None:
                lines.append((name + b"/", b"40000 " + name + b"\0" + bytes.fromhex(inner)))
            continue
        lines.append((name, _read_mode(entry) + b" " + name + b"\0" + _read_content(Path(entry.path))))
    if not lines:
        return None
    return _hash_object("tree", b"".join(line for _, line in sorted(lines))).hex()


def _read_mode(entry: os.DirEntry[str]) -> bytes:
    mode = entry.stat(follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        return b"120000"
    return b"100755" if mode & stat.S_IXUSR else b"100644"


def _read_content(path: Path) -> bytes:
    return _hash_object("blob", os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes())


def _hash_object(kind: str, content: bytes) -> bytes:
    return hashlib.sha1(kind.encode() + b" %d\0" % len(content) + content, usedforsecurity=False).digest()
