"""What a night is asked to do: its settings file and its environment put together."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from checker.core.errors import UsageError
from checker.core.settings import Settings
from checker.core.values.base import Value
from checker.core.values.changes import ReportOptions
from checker.core.values.papers import LinkedPaper
from checker.core.values.plans import Way
from checker.nights.settings_file import NightSection, SettingsFile, read_settings_file

SETTINGS_VARIABLE = "CHECKER_SETTINGS"
DEFAULT_FILE = "checker.toml"

_SERVICE = re.compile(r"[A-Za-z][A-Za-z0-9+-]+:")
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class NightPlan(Value):
    """One night, ready to be carried out. `file` is the settings file, None where the environment says it all."""

    sources: tuple[str, ...]
    results: Path
    night: NightSection
    reading: ReportOptions
    settings: Settings
    file: Path | None = None


def plan_night(file: Path | None, env: Mapping[str, str]) -> NightPlan:
    """Put a settings file and the environment together: a variable that is set wins over the file.

    Without `file` it is the one that `CHECKER_SETTINGS` names, else `checker.toml` where that is there.

    Raises:
        UsageError: something is missing or cannot be; the message names the file, line and key, or the variable.

    """
    path = find_settings_file(file, env)
    read = read_settings_file(path) if path else None
    folder = path.absolute().parent if path else Path.cwd()
    sources = _read_sources(read, folder, env)
    said = {name: text for name, text in env.items() if text.strip()}
    below = read.variables(folder) if read else {}
    night = read.night if read else NightSection(sources=sources)
    settings = Settings.from_environment({**below, **said})
    results = said.get("CHECKER_NIGHT_RESULTS")
    return NightPlan(
        sources=sources,
        results=Path(results) if results else folder / Path(night.results).expanduser(),
        night=night.model_copy(update={"at": _read_hour(said.get("CHECKER_NIGHT_AT"), night.at)}),
        reading=_make_options(read, settings),
        settings=settings,
        file=path,
    )


def find_settings_file(file: Path | None, env: Mapping[str, str]) -> Path | None:
    """Return the settings file that is meant, None where there is none."""
    if file is not None:
        return file
    if named := env.get(SETTINGS_VARIABLE, "").strip():
        return Path(named).expanduser()
    default = Path(DEFAULT_FILE)
    return default if default.is_file() else None


def read_report_options(file: Path | None, env: Mapping[str, str]) -> ReportOptions:
    """Return how results are to be read; by default where no file says otherwise (errors: see above)."""
    path = find_settings_file(file, env)
    read = read_settings_file(path) if path else None
    below = read.variables(path.absolute().parent) if read and path else {}
    said = {name: text for name, text in env.items() if text.strip()}
    return _make_options(read, Settings.from_environment({**below, **said}))


def _make_options(read: SettingsFile | None, settings: Settings) -> ReportOptions:
    said = dict(read.report) if read else {}
    return ReportOptions(**said, way=settings.way or Way.REPAIRED)


def _read_sources(read: SettingsFile | None, folder: Path, env: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is to be read: relative files of a settings file start from its folder."""
    try:
        words = tuple(shlex.split(env.get("CHECKER_NIGHT_INPUTS", "")))
    except ValueError as error:
        raise UsageError(f"CHECKER_NIGHT_INPUTS: {str(error).lower()}") from None
    if words:
        return words
    if read is None:
        raise UsageError(
            f"no settings: name a file with --settings or {SETTINGS_VARIABLE}, write {DEFAULT_FILE}, "
            "or set CHECKER_NIGHT_INPUTS"
        )
    return tuple(
        word if _SERVICE.match(word) else str(folder / Path(word).expanduser()) for word in read.night.sources
    )


def _read_hour(said: str | None, otherwise: str) -> str:
    if said is None:
        return otherwise
    if not _HOUR.fullmatch(said.strip()):
        raise UsageError(f"CHECKER_NIGHT_AT={said!r}: give hours and minutes in UTC, such as 02:30")
    return said.strip()


def fill_in_dates(text: str, today: date) -> str:
    """Put dates in the place of `{today}` and `{yesterday}`, as in `huggingface:{yesterday}`."""
    dates = {"{today}": today, "{yesterday}": today - timedelta(days=1)}
    for mark, day in dates.items():
        text = text.replace(mark, day.isoformat())
    return text


def add_kept_papers(papers: Sequence[LinkedPaper], kept: Sequence[LinkedPaper]) -> tuple[LinkedPaper, ...]:
    """Return tonight's papers and behind them those of earlier nights that did not come again."""
    known = {linked.paper.id for linked in papers}
    return (*papers, *(linked for linked in kept if linked.paper.id not in known))
