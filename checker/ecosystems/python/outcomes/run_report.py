"""What `sandbox/probes/run.py` writes down about a watched run, as frozen values; unknown fields are left out."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from checker.core.json_text import parse_json
from checker.core.values.base import Value
from checker.judging.judge import FailureText


class _Report(Value):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Frame(_Report):
    """One frame of a traceback; `own` holds where it is the repository's code."""

    file: str = ""
    line: int = 0
    function: str = ""
    own: bool = False


class Raised(_Report):
    """The exception that ended a process, and what it came from."""

    type: str = ""
    message: str = ""
    bases: tuple[str, ...] = ()
    frames: tuple[Frame, ...] = ()
    missing: str | None = None
    file: str | None = None
    chain: tuple[Raised, ...] = ()

    def make_failure_text(self) -> FailureText:
        """Return the exception as its traceback reads, without source lines: what the judge takes."""
        frames = "".join(f'  File "{at.file}", line {at.line}, in {at.function}\n' for at in self.frames)
        message = self.message
        if self.type == "ModuleNotFoundError" and self.missing and self.missing not in message:
            message = f"No module named '{self.missing}'"
        says = f"{self.type}: {message}" if self.type else message
        path = "" if self.type == "FileExistsError" else self.file or ""
        return FailureText(f"Traceback (most recent call last):\n{frames}{says}\n", path)


class Absent(_Report):
    """A path that was looked for and is not there; `asked` are the repository's (file, line, function) that did.

    The innermost comes first; it is empty where no code of the repository asked.
    """

    path: str
    cwd: str = ""
    how: str = ""
    asked: tuple[tuple[str, int, str], ...] = ()


class Contact(_Report):
    """A host that was looked up or called."""

    host: str
    port: int | None = None


class Child(_Report):
    """A process that the repository's code started, with how it ended: 0, an exit code, or a signal below 0."""

    command: str = ""
    code: int = 0


class Process(_Report):
    """One Python process of the command; `pointers` are files that it read, of which Git LFS keeps the content.

    `children` are those that it started and waited for.
    """

    pid: int = 0
    main: bool = False
    argv: tuple[str, ...] = ()
    exception: Raised | None = None
    absent: tuple[Absent, ...] = ()
    pointers: tuple[Absent, ...] = ()
    hosts: tuple[Contact, ...] = ()
    children: tuple[Child, ...] = ()


class StartReport(_Report):
    """What `sandbox/probes/run.py` wrote down; `launched` holds where it stood in for a launcher of processes."""

    argv: tuple[str, ...] = ()
    exit_code: int | None = None
    signal: int | None = None
    timed_out: bool = False
    started: bool = True
    launched: bool = False
    seconds: float = 0.0
    output: str = ""
    errors: str = ""
    processes: tuple[Process, ...] = Field(default=())


def read_report(text: str | None) -> StartReport | None:
    """Read the report of a watched run; None where there is none or it is broken."""
    try:
        return StartReport.model_validate(parse_json(text or ""))
    except ValueError:
        return None
