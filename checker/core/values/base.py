"""The base of all values: frozen, without hidden fields, exchanged as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict

from checker.core.endpoint import hide_secrets

SCHEMA_VERSION = 4


"""Version of the JSON that leaves the program (`checker schema` tells what each version brought)."""


#: A text that may hold addresses of strangers or of the operator, and is shown as it is.
PublicText = Annotated[str, AfterValidator(hide_secrets)]


class Value(BaseModel):
    """A frozen value without hidden fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


V = TypeVar("V", bound=Value)


def without_secrets(value: V) -> V:
    """Return a value whose texts hold no secrets in addresses (`hide_secrets`): what is stored or sent."""
    told = value.model_dump(mode="json")
    hidden = _hide(told)
    return value if hidden == told else type(value).model_validate(hidden)


def _hide(told: Any) -> Any:
    match told:
        case str():
            return hide_secrets(told)
        case list():
            return [_hide(each) for each in told]
        case dict():
            return {hide_secrets(key): _hide(each) for key, each in told.items()}
    return told


def now() -> datetime:
    """Return the present moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
