"""What GitHub's runner reads: workflow commands with their escapes, environment files, and how to silence it.

The runner takes any line of a step's output that looks like a command for one. What a repository makes us print
is therefore printed while commands are stopped, under a token that nobody can guess.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from checker.core.errors import StorageFailure
from checker.core.text import clean
from checker.reports.ci.values import Annotation

#: Of one kind in one step; the runner drops the rest.
MOST_ANNOTATIONS = 10


def escape_message(text: str) -> str:
    """Escape the text of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Escape the value of a property of a workflow command, which colons and commas would end."""
    return escape_message(text).replace(":", "%3A").replace(",", "%2C")


def render_command(annotation: Annotation) -> str:
    """Return an annotation as a workflow command, one line without its end."""
    properties: dict[str, str | None] = {
        "file": annotation.path,
        "line": None if annotation.line is None else str(annotation.line),
        "title": annotation.title,
    }
    said = ",".join(f"{name}={escape_property(value)}" for name, value in properties.items() if value)
    return f"::{annotation.level.value} {said}::{escape_message(clean(annotation.message))}"


@contextmanager
def stop_commands(stream: TextIO) -> Iterator[None]:
    """Keep the runner from reading commands out of what is printed meanwhile on the same stream."""
    token = secrets.token_hex(16)
    stream.write(f"::stop-commands::{token}\n")
    stream.flush()
    try:
        yield
    finally:
        stream.write(f"\n::{token}::\n")
        stream.flush()


def render_outputs(values: Mapping[str, str]) -> str:
    """Return outputs as the runner's file has them; no value can end before its end and begin another."""
    parts = []
    for name, value in values.items():
        delimiter = f"end-{secrets.token_hex(16)}"
        parts.append(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
    return "".join(parts)


def append(path: Path, text: str) -> None:
    """Append to one of the runner's environment files.

    Raises:
        StorageFailure: it cannot be written.

    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StorageFailure(f"{path}: {error.strerror}") from error
