"""What is finished of a long measurement: one JSON file for each repository, so that a stopped one goes on."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from checker.core.values.base import Value
from tools.bench.page import write_whole

Kept = TypeVar("Kept", bound=Value)


def file_of(folder: Path, key: str) -> Path:
    """Return the file that belongs to a key: readable, and no two keys share one."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    return folder / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', key)[:80]}-{digest}.json"


def load(folder: Path, key: str, kind: type[Kept]) -> Kept | None:
    """Return what is kept under a key; None where there is nothing, or nothing that this version reads."""
    try:
        return kind.model_validate_json(file_of(folder, key).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError):
        return None


def keep(folder: Path, key: str, value: Value) -> None:
    """Keep a value under a key, whole or not at all.

    Raises:
        StorageFailure: it cannot be written.

    """
    write_whole(file_of(folder, key), value.model_dump_json(indent=1) + "\n")
