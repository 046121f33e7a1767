"""Dates an author's environment by the newest release among the pinned versions.

Authors install once and commit for years. Unpinned packages therefore date from the time of the pins, not of
the last commit.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from checker.core.values.plans import BuildPlan
from checker.ecosystems.python.tools import PythonTools

SECONDS = 60

#: The lock of PEP 751: it names the upload time of every file where the index tells it.
LOCK = "pylock.toml"


def find_pinned_lines(requirements: Sequence[str]) -> tuple[str, ...]:
    """Return what is required in one exact version everywhere, without extras and local suffixes (`+cu111`)."""
    return tuple(dict.fromkeys(_find_exact_pins(requirements)))


def date_of_pins(plan: BuildPlan, toolbox: PythonTools) -> datetime | None:
    """Return when the youngest exact version of a plan was released.

    None where nothing is pinned, or the index gives no dates. One run of the trusted uv, without dependencies; the
    pages that it reads are in the cache by then.
    """
    lines = find_pinned_lines(plan.requirements)
    if not lines:
        return None
    command = ["pip", "compile", "--no-deps", "--format", LOCK, "--output-file", LOCK, "requirements.in"]
    command += ["--python-version", plan.interpreter] if plan.interpreter else []
    files = {"requirements.in": "".join(f"{line}\n" for line in lines)}
    done = toolbox.run_uv(command, seconds=SECONDS, name="date of the pins", files=files, collect=(LOCK,))
    return find_newest_release(done.output(LOCK) or "") if done.passed else None


def find_newest_release(lock: str) -> datetime | None:
    """Return the latest of the dates at which the packages of a lock were first uploaded; None without any."""
    try:
        packages = tomllib.loads(lock).get("packages", [])
    except tomllib.TOMLDecodeError:
        return None
    if not isinstance(packages, list):
        return None
    first = (min(_read_upload_dates(each), default=None) for each in packages if isinstance(each, dict))
    return max((moment for moment in first if moment is not None), default=None)


def _read_upload_dates(package: Mapping[str, Any]) -> Iterator[datetime]:
    wheels, sdist = package.get("wheels", []), package.get("sdist")
    for file in [*(wheels if isinstance(wheels, list) else []), sdist]:
        moment = file.get("upload-time") if isinstance(file, dict) else None
        if isinstance(moment, datetime):
            yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _find_exact_pins(requirements: Sequence[str]) -> Iterator[str]:
    for line in requirements:
        try:
            found = Requirement(line)
        except InvalidRequirement:
            continue
        operators = [spec.operator for spec in found.specifier]
        version = next((spec.version for spec in found.specifier), "")
        if (
            operators == ["=="]
            and not version.endswith(".*")
            and (found.marker is None or found.marker.evaluate())
        ):
            yield f"{found.name}=={version.partition('+')[0]}"
