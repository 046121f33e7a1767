"""Identifies the rules that judge: one digest over their sources, stored with every check."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

#: Where rules and their data are, below the package. Two checkers with equal contents there judge alike.
PLACES = (
    "check.py", "core/languages.py", "core/tree.py", "ecosystems", "hosts/git/code_date.py", "index", "judging",
    "sandbox/probes",
)  # fmt: skip

#: Kinds of files that hold rules; what editors and interpreters leave beside them does not count.
SUFFIXES = frozenset({".csv", ".json", ".py", ".toml"})

#: Hexadecimal digits kept of the SHA-256.
DIGITS = 12


@cache
def compute_rules_digest() -> str:
    """Return the digest of the rules of this checker, computed once per process: `3f1c90ab77d2`."""
    return compute_digest(Path(__file__).parents[1])


def compute_digest(package: Path) -> str:
    """Return the digest of the rules below a folder: their names and their bytes, in one order on any machine."""
    digest = sha256()
    for name, path in sorted((path.relative_to(package).as_posix(), path) for path in _find_sources(package)):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:DIGITS]


def _find_sources(package: Path) -> Iterator[Path]:
    for place in (package / name for name in PLACES):
        found = place.rglob("*") if place.is_dir() else (place,)
        yield from (path for path in found if path.suffix in SUFFIXES and path.is_file())
