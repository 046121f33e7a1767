"""Saves the tracebacks of internal errors to files that a bug report can attach."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import gettempdir

from checker.core.endpoint import hide_secrets
from checker.core.errors import CheckerError
from checker.core.settings import Settings

FOLDER = "mistakes"
_numbers = count(1)


def keep(trace: str) -> str:
    """Write a traceback to a file of its own; say in words where that is."""
    name = f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%S}-{os.getpid()}-{next(_numbers)}.txt"
    for folder in (_find_home() / FOLDER, Path(gettempdir())):
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(hide_secrets(trace), encoding="utf-8")
            return f"details in {folder / name}"
    return "its details could not be saved"


def _find_home() -> Path:
    try:
        return Settings.from_environment().home
    except CheckerError:
        return Path(gettempdir())
