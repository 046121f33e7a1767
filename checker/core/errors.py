"""The family of errors; each carries the exit code with which the command line ends.

CheckerError
├── UsageError            2  wrong input or usage; the message names what and where
├── HostRefusal           –  the host or the repository itself says no: a finding, not a failure
│   ├── TooLarge             it is there, and larger than a checkout may be: a limit of the check
│   └── TooComplex           reading it takes more time or memory than a check allows
└── Inconclusive          3  a failure of ours: never reported as a failure of theirs
    ├── NetworkFailure       no answer from a code host
    ├── RegistryFailure      no answer from a package index
    ├── EngineFailure        the container engine is absent, hangs or misbehaves
    └── StorageFailure       our own disk is full or cannot be written
"""

from __future__ import annotations

from checker.core.endpoint import hide_secrets


class CheckerError(Exception):
    """Anything that the checker says in one line instead of a traceback; addresses in it hold no secrets."""

    exit_code = 3
    cause = "checker"

    def __init__(self, text: str = "") -> None:
        super().__init__(hide_secrets(text))


class UsageError(CheckerError):
    """The caller asked for something that cannot be."""

    exit_code = 2


class HostRefusal(CheckerError):
    """The repository cannot be had for a reason of its own (a missing commit, a refused submodule)."""

    exit_code = 1
    cause = "commit_gone"


class TooLarge(HostRefusal):
    """The repository is there, and larger than the limits of a checkout."""

    cause = "repository_too_large"


class TooComplex(HostRefusal):
    """Reading the repository takes more time or memory than a check allows, or it is nested too deeply."""

    cause = "too_complex"


class Inconclusive(CheckerError):
    """The check is inconclusive, and it is our fault; `cause` is a row of `checker.judging.causes`."""


class NetworkFailure(Inconclusive):
    """A code host did not answer, or answered that it will not now."""

    cause = "network"


class RegistryFailure(Inconclusive):
    """A package index did not answer, or not properly."""

    cause = "registry"


class EngineFailure(Inconclusive):
    """The container engine is not there, hangs, or fails in a way no repository causes."""

    cause = "engine"


class StorageFailure(Inconclusive):
    """Our own disk is full or cannot be written."""

    cause = "storage"
