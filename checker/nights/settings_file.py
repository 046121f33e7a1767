"""The settings file: one TOML file for a night, each key with its meaning; a mistake is named with its line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, create_model, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from checker.core.container import Limits
from checker.core.errors import UsageError
from checker.core.settings import LIMIT_VARIABLES, SETTING_VARIABLES, SHAPES, Settings, Variable
from checker.core.text import join_lines
from checker.core.toml_lines import find_line, read_toml
from checker.core.values.base import Value
from checker.core.values.changes import ReportOptions
from checker.core.values.plans import Rung


class NightSection(Value):
    """What is read, where the results go, and how a night is run."""

    sources: Annotated[
        tuple[str, ...],
        Field(
            min_length=1,
            description="what is read: files, or services such as `arxiv:cs.LG` and `huggingface:{yesterday}`; "
            "`{today}` and `{yesterday}` become dates (UTC)",
        ),
    ]
    results: str = Field(default="results", description="folder of the store and of the reports")
    jobs: int | None = Field(
        default=None, ge=1, description="repositories built at once; not given: by cores and memory"
    )
    tries: int = Field(default=3, ge=1, description="how often to try an inconclusive repository")
    fresh_days: float = Field(
        default=7, ge=0, le=3650, description="days for which the result of an unchanged repository counts again"
    )
    keep_days: int = Field(
        default=0, ge=0, le=3650, description="days for which the papers of earlier nights are checked again"
    )
    at: str = Field(
        default="02:30",
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="when Celery beat starts the night (UTC); cron and systemd have their own clock",
    )

    @field_validator("sources")
    @classmethod
    def _no_standard_input(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        if any(source.strip() in ("", "-") for source in sources):
            raise ValueError("name files and services: nobody types at night")
        return sources


class ReportSection(Value):
    """How results are read."""

    require: Rung = Field(
        default=ReportOptions().require,
        description="the rung that `newly broken` is about, and that `junit.xml` requires",
    )
    promise_days: int = Field(
        default=ReportOptions().promise_days,
        ge=0,
        description="days after which promised code that is not there is called overdue",
    )


def name_key(variable: str) -> str:
    """Return the key that stands for an environment variable."""
    return variable.removeprefix("CHECKER_").lower()


def write_as_text(value: object) -> str:
    """Write a value of the file as the environment variable would have it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def _make_section(name: str, doc: str, of: type[Value], variables: Mapping[str, Variable]) -> type[Value]:
    """Make a section with a key for every variable: a new variable is a new key, by itself."""
    made: dict[str, Any] = {}
    for variable, (field, convert) in variables.items():
        if variable.startswith("CHECKER_"):
            shape = SHAPES.get(convert, str)
            checked = AfterValidator(_make_validator(of.model_fields[field], convert))
            made[name_key(variable)] = (
                Annotated[shape | None, checked],
                Field(default=None, description=variable),
            )
    return create_model(name, __base__=Value, __doc__=doc, **made)


def _make_validator(field: FieldInfo, convert: Callable[[str], object]) -> Callable[[Any], Any]:
    """Return what refuses a value that the setting itself would refuse."""
    wanted: Any = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    adapter: TypeAdapter[Any] = TypeAdapter(wanted)

    def check(value: Any) -> Any:
        if value is not None:
            try:
                adapter.validate_python(convert(write_as_text(value)))
            except ValidationError as error:
                raise ValueError(error.errors()[0]["msg"]) from None
            except (ValueError, KeyError, OverflowError):
                raise ValueError("is not a value that can be used") from None
        return value

    return check


CheckerSection = _make_section(
    "CheckerSection",
    "What the variables of the environment set, those of `limits` apart.",
    Settings,
    {"CHECKER_HOME": ("home", Path), **SETTING_VARIABLES},
)
LimitsSection = _make_section("LimitsSection", "What one attempt may use.", Limits, LIMIT_VARIABLES)


class SettingsFile(Value):
    """A whole settings file."""

    night: NightSection
    report: ReportSection = ReportSection()
    checker: CheckerSection = CheckerSection()  # type: ignore[valid-type]
    limits: LimitsSection = LimitsSection()  # type: ignore[valid-type]

    def variables(self, folder: Path) -> dict[str, str]:
        """Return `checker` and `limits` as environment variables; relative paths start from the folder."""
        found: dict[str, str] = {}
        sections: tuple[Value, ...] = (self.checker, self.limits)
        for section in sections:
            for key, info in type(section).model_fields.items():
                value = getattr(section, key)
                if value is not None:
                    variable = str(info.description)
                    found[variable] = (
                        str(folder / Path(value).expanduser()) if key in PATHS else write_as_text(value)
                    )
        return found


#: Keys of paths: relative ones start from the folder of the file.
PATHS = frozenset({"home", "mirror"})


def read_settings_file(path: Path) -> SettingsFile:
    """Read a settings file.

    Raises:
        UsageError: it cannot be read, or holds something that cannot be; the message names file, line and key.

    """
    data, text = read_toml(path)
    try:
        return SettingsFile.model_validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        raise UsageError(_explain_first_mistake(path, text, error)) from None


def _explain_first_mistake(path: Path, text: str, error: ValidationError) -> str:
    """Say the first mistake in one line: an unknown key first, as it is mostly a slip of the pen."""
    mistakes = sorted(error.errors(), key=lambda mistake: mistake["type"] != "extra_forbidden")
    first = mistakes[0]
    keys = [str(part) for part in first["loc"] if isinstance(part, str)][:2]
    name = ".".join(keys)
    line = find_line(text, keys) or find_line(text, keys[:1])
    place = f"{path}, line {line}" if line else str(path)
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    return f"{place}: {name}: {_explain_mistake(first, keys)}{more}"


def _explain_mistake(mistake: ErrorDetails, keys: list[str]) -> str:
    kind = mistake["type"]
    if kind == "extra_forbidden":
        known = list(_list_keys(keys[:-1]))
        close = get_close_matches(keys[-1], known, 1)
        return f"no such key; did you mean {close[0]}?" if close else f"no such key; there are {', '.join(known)}"
    if kind == "missing":
        return "is missing"
    if kind in ("model_type", "model_attributes_type"):
        return f"is a section: write [{keys[0]}] and its keys below"
    message = mistake["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    shown = "" if "token" in keys[-1] or kind == "too_short" else f", not {join_lines(repr(mistake['input']), 80)}"
    return f"{message}{shown}"


def _list_keys(section: list[str]) -> Mapping[str, FieldInfo]:
    """Return the keys of a section, or the sections themselves."""
    if not section:
        return SettingsFile.model_fields
    model = SettingsFile.model_fields[section[0]].annotation
    return getattr(model, "model_fields", {})
