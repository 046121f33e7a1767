"""One import of a repository's code, as a frozen value, and the kind of file that it stands in."""

from __future__ import annotations

from enum import StrEnum

from checker.core.values.base import Value
from checker.core.values.plans import Evidence


class Where(StrEnum):
    """What kind of file an import stands in, the weightiest first."""

    PACKAGE = "package"
    SCRIPT = "script"
    NOTEBOOK = "notebook"
    EXAMPLE = "example"
    TEST = "test"
    SETUP = "setup"
    DOCS = "docs"
    VENDORED = "vendored"


class Import(Value):
    """One imported module and the place that wants it.

    `module` is the top-level name ('' for a relative import), `full` the dotted name without its dots of
    relativity, `level` how many of those there were; `names` is what is taken from it. `optional` holds
    where the code can do without, `reason` says why; `lazy` where the import waits inside a function or
    behind a condition; `instead` names the modules that the other branch of its guard imports. `parsed`
    is False where the file does not parse and was read line by line.
    """

    module: str
    full: str
    names: tuple[str, ...] = ()
    level: int = 0
    path: str
    line: int
    optional: bool = False
    reason: str = ""
    lazy: bool = False
    dynamic: bool = False
    instead: tuple[str, ...] = ()
    where: Where
    parsed: bool = True


def place_of_import(item: Import) -> Evidence:
    """Return the place of an import as evidence."""
    dots = "." * item.level
    text = f"from {dots}{item.full} import {', '.join(item.names)}" if item.names else f"import {item.full}"
    return Evidence(claim=f"imports {dots}{item.full}", source=item.path, line=item.line, text=text[:200])
