"""Reads TOML, and says on which line a key stands: so that a mistake can be named where it was made."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from checker.core.errors import UsageError
from checker.core.text import join_lines

#: A settings file is a page or two; what is longer was given by mistake.
MAX_BYTES = 200_000

_AT = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """Return what a TOML file holds, and its text.

    Raises:
        UsageError: it cannot be read, or is no TOML; the message names the file and the line.

    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise UsageError(f"{path}: longer than {MAX_BYTES} bytes; is it a settings file?")
        text = raw.decode("utf-8")
        return tomllib.loads(text), text
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            raise UsageError(_explain_mistake(path, str(error), raw.decode("utf-8"))) from None
        reason = getattr(error, "strerror", None) or "is not text in UTF-8"
        raise UsageError(f"{path}: cannot be read: {reason}") from None
    except RecursionError:
        raise UsageError(f"{path}: nested too deeply for a settings file") from None


def _explain_mistake(path: Path, message: str, text: str) -> str:
    found = _AT.search(message)
    line = found[1] if found and found[1] else str(max(1, len(text.rstrip().splitlines())))
    return f"{path}, line {line}: {join_lines(_AT.sub('', message), 200)}"


def find_line(text: str, keys: Sequence[str]) -> int | None:
    """Return the line, from 1, on which the value of a key begins; None where it is not in the text.

    Found by parsing ever more lines of the text, as tomllib keeps no positions: the key stands on the line after
    the last whole piece that does not hold it.
    """
    lines = text.splitlines(keepends=True)
    whole = 0
    for count in range(1, len(lines) + 1):
        try:
            data = tomllib.loads("".join(lines[:count]))
        except tomllib.TOMLDecodeError:
            continue
        if _holds(data, keys):
            return whole + 1
        whole = count
    return None


def _holds(data: Mapping[str, Any], keys: Sequence[str]) -> bool:
    found: Any = data
    for key in keys:
        if not isinstance(found, Mapping) or key not in found:
            return False
        found = found[key]
    return True
