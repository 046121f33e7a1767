"""Finds the interpreters for which a pin has wheels: torch 1.7.0 was never built for Python 3.9 and later.

`data/wheels.csv` holds, for a distribution and an interpreter, the oldest and the newest release with a wheel for
64-bit Linux; an empty newest means that releases still come. It was read from the package index, for each row
with `uv pip compile --no-deps --only-binary :all: --resolution lowest` (and `highest`) `--python-version …`, which
has to name the last patch: `3.7` alone means 3.7.0, which pandas after 1.1 does not support.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from checker.core.data_files import read_csv
from checker.core.values.plans import Evidence
from checker.ecosystems.python.distributions.packages import has_wheels_only, load_gpu_builds, load_mistaken_names
from checker.ecosystems.python.stated import Requirement

Range = tuple[Version, Version | None]


@cache
def _load_table() -> dict[str, dict[str, Range]]:
    table: dict[str, dict[str, Range]] = {}
    for row in read_csv(__package__, "wheels.csv"):
        newest = Version(row["newest"]) if row["newest"] else None
        table.setdefault(row["distribution"], {})[row["python"]] = (Version(row["oldest"]), newest)
    return table


def find_known_distribution(name: str) -> str | None:
    """Return the distribution of the table that a name stands for (`tensorflow-gpu` → `tensorflow`)."""
    name = load_gpu_builds().get(name, load_mistaken_names().get(name, name))
    return name if name in _load_table() else None


def find_interpreters_with_wheels(requirement: str) -> frozenset[str] | None:
    """Return the interpreters for which some release that fits a requirement has a wheel.

    None where the table cannot tell: an unknown distribution, no version, or one that it does not cover.
    """
    try:
        parsed = Pep508(requirement)
    except InvalidRequirement:
        return None
    name = find_known_distribution(parsed.name.lower().replace("_", "-"))
    if name is None or not parsed.specifier or parsed.url:
        return None
    if parsed.marker is not None and not parsed.marker.evaluate({"sys_platform": "linux"}):
        return None
    found = {python for python, span in _load_table()[name].items() if _may_meet(parsed.specifier, span)}
    return frozenset(found) or None


def _may_meet(wanted: SpecifierSet, span: Range) -> bool:
    """Say whether specifiers may be met between two releases: ends are compared, not each release between."""
    oldest, newest = span
    for item in wanted:
        text = item.version.removesuffix(".*")
        bound = Version(text.partition("+")[0])
        if item.operator in {"==", "===", "~="}:
            if bound < _cut_to_length(oldest, bound) or (newest is not None and bound > newest):
                return False
        elif item.operator in {">=", ">"} and newest is not None:
            if newest < bound or (newest == bound and item.operator == ">"):
                return False
        elif item.operator in {"<=", "<"} and (oldest > bound or (oldest == bound and item.operator == "<")):
            return False
    return True


def _cut_to_length(oldest: Version, bound: Version) -> Version:
    """Cut a version to as many parts as another: `1.7.*` may be met by 1.7.1 where that is the oldest."""
    return Version(".".join(map(str, oldest.release[: len(bound.release)])))


def find_wheel_pins(requirements: Iterable[Requirement]) -> list[tuple[Requirement, frozenset[str]]]:
    """Return the requirements whose wheels bound the interpreter, with the interpreters they allow."""
    found = []
    for requirement in requirements:
        built = find_wheel_interpreter(requirement)
        if built is not None:
            found.append((requirement, frozenset({built})))
            continue
        allowed = find_interpreters_with_wheels(requirement.text) if requirement.text else None
        if allowed is not None and len(allowed) < len(
            _load_table()[find_known_distribution(requirement.name) or ""]
        ):
            found.append((requirement, allowed))
    return found


#: The end of a wheel's name (PEP 427) that is built against one CPython, not its stable interface (`abi3`).
_ONE_INTERPRETER = re.compile(r"-cp3(?P<minor>\d{1,2})-cp3(?P=minor)m?-[^/]*\.whl\b")


def find_wheel_interpreter(requirement: Requirement) -> str | None:
    """Return the interpreter that a wheel named by its address is built for; None for any other requirement.

    An address with a marker is one of several, each for an interpreter of its own.
    """
    name = _ONE_INTERPRETER.search(requirement.text)
    if name is None or " @ " not in requirement.text or Pep508(requirement.text).marker is not None:
        return None
    return f"3.{name['minor']}"


def is_newer_than_wheels(requirement: Requirement, python: str) -> bool:
    """Say whether an exact version is newer than all that came for an interpreter: it cannot be installed there.

    What is older than the oldest wheel can be compiled; a release that has left an interpreter behind says so in
    its metadata, and an installer refuses it.
    """
    span = _load_table().get(find_known_distribution(requirement.name) or "", {}).get(python)
    if span is None or span[1] is None:
        return False
    exact = [item for item in Pep508(requirement.text).specifier if item.operator in {"==", "==="}]
    return any(Version(item.version.removesuffix(".*").partition("+")[0]) > span[1] for item in exact)


def is_wheel_only(requirement: Requirement) -> bool:
    """Say whether a distribution comes in wheels alone, or is asked for as one that fits one interpreter."""
    name = load_gpu_builds().get(requirement.name, requirement.name)
    return find_wheel_interpreter(requirement) is not None or has_wheels_only(name)


def make_wheel_evidence(requirement: Requirement, allowed: frozenset[str]) -> Evidence:
    """Quote a pin with the interpreters that it has wheels for."""
    listed = ", ".join(sorted(allowed, key=lambda v: tuple(map(int, v.split(".")))))
    return Evidence(
        claim=f"{requirement.text} has wheels for Python {listed}",
        source=requirement.evidence.source,
        line=requirement.evidence.line,
        text=requirement.evidence.text,
    )
