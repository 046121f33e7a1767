"""Finds the missing folder that a program writes into: git keeps no empty folders. Pure."""

from __future__ import annotations

import posixpath
import re

from checker.core.container import SOURCE
from checker.judging.table import find_row

#: The end of a traceback in which a folder is made, a file opened to be written, or saved by torch or pandas.
OUTPUT_FOLDER = find_row("output_folder_missing").regex.pattern


def find_output_folder(match: re.Match[str], cwd: str) -> str | None:
    """Return the folder that a match of `OUTPUT_FOLDER` lacks, relative to the tree; None for one outside."""
    named = match["folder"] or match["saved"]
    path = named or posixpath.dirname(match["made"] or match["written"] or match["logged"])
    inside = posixpath.normpath(posixpath.join(SOURCE, cwd, path)).removeprefix(f"{SOURCE}/")
    return inside if path and not inside.startswith("/") else None
