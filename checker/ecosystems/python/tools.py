"""The trusted tools of a worker that Python needs (`tools.python`): uv, the download cache, the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from checker.core.values.base import Value
from checker.core.values.results import StepResult
from checker.judging.repair_engine import Part, Release


class Query(Value):
    """A distribution to look up on the package index, by a requirement line.

    `names_of` is a module of which the names that it binds are wanted as well ('' for none).
    """

    line: str
    names_of: str = ""


class Holding(Value):
    """What the index has for a requirement line as of a date.

    `first` is the date of the first upload ever, `releases` how many there were by then; both follow from upload
    times, which not every index tells. `file` is the one that was looked into, of the newest release that fits.
    `modules` are what can be imported of it (dotted; None where no file tells), `complete` says whether that is
    all; `requires` names the distributions that come along. `names` are those that the module asked for binds
    (None where that could not be read; `*` stands for any). `left` are the versions that the index gives out by
    now, whatever the date, oldest first.
    """

    name: str
    exists: bool
    first: date | None = None
    releases: int = 0
    version: str = ""
    file: str = ""
    modules: tuple[str, ...] | None = None
    complete: bool = True
    requires: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    left: tuple[str, ...] = ()


class FoundRelease(Value):
    """What the index said about a part: the nearest release that has it, None where none that can be read has."""

    release: Release | None = None


class PythonTools(Protocol):
    """Trusted tools for Python packages: they resolve, fetch and look up, and never run code of a package."""

    def run_uv(
        self,
        arguments: Sequence[str],
        *,
        seconds: int,
        name: str,
        files: Mapping[str, str] | None = None,
        collect: Sequence[str] = (),
    ) -> StepResult:
        """Run uv with the shared download cache, in an empty folder that holds just `files`.

        `collect` names files of that folder whose text is read back. The status tells our failures
        (`engine_error`) from the index's answer (`failed`).
        """
        ...

    @property
    def cpu_index(self) -> str | None:
        """The index of builds for processors (PyTorch's), or None where there is none or it does not answer."""
        ...

    def fetch(self, lock: str, *, interpreter: str, indexes: Sequence[str], seconds: int) -> StepResult:
        """Bring the wheels of a lock (requirement lines) into the shared cache, running no package's code.

        What has no wheel is passed over: it is built in the sandbox.
        """
        ...

    def look_up(self, queries: Sequence[Query], *, as_of: datetime, seconds: int) -> tuple[Holding | None, ...]:
        """Say what the machine's own index had on a date, in the order of the queries; nothing is installed.

        None where the index could not be asked, or not within `seconds` for all of them together.
        """
        ...

    def find_releases(self, parts: Sequence[Part], *, seconds: int) -> tuple[FoundRelease | None, ...]:
        """Say which releases have parts that installed ones lack, in the order of the parts.

        None where the index could not be asked, or not within `seconds` for all of them together.
        """
        ...

    def list_hashes(self, index: str, name: str) -> Mapping[str, str]:
        """Return the SHA-256 of each file that an index lists for a distribution; nothing where it does not tell.

        An index that a repository names is asked where an installation might ask it, and nowhere else.
        """
        ...


class Tools(Protocol):
    """A worker that has tools for Python."""

    @property
    def python(self) -> PythonTools:
        """The tools."""
        ...
