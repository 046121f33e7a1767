"""The base of all values: frozen, without hidden fields, exchanged as JSON."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION = 4


"""Version of the JSON that leaves the program (`checker schema` tells what each version brought)."""


class Value(BaseModel):
    """A frozen value without hidden fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def now() -> datetime:
    """Return the present moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
