"""Reading a finished check back, as `checker repo --json` printed it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from checker.core.errors import UsageError
from checker.core.text import join_lines
from checker.core.values.base import SCHEMA_VERSION
from checker.reports.document import RepositoryDocument

MOST_BYTES = 64 * 1024 * 1024


#: The oldest version of the documents that is still read; what later ones brought has defaults.
OLDEST_READ = 2


def read_check(path: Path) -> RepositoryDocument:
    """Read a check from a file.

    Raises:
        UsageError: it cannot be read, or is none; the message names the file and the place in it.

    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path}: larger than {MOST_BYTES // 2**20} MB, which no check is")
        return parse_check(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def parse_check(data: bytes, name: str) -> RepositoryDocument:
    """Read a check from its JSON; `name` is what complaints call it.

    Raises:
        UsageError: it is none.

    """
    try:
        found = RepositoryDocument.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = join_lines(f"{where}: {first['msg']}" if where else first["msg"], 200)
        raise UsageError(f"{name}: no check as `checker repo --json` prints it: {said}") from None
    if not OLDEST_READ <= found.version <= SCHEMA_VERSION:
        read = f"{OLDEST_READ} to {SCHEMA_VERSION}"
        raise UsageError(f"{name}: version {found.version} of the format; this checker reads {read}")
    return found
