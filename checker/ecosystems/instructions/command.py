"""A command that an author shows, as a frozen value."""

from __future__ import annotations

from checker.core.values.base import Value
from checker.core.values.plans import Evidence


class Written(Value):
    """A file that a command writes: `cat > lamp.yaml <<EOF`; `text` is None where only its program knows it.

    `is_added`: the text goes to the end of what is there (`>>`).
    """

    path: str
    text: str | None = None
    is_added: bool = False


class Command(Value):
    """A command that the author shows: tokens as a shell would split them, and where it stands.

    `cwd` is relative to the tree. `language` is that of its block, `inline` or `prose`; `env` are the
    variables that were exported before it, and the assignments in front of it; `written` is the file that its
    output goes to.
    """

    argv: tuple[str, ...]
    raw: str
    file: str
    line: int
    cwd: str = "."
    language: str = ""
    heading: str = ""
    env: tuple[tuple[str, str], ...] = ()
    written: Written | None = None

    @property
    def evidence(self) -> Evidence:
        """The place of the command."""
        return Evidence(claim="the author's command", source=self.file, line=self.line, text=self.raw[:300])
