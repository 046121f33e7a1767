"""Rules kept as data: TOML and CSV files beside the code that uses them, checked when they are read."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, TypeVar

from pydantic import TypeAdapter

Row = TypeVar("Row")


def read_text(package: str, name: str) -> str:
    """Return the text of `data/NAME` of a package."""
    return files(package).joinpath("data", name).read_text(encoding="utf-8")


def read_toml(package: str, name: str) -> Mapping[str, Any]:
    """Return the content of `data/NAME` of a package, unchecked."""
    return tomllib.loads(read_text(package, name))


def read_csv(package: str, name: str) -> tuple[Mapping[str, str], ...]:
    """Return the rows of `data/NAME` of a package, each by the names of the columns."""
    text = files(package).joinpath("data", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def load_rows(package: str, name: str, model: type[Row]) -> Mapping[str, Row]:
    """Return the tables of `data/NAME` by their names, each checked against a model; a table's `name` is its key.

    Raises:
        pydantic.ValidationError: a row does not fit the model.

    """
    rows = {key: {"name": key, **row} for key, row in read_toml(package, name).items()}
    return TypeAdapter(dict[str, model]).validate_python(rows)  # type: ignore[valid-type]
