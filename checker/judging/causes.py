"""The closed list of causes (`data/causes.toml`): why a check stopped, who is responsible, and what helps."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import Field, TypeAdapter

from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.core.values.results import Blame, Cause

#: The file that holds the list.
CAUSES_FILE = Path(__file__).parent / "data" / "causes.toml"


class Kind(Value):
    """One cause: a name of two or three words, who is responsible, a sentence about it, and what helps.

    `limit` holds where a program that stops for it has worked as far as a check can take it.
    """

    short: str = Field(min_length=3, max_length=30)
    blame: Blame
    limit: bool = False
    summary: str
    hint: str


#: Every cause by name, in the order of docs/causes.md.
CAUSES: Mapping[str, Kind] = MappingProxyType(
    TypeAdapter(dict[str, Kind]).validate_python(tomllib.loads(CAUSES_FILE.read_text(encoding="utf-8")))
)


def make_cause(
    name: str,
    *evidence: Evidence,
    hint: str | None = None,
    summary: str | None = None,
    rule: str = "",
    modules: tuple[str, ...] = (),
) -> Cause:
    """Return the cause `name` with its evidence; `hint` and `summary` replace the general ones.

    `rule` names the row of the table that matched, `modules` the modules that were not found.

    Raises:
        KeyError: `name` is not in the list (a mistake of the caller's: the list is closed).

    """
    kind = CAUSES[name]
    return Cause(
        name=name,
        blame=kind.blame,
        summary=kind.summary if summary is None else summary,
        hint=kind.hint if hint is None else hint,
        evidence=evidence,
        rule=rule,
        modules=modules,
    )


def is_ours(found: Cause | None) -> bool:
    """Whether a cause is the checker's own failure, which never counts against a repository."""
    return found is not None and found.blame is Blame.CHECKER


def is_limit(found: Cause | None) -> bool:
    """Whether a cause is a limit of the check, not a fault of the repository."""
    return found is not None and found.blame is Blame.LIMIT
